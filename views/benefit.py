"""給付の一件: what a receipt says and where each value came from; what the office asks of payers; the receipts of a month."""

from typing import Any

from flask import abort, current_app, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import now
from app.receipt_place import place_of
from app.words import language
from models.benefit import Benefit
from procedures import benefit, receipt_findings
from procedures.columns import columns_of
from procedures.desk import labels
from procedures.receipt_report import MONTH
from rules.receipt_check import BY_CODE
from views.cells import cell
from views.office_view import OfficeView, actor, allowed

ORIGINS = {"file": _l("ファイル"), "computed": _l("計算"), "office": _l("職員")}
LISTS = tuple(sorted({column.codes for column in columns_of(Benefit) if column.codes}))


class BenefitView(OfficeView):
    """給付の一件の画面."""

    route_base = "/benefits"
    class_permission_name = "Benefit"
    default_view = "month"

    @expose("/<int:recipient_id>/<int:number>")
    @allowed("read")
    def show(self, recipient_id: int, number: int) -> Any:
        seen = benefit.see(self.session, actor(), recipient_id, number, place_of(current_app.config["OFFICE"]).vault)
        if seen is None:
            abort(404)
        words = labels(self.session, LISTS, language())
        facts = [(_(column.label), cell(column, value, words), origin) for column, value, origin in seen.values]
        written = self.page("receipts/one.html", seen=seen, facts=facts, origins=ORIGINS, checks=BY_CODE,
                            decisions=receipt_findings.DECISIONS, adjustments=words.get("adjustment", {}))
        self.session.commit()
        return written

    @expose("/<int:recipient_id>/month/<month>")
    @allowed("read")
    def month(self, recipient_id: int, month: str) -> Any:
        seen = benefit.see_month(self.session, actor(), recipient_id, month) if MONTH.fullmatch(month) else None
        if seen is None:
            abort(404)
        written = self.page("receipts/month.html", seen=seen, month=month, words=labels(self.session, LISTS, language()))
        self.session.commit()
        return written

    @expose("/<int:recipient_id>/<int:number>/ask", methods=["POST"])
    @allowed("write")
    def ask(self, recipient_id: int, number: int) -> Response:
        """申し立てる: the office itself wants this receipt settled or returned."""
        form = request.form
        return self.carry_out(lambda: receipt_findings.ask_payer(
            self.session, actor(), number, recipient_id, form.get("decision", ""), form.get("note", ""), now()),
            _("一覧に載せました。"), f"/benefits/{recipient_id}/{number}")


VIEWS = (BenefitView,)
