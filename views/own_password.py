"""自分のパスワード: everybody chooses her own; after a temporary one, before anything else."""

from flask import flash, g, redirect, request, session
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.clock import now, today
from app.words import say
from procedures.passwords import choose
from procedures.refusal import Refused
from rules.door import password_policy_of
from views.case_view import city
from views.office_view import OfficeView, actor, allowed


class OwnPasswordView(OfficeView):
    """パスワードの変更."""

    route_base = "/password"
    class_permission_name = "OwnPassword"
    default_view = "form"

    @expose("/")
    @allowed()
    def form(self) -> str:
        return self._form()

    @expose("/", methods=["POST"])
    @allowed()
    def store(self) -> Response | tuple[str, int]:
        sent, at = request.form, session
        try:
            choose(self.session, actor(), current_user, sent.get("old", ""), sent.get("new", ""), sent.get("again", ""), now(),
                   at.key, city().context_words)  # type: ignore[attr-defined]  # what a bound method knows
        except Refused as refusal:
            self.session.commit()  # a wrong old password is counted
            return self._form(say(refusal.message)), 422
        self.session.commit()
        at.renew()  # type: ignore[attr-defined]  # what a bound method knows
        flash(_("パスワードを変えました。ほかの端末で開いていた画面は終わりました。"), "success")
        return redirect("/")

    def _form(self, problem: str = "") -> str:
        return self.page("own_password.html", problem=problem, shortest=password_policy_of(today()).shortest,
                         is_temporary=g.get("must_choose_password", False))


VIEWS = (OwnPasswordView,)
