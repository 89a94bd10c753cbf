"""自分のパスワード: everybody chooses her own; after a temporary one, before anything else."""

from flask import flash, g, redirect, request, session
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_login import current_user, login_user
from werkzeug.wrappers import Response

from app.words import say
from procedures.passwords import SHORTEST, choose
from procedures.refusal import Refused
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
        user, sent = current_user._get_current_object(), request.form
        try:
            choose(self.session, actor(), user, *(sent.get(name, "") for name in ("old", "new", "again")))
            self.session.commit()
        except Refused as refusal:
            self.session.rollback()
            return self._form(say(refusal.message)), 422
        session.renew()  # type: ignore[attr-defined]
        login_user(user, remember=False)
        flash(_("パスワードを変えました。ほかの端末で開いていた画面は終わりました。"), "success")
        return redirect("/")

    def _form(self, problem: str = "") -> str:
        return self.page("own_password.html", problem=problem, shortest=SHORTEST,
                         is_temporary=g.get("has_temporary_password", False))


VIEWS = (OwnPasswordView,)
