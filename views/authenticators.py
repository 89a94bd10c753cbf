"""読取装置の画面: codes are given out in person and confirmed by a second administrator; a lost reader is shut out at once."""

from typing import Any

from flask import abort, current_app, flash, redirect, request
from flask_appbuilder import expose
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import now, today
from app.words import say
from procedures import enrolment
from procedures.refusal import Refused
from procedures.second_factor import working
from rules.door import limits_of
from views.fresh import fresh
from views.office_view import OfficeView, actor, allowed


class AuthenticatorsView(OfficeView):
    """生体認証の読取装置."""

    route_base = "/authenticators"
    class_permission_name = "Users"
    default_view = "waiting"

    @expose("/")
    @allowed("write")
    def waiting(self) -> str:
        """手続き中の登録: what a second administrator still has to confirm, and what waits for its person."""
        return self.page("authenticators/waiting.html", rows=enrolment.waiting(self.session, now()), me=actor().user_id)

    @expose("/of/<int:number>")
    @allowed("write")
    def of_person(self, number: int) -> str:
        user = self._user(number)
        names = {reader.model: reader.name for reader in current_app.config["DOOR"].site.readers}
        return self.page("authenticators/person.html", user=user, readers=working(self.session, user.id), names=names,
                         me=actor().user_id, minutes=round(limits_of(today()).code.total_seconds() / 60))

    @expose("/of/<int:number>", methods=["POST"])
    @allowed("write")
    @fresh
    def issue(self, number: int) -> str | Response:
        """登録コードを出す: shown this once."""
        user = self._user(number)
        try:
            code = enrolment.issue(self.session, actor(), user, now())
            self.session.commit()
        except Refused as refusal:
            self.session.rollback()
            flash(say(refusal.message), "error")
            return redirect(f"/authenticators/of/{number}")
        return self.page("authenticators/code.html", user=user, code=code,
                         minutes=round(limits_of(today()).code.total_seconds() / 60))

    @expose("/<int:number>/<any(confirm, cancel):wish>", methods=["POST"])
    @allowed("write")
    @fresh
    def decide(self, number: int, wish: str) -> Response:
        if wish == "confirm":
            return self.carry_out(lambda: enrolment.confirm(self.session, actor(), number, now()),
                                  _("確かめました。本人がコードを入力すると登録できます。"), "/authenticators/")
        return self.carry_out(lambda: enrolment.cancel(self.session, actor(), number, now()), _("取り消しました。"),
                              "/authenticators/")

    @expose("/<int:number>/revoke", methods=["POST"])
    @allowed("write")
    @fresh
    def revoke(self, number: int) -> Response:
        return self.carry_out(lambda: enrolment.revoke(self.session, actor(), number, now()),
                              _("使えなくしました。この人が開いていた画面も終わりました。"),
                              f"/authenticators/of/{self._whose()}" if self._whose() else "/users/")

    def _user(self, number: int) -> User:
        return self.session.get(User, number) or abort(404)

    def _whose(self) -> str:
        """The person whose page the button stood on."""
        number = request.form.get("person", "")
        return number if number.isdecimal() and len(number) < 10 else ""


VIEWS: tuple[Any, ...] = (AuthenticatorsView,)
