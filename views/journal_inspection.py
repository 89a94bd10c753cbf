"""点検の画面: what stands out in the journal, who saw how many, and how far it is sealed; for the auditor, who sees no name."""

from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, request, session
from flask_appbuilder import expose
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import JAPAN, today
from app.words import say
from procedures import journal_inspection as inspection
from procedures.refusal import Refused
from procedures.sealing import seal_of
from reports.paper import one_code
from rules.parameters import figures
from views.office_view import OfficeView, actor, allowed

ASKED = "inspection"
USUAL_DAYS = 7
PATTERNS = {"many_people": _l("短い時間に多くの人"), "many_at_once": _l("一度に多くの人"), "off_hours": _l("時間外・休日"),
            "own_family_name": _l("自分と同じ姓の人"), "withheld": _l("不開示(支援措置)の人")}
GROUPS = {"clerk": _l("利用者ごと"), "day": _l("日ごと"), "person": _l("見られた人ごと")}


class InspectionView(OfficeView):
    """操作記録の点検."""

    route_base = "/inspection"
    class_permission_name = "Journal"
    default_view = "show"

    @expose("/")
    @allowed("read")
    def show(self) -> str:
        by = request.args.get("by", "")
        return self._page(by if by in GROUPS else "", *self._days())

    @expose("/", methods=["POST"])
    @allowed("read")
    def span(self) -> Response | tuple[str, int]:
        """期間: kept on the server like every other question."""
        by = request.form.get("by", "")
        by = by if by in GROUPS else ""
        try:
            begins, ends = self.day(request.form.get("from", "")), self.day(request.form.get("to", ""))
            inspection.span_of(begins, ends)
        except Refused as refusal:
            return self._page(by, *self._usual(), say(refusal.message)), 422
        session[ASKED] = [begins.isoformat(), ends.isoformat()]
        return redirect(f"/inspection/?by={by}")

    @expose("/file", methods=["POST"])
    @allowed("export")
    def file(self) -> Any:
        try:
            text = inspection.as_csv(self.session, actor(), *self._days(), request.form.get("reason", ""),
                                     lambda pattern: str(PATTERNS[pattern]))
        except Refused as refusal:
            self.session.rollback()
            flash(say(refusal.message), "error")
            return redirect("/inspection/")
        self.session.commit()
        return Response(text.encode("utf-8-sig"), mimetype="text/csv", headers={
            "Content-Disposition": f'attachment; filename="inspection-{today():%Y%m%d}.csv"'})

    @expose("/seal")
    @allowed("read")
    def seal(self) -> str:
        """封印: how far the journal is sealed, and the root an auditor can write down."""
        sealed = seal_of(self.session)
        return self.page("journal/seal.html", seal=sealed, japan=JAPAN, code=one_code(sealed.root) if sealed.root else "")

    def _days(self) -> tuple[date, date]:
        kept = session.get(ASKED)
        return (date.fromisoformat(kept[0]), date.fromisoformat(kept[1])) if kept else self._usual()

    def _usual(self) -> tuple[date, date]:
        return today() - timedelta(days=USUAL_DAYS - 1), today()

    def _page(self, by: str, begins: date, ends: date, problem: str = "") -> str:
        found = [] if by else inspection.unusual(self.session, actor(), begins, ends)
        groups = inspection.grouped(self.session, actor(), by, begins, ends) if by else []
        return self.journalled(
            "journal/inspection.html", by=by, begins=begins, ends=ends, problem=problem, found=found, groups=groups,
            patterns=PATTERNS, titles=GROUPS, marks=figures("journal_patterns", ends), most=inspection.MOST,
            japan=JAPAN, may_export=self.may("export"))


VIEWS = (InspectionView,)
