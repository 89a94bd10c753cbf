"""個人番号の画面: masked until one is asked for, with a reason; for the role 個人番号 only."""

from typing import Any

from flask import abort, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import today
from app.words import language, say
from models.recipient import Recipient
from procedures.integrated_numbers import number_of, register_number
from procedures.lookup import codes_of
from procedures.number_reveal import holders, reveal
from procedures.refusal import Refused
from procedures.vault import same_number_elsewhere
from views.fresh import fresh
from views.office_view import OfficeView, actor, allowed, vault


class NumbersView(OfficeView):
    """個人番号の確認."""

    route_base = "/numbers"
    class_permission_name = "Numbers"
    default_view = "of_person"

    @expose("/<int:number>")
    @allowed("see")
    def of_person(self, number: int) -> Any:
        return self._page(self._recipient(number))

    @expose("/<int:number>", methods=["POST"])
    @allowed("see")
    @fresh
    def shown(self, number: int) -> Any:
        recipient, asked = self._recipient(number), request.form.get("number", "")
        if not (asked.isdecimal() and len(asked) < 19):
            abort(400)
        try:
            digits = reveal(self.session, actor(), recipient, int(asked), request.form.get("reason", ""), vault())
        except Refused as refusal:
            self.session.rollback()
            return self._page(self._recipient(number), problem=say(refusal.message), asked=int(asked)), 422
        return self._page(recipient, digits=digits, asked=int(asked))

    @expose("/<int:number>/register", methods=["POST"])
    @allowed("see")
    @fresh
    def hand_on(self, number: int) -> Response:
        """付番: the number goes to 番号連携サーバ, under the name of who asks for it."""
        asked = request.form.get("number", "")
        if not (asked.isdecimal() and len(asked) < 19):
            abort(400)
        return self.carry_out(lambda: register_number(self.session, actor(), number, int(asked)),
                              _("番号連携サーバへの登録を頼みました。"), f"/numbers/{number}")

    def _recipient(self, number: int) -> Any:
        return self.session.get(Recipient, number) or abort(404)

    def _page(self, recipient: Any, **values: Any) -> str:
        lines = holders(self.session, actor(), recipient)
        alike = {each.id: same_number_elsewhere(self.session, each, recipient.id, vault()) for _line, each in lines}
        written = self.page("numbers.html", recipient=recipient, lines=lines, alike=alike, known=number_of(self.session, recipient.file_number),
                            kinds=codes_of(self.session, {"number_holder"}, today(), language())["number_holder"], **values)
        self.session.commit()  # the look is on disk before a digit leaves
        return written


VIEWS = (NumbersView,)
