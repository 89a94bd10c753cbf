"""保留したレセプト: line by line, why each was held and what it says; accepted for somebody or refused, with the reason."""

from flask import current_app, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import now
from app.receipt_place import place_of
from app.words import language
from procedures import held_receipts
from procedures.desk import labels
from views.office_view import OfficeView, actor, allowed


class HeldReceiptsView(OfficeView):
    """保留したレセプトの画面."""

    route_base = "/held-receipts"
    class_permission_name = "HeldReceipts"
    default_view = "listed"

    @expose("/")
    @allowed("read")
    def listed(self) -> str:
        set_id, after = (int(text) if (text := request.args.get(name, "")).isdecimal() else 0 for name in ("set", "after"))
        rows = held_receipts.waiting(self.session, actor(), set_id or None, after)
        self.session.commit()
        return self.page("receipts/held.html", rows=rows, set_id=set_id, total=held_receipts.count(self.session),
                         page=held_receipts.PAGE, settings=labels(self.session, ("setting",), language()).get("setting", {}))

    @expose("/<int:number>", methods=["POST"])
    @allowed("write")
    def decide(self, number: int) -> Response:
        form = request.form
        if form.get("decision") == "accept":
            payers = place_of(current_app.config["OFFICE"]).payers
            return self.carry_out(lambda: held_receipts.accept(
                self.session, actor(), number, form.get("recipient_number", ""), form.get("note", ""), payers, now()),
                _("レセプトを登録しました。"), self._back())
        return self.carry_out(lambda: held_receipts.refuse(self.session, actor(), number, form.get("note", ""), now()),
                              _("返戻依頼の一覧に載せました。"), self._back())

    def _back(self) -> str:
        set_id = request.form.get("set", "")
        return f"/held-receipts/?set={set_id}" if set_id.isdecimal() and set_id != "0" else "/held-receipts/"


VIEWS = (HeldReceiptsView,)
