"""本人の再確認: the screen locks when nobody used it, and a finger opens it where it was; in a trial the password does."""

from typing import Any

from flask import current_app, jsonify, redirect, request, session
from flask_appbuilder import expose
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from app.clock import now
from app.words import say
from models.journal import Action
from models.login import TRIAL
from procedures import journal, second_factor
from procedures.login import check_own_password
from procedures.refusal import Refused
from views.office_view import OfficeView, actor, allowed


def answered(act: Any, status: int = 401) -> Any:
    """What a script gets: the procedure's answer as JSON, or its refusal in words; both are committed, failures count."""
    from_here = current_app.appbuilder.session
    try:
        content = act()
    except Refused as refusal:
        from_here.commit()
        return jsonify(message=say(refusal.message)), status
    from_here.commit()
    return jsonify(content)


def sent() -> dict[str, Any]:
    """What a script sent; nothing where it is no object."""
    content = request.get_json(silent=True)
    return content if isinstance(content, dict) else {}


class PresenceView(OfficeView):
    """画面を閉じる・開ける."""

    route_base = "/presence"
    class_permission_name = "Presence"
    default_view = "locked"

    @expose("/")
    @allowed()
    def locked(self) -> str | Response:
        if not session.is_locked:  # type: ignore[attr-defined]  # our own session, which Flask's type does not name
            return redirect("/")
        return self.page("presence/locked.html")

    @expose("/state")
    @allowed()
    def state(self) -> Response:
        """いまの状態: what a page asks to know whether it must cover itself; asked by itself it prolongs nothing."""
        at: Any = session
        return jsonify(locked=at.is_locked, seconds=max(0, round(at.locks_in.total_seconds())), person=current_user.id,
                       token=generate_csrf())

    @expose("/lock", methods=["POST"])
    @allowed()
    def lock(self) -> Response:
        """席を離れる."""
        session.leave()  # type: ignore[attr-defined]  # our own session, which Flask's type does not name
        return redirect("/presence/")

    @expose("/challenge", methods=["POST"])
    @allowed()
    def challenge(self) -> Any:
        at: Any = session
        return answered(lambda: second_factor.question(
            self.session, current_user, at.key, current_app.config["DOOR"].site, now()))

    @expose("/prove", methods=["POST"])
    @allowed()
    def prove(self) -> Any:
        """確かめる: the screen is open, and what asks for a fresh finger is too, from here on."""
        return answered(self._proven)

    def _proven(self) -> dict[str, str]:
        at: Any = session
        content, terminal = sent(), request.remote_addr or ""
        if at.factor == TRIAL:
            check_own_password(self.session, current_user, str(content.get("password", "")), terminal, now())
        else:
            second_factor.prove(self.session, current_user, at.key, content.get("answer"), current_app.config["DOOR"].site,
                                terminal, now())
        journal.record(self.session, actor(), Action.LOGGED_IN, detail={"act": "proved_again"})
        at.prove()
        return {"onward": at.pop("after_lock", "/")}


VIEWS = (PresenceView,)
