"""二人での承認の画面: what waits for a second person, and what was agreed and still holds."""

from typing import Any

from flask import abort, request
from flask_appbuilder import expose
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import now
from procedures import two_person
from procedures.two_person import KINDS, SEE_NUMBERS
from views.fresh import fresh
from views.office_view import OfficeView, actor, allowed


class TwoPersonView(OfficeView):
    """二人での承認."""

    route_base = "/two-person"
    class_permission_name = "TwoPerson"
    default_view = "listed"

    @expose("/")
    @allowed("read")
    def listed(self) -> str:
        mine = [name for name, kind in KINDS.items() if self._holds(kind)]
        return self.page("two_person.html", rows=two_person.waiting(self.session, mine), kinds=KINDS, me=actor().user_id,
                         may_ask=SEE_NUMBERS in mine)

    @expose("/see-numbers", methods=["POST"])
    @allowed("read")
    @fresh
    def see_numbers(self) -> Response:
        """個人番号を見る人を頼む: it holds when another administrator agrees."""
        if not self._holds(KINDS[SEE_NUMBERS]):
            abort(403)
        user = self.session.query(User).filter_by(username=request.form.get("username", "").strip()).one_or_none()
        if user is None:
            return self.carry_out(self._unknown, "", "/two-person/")
        return self.carry_out(lambda: two_person.ask(
            self.session, actor(), SEE_NUMBERS, {}, request.form.get("reason", ""), for_user=user.id),
            _("依頼しました。ほかの管理者の承認を待ちます。"), "/two-person/")

    @expose("/<int:number>/<any(confirm, reject, end):wish>", methods=["POST"])
    @allowed("read")
    @fresh
    def decide(self, number: int, wish: str) -> Response:
        asked = self.session.get(two_person.TwoPersonRequest, number) or abort(404)
        if not self._holds(KINDS[asked.kind]):
            abort(403)
        if wish == "end":
            return self.carry_out(lambda: two_person.end(self.session, actor(), number, now()), _("取りやめました。"), "/two-person/")
        return self.carry_out(lambda: two_person.decide(self.session, actor(), number, is_confirmed=wish == "confirm", now=now()),
                              _("承認しました。") if wish == "confirm" else _("却下しました。"), "/two-person/")

    def _holds(self, kind: two_person.Kind) -> bool:
        return self.may(kind.right[0].removeprefix("can_"), kind.right[1])

    def _unknown(self) -> None:
        raise two_person.NobodyOfThatName


VIEWS: tuple[Any, ...] = (TwoPersonView,)
