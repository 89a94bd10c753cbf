"""月次報告: receipts of a billing month by payer agency and insurance kind beside the invoice; and the same as a file."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from flask import flash, redirect, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import now, today
from app.words import language, say
from procedures import receipt_report
from procedures.characters import in_letters
from procedures.desk import labels
from procedures.model_row import Stale, differing
from procedures.refusal import Refused
from reports.receipt_list import TYPES, receipt_list_file
from views.case_view import city
from views.office_view import OfficeView, actor, allowed

LISTS = ("payer_agency", "payer_class")


class ReceiptReportView(OfficeView):
    """月次報告の画面."""

    route_base = "/receipt-report"
    class_permission_name = "ReceiptReport"
    default_view = "show"

    @expose("/")
    @allowed("read")
    def show(self) -> str:
        return self._page()

    def _page(self, typed: Mapping[str, str] = MappingProxyType({}), both: Sequence[object] = ()) -> str:
        month, known = self._month(), receipt_report.months(today())
        lines = receipt_report.month_report(self.session, month)
        return self.page("receipts/report.html", month=month, months=known if month in known else [month, *known], lines=lines,
                         typed=typed, both=both, total=receipt_report.total_of(lines), words=labels(self.session, LISTS, language()))

    @expose("/invoice", methods=["POST"])
    @allowed("write")
    def invoice(self) -> Response | tuple[str, int]:
        """請求額: the form carries the version of every invoice it showed; 0 is the version of one that was not there."""
        month, form = self._month(), request.form
        words = labels(self.session, LISTS)
        whose = (form.get("agency", ""), form.get("payer_class", ""))
        shown = dict(each.rpartition("=")[::2] for each in form["versions"].split()) if "versions" in form else None
        try:
            return self.carry_out(lambda: receipt_report.enter_invoice(
                self.session, actor(), month, self.choice(whose[0], words["payer_agency"]),
                self.choice(whose[1], words["payer_class"]), _amounts(form), None if shown is None else shown.get(":".join(whose), "0")),
                _("請求額を登録しました。"), f"/receipt-report/?month={month}", but=Stale)
        except Stale as stale:
            self.session.rollback()
            flash(say(stale.message), "error")
            return self._page(form, self._both(month, whose)), 409

    def _both(self, month: str, whose: tuple[str, str]) -> list[tuple[str, Any, Any]]:
        line = next(line for line in receipt_report.month_report(self.session, month) if (line.agency, line.payer_class) == whose)
        names = {_("件数"): "receipts", _("点数"): "points", _("公費負担額"): "public_yen"}
        return differing({label: str(getattr(line.invoice, name)) for label, name in names.items()},
                         {label: request.form.get(name, "").replace(",", "").strip() for label, name in names.items()})

    @expose("/file", methods=["POST"])
    @allowed("read")
    def file(self) -> Response:
        month, form = self._month(), request.form.get("format", "")
        try:
            form = self.choice(form, TYPES)
        except Refused as wrong:
            flash(say(wrong.message), "error")
            return redirect(f"/receipt-report/?month={month}")
        lines, words = receipt_report.export_report(self.session, actor(), month, form), labels(self.session, LISTS)
        content = receipt_list_file(form, f"{receipt_report.TITLE}　{month}", receipt_report.HEADINGS, in_letters(
            self.session, form, receipt_report.HEADINGS, [receipt_report.cells(line, words) for line in lines]), None, city(), now())
        self.session.commit()
        return Response(content, mimetype=TYPES[form], headers={
            "Content-Disposition": f'attachment; filename="receipt-report-{month}.{form}"'})

    def _month(self) -> str:
        typed = request.values.get("month", "")
        return typed if receipt_report.MONTH.fullmatch(typed) else receipt_report.months(today())[0]


def _amounts(form: dict[str, str]) -> tuple[int, int, int]:
    typed = [form.get(name, "").replace(",", "").strip() for name in ("receipts", "points", "public_yen")]
    if not all(text.isascii() and text.isdigit() for text in typed):
        raise Refused("件数・点数・金額は0以上の整数で入力してください。")
    return int(typed[0]), int(typed[1]), int(typed[2])


VIEWS = (ReceiptReportView,)
