"""入力の成績の画面: figures of keying with a plain chart; the same numbers stand in a table."""

from datetime import date

from flask import request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import today
from app.words import say
from procedures import figures
from procedures.figures import GROUPS, SpanWrong
from procedures.refusal import Refused
from reports.chart import bars
from rules.era_date import NotADate, parse_date
from views.office_view import OfficeView, actor, allowed

TITLES = {"clerk": _l("入力者ごと"), "sheet": _l("様式ごと"), "item": _l("項目ごと")}


class FiguresView(OfficeView):
    """入力の成績."""

    route_base = "/figures"
    class_permission_name = "Figures"
    default_view = "show"

    @expose("/")
    @allowed("read")
    def show(self) -> str | tuple[str, int]:
        by, problem = _group(), ""
        try:
            begins, ends = _days()
            lines = figures.lines(self.session, by, begins, ends)
        except (Refused, NotADate) as wrong:
            begins, ends = _this_month()
            lines, problem = figures.lines(self.session, by, begins, ends), say(wrong.message)
        months = figures.months(self.session, today())
        chart = bars(_("月ごとの誤り率 (1万項目あたり)"), [(_("%(n)s月", n=int(month[5:])), round(rate or 0)) for month, _n, rate in months])
        page = self.page("figures.html", by=by, titles=TITLES, lines=lines, begins=begins, ends=ends,
                         total=figures.total(lines, _("合計")), months=months, chart=chart, problem=problem, few=figures.FEW)
        return (page, 422) if problem else page

    @expose("/file", methods=["POST"])
    @allowed("read")
    def file(self) -> Response | tuple[str, int]:
        try:
            begins, ends = _days()
            text = figures.as_csv(self.session, actor(), _group(), begins, ends)
        except (Refused, NotADate) as wrong:
            return say(wrong.message), 422
        self.session.commit()
        return Response(text.encode("utf-8-sig"), mimetype="text/csv", headers={
            "Content-Disposition": f'attachment; filename="figures-{_group()}-{begins:%Y%m%d}-{ends:%Y%m%d}.csv"'})


def _group() -> str:
    asked = request.values.get("by", "")
    return asked if asked in GROUPS else GROUPS[0]


def _this_month() -> tuple[date, date]:
    return today().replace(day=1), today()


def _days() -> tuple[date, date]:
    """The asked days, or this month; NotADate, SpanWrong."""
    begins, ends = (request.values.get(name, "").strip() for name in ("from", "to"))
    if not begins and not ends:
        return _this_month()
    if not begins or not ends:
        raise SpanWrong
    return parse_date(begins), parse_date(ends)


VIEWS = (FiguresView,)
