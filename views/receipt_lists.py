"""過誤調整・返戻依頼: what goes back to payers and institutions, on the screen, as CSV or xlsx and on paper."""

from datetime import date

from flask import flash, redirect, request
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from app.clock import now, today
from app.words import say
from procedures import receipt_lists
from procedures.characters import in_letters
from procedures.receipt_lists import HEADINGS, TITLES
from procedures.refusal import Refused
from reports.paper import FontMissing, GlyphMissing
from reports.receipt_list import TYPES, receipt_list_file
from views.case_view import city
from views.office_view import OfficeView, actor, allowed


class ReceiptListsView(OfficeView):
    """過誤調整・返戻依頼の画面."""

    route_base = "/receipt-lists"
    class_permission_name = "ReceiptLists"
    default_view = "listed"

    @expose("/")
    @allowed("read")
    def listed(self) -> str:
        kind, problem, rows = self._kind(), "", []
        try:
            begins, ends = self._days()
            rows = receipt_lists.entries(self.session, actor(), kind, begins, ends)
            self.session.commit()
        except Refused as wrong:
            problem, (begins, ends) = say(wrong.message), (today().replace(day=1), today())
        return self.page("receipts/lists.html", kind=kind, kinds=TITLES, rows=rows, headings=HEADINGS, begins=begins,
                         ends=ends, problem=problem)

    @expose("/file", methods=["POST"])
    @allowed("read")
    def file(self) -> Response:
        kind, form = self._kind(), request.form.get("format", "")
        try:
            form = self.choice(form, TYPES)
            begins, ends = self._days()
            rows = receipt_lists.take_out(self.session, actor(), kind, begins, ends, form, today())
            content = receipt_list_file(form, TITLES[kind], HEADINGS, in_letters(
                self.session, form, HEADINGS, [row.cells() for row in rows]), (begins, ends), city(), now())
            self.session.commit()
        except (Refused, GlyphMissing, FontMissing) as stopped:
            self.session.rollback()
            flash(say(getattr(stopped, "message", str(stopped))), "error")
            return redirect(f"/receipt-lists/?kind={kind}")
        return Response(content, mimetype=TYPES[form], headers={
            "Content-Disposition": f'attachment; filename="receipts-{kind}-{today():%Y%m%d}.{form}"'})

    def _kind(self) -> str:
        kind = request.values.get("kind", "")
        return kind if kind in TITLES else receipt_lists.RETURN

    def _days(self) -> tuple[date, date]:
        """The asked days, or this month. Refused."""
        begins, ends = (request.values.get(name, "").strip() for name in ("from", "to"))
        if not begins and not ends:
            return today().replace(day=1), today()
        return self.day(begins), self.day(ends)


VIEWS = (ReceiptListsView,)
