"""事務の画面: the base of every screen of ours; who acts, what is allowed, and how a refusal is shown."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import wraps
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, session
from flask_appbuilder import BaseView
from flask_login import current_user
from werkzeug.wrappers import Response

from app.errors import wants_a_page
from app.extensions import db
from app.words import say
from procedures.actor import Actor, full_name
from procedures.refusal import Refused
from procedures.vault import Vault
from reports.paper import FontMissing, GlyphMissing
from rules.era_date import NotADate, parse_date


def allowed(verb: str | None = None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """権限: the screen opens only for those who hold ``can_<verb>`` on the view's ``class_permission_name``.

    Without a verb it opens for everybody who is logged in.
    """

    def mark(method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def guarded(self: "OfficeView", *args: Any, **values: Any) -> Any:
            if not current_user.is_authenticated:
                if request.method == "GET" and wants_a_page(request):
                    session["after_login"] = request.path
                    return redirect("/login/")
                abort(401)
            if verb is not None and not self.may(verb):
                abort(403)
            return method(self, *args, **values)

        guarded.needs = verb  # type: ignore[attr-defined]  # a mark on the function
        return guarded

    return mark


def actor() -> Actor:
    """The person of this request."""
    manager = current_app.appbuilder.sm
    return Actor(current_user.id, full_name(current_user), request.remote_addr or "",
                 bool(manager.has_access("can_write_numbers", "Keying")), request.endpoint,
                 not manager.has_access("can_write_every_batch", "Keying"),
                 bool(manager.has_access("can_see_withheld", "Recipients")))


def vault() -> Vault:
    """The installation's numbering store."""
    office = current_app.config["OFFICE"]
    return Vault(office.keys(), office.keyring)


class OfficeView(BaseView):
    """A screen of the office; its methods say with ``@allowed`` who may open them."""

    @property
    def session(self) -> Any:
        """The request's database session; a method commits once, at its end."""
        return db.session

    def may(self, verb: str, noun: str | None = None) -> bool:
        """Whether the person of this request may do *verb* here, or on another *noun*."""
        return bool(current_app.appbuilder.sm.has_access(f"can_{verb}", noun or self.class_permission_name))

    def page(self, template: str, **values: Any) -> str:
        """Render one of our templates inside the layout."""
        return render_template(template, appbuilder=self.appbuilder, view=self, **values)

    def journalled(self, template: str, **values: Any) -> str:
        """The page, once the journal of it is on disk; a commit before rendering would load everything again."""
        written = self.page(template, **values)
        self.session.commit()
        return written

    def day(self, text: str) -> date:
        """A day as it was typed, in either calendar; refused in its own words."""
        try:
            return parse_date(text)
        except NotADate as wrong:
            raise Refused(wrong.message) from wrong

    def choice(self, code: str, codes: Mapping[str, str]) -> str:
        """A code of a list; refused where the list has no such code."""
        if code not in codes:
            raise Refused("一覧から選んでください。")
        return code

    def paper(self, make: Callable[[], bytes], name: str, back: str, how: str = "attachment") -> Response:
        """A paper as the procedure makes it, committed before it leaves; what stops it is said in its own words."""
        try:
            pdf = make()
            db.session.commit()
        except (Refused, GlyphMissing, FontMissing) as stopped:
            db.session.rollback()
            flash(say(getattr(stopped, "message", str(stopped))), "error")
            return redirect(back)
        return Response(pdf, mimetype="application/pdf",
                        headers={"Content-Disposition": f'{how}; filename="{name}.pdf"'})

    def leave(self, onward: str) -> Response:
        """Go on to another page."""
        return redirect(onward)

    def carry_out(self, act: Callable[[], Any], done: str, onward: str, back: str | None = None,
                  but: type[Refused] | None = None) -> Response:
        """Run a procedure and commit; a refusal is shown in its own words, and nothing of it stays. The caller answers *but* itself."""
        try:
            act()
            db.session.commit()
        except Refused as refusal:
            db.session.rollback()
            if but is not None and isinstance(refusal, but):
                raise
            flash(say(refusal.message), "error")
            return redirect(back or onward)
        if done:
            flash(done, "success")
        return redirect(onward)
