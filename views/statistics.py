"""統計の画面: the yearly counts with charts, and the same as CSV, xlsx and PDF."""

from flask import request
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from app.clock import now, today
from app.extensions import db
from app.words import language
from procedures.statistics import counted_on, export_counts, fiscal_year, yearly
from reports.statistics import chart_of, statistics_csv, statistics_pdf, statistics_xlsx
from views.case_view import city
from views.office_view import OfficeView, actor, allowed

TYPES = {"csv": "text/csv", "pdf": "application/pdf",
         "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


class StatisticsView(OfficeView):
    """統計."""

    route_base = "/statistics"
    class_permission_name = "Statistics"
    default_view = "show"

    @expose("/")
    @allowed("read")
    def show(self) -> str:
        year = self._year(request.args.get("year", ""))
        tables = yearly(self.session, year, today(), language())
        charts = {each.name: chart_of(each) for each in tables}
        return self.page("statistics/show.html", tables=tables, charts=charts, counted=counted_on(year, today()), year=year, newest=fiscal_year(today()))

    @expose("/file", methods=["POST"])
    @allowed("read")
    def file(self) -> Response:
        year, form = self._year(request.form.get("year", "")), request.form.get("format", "csv")
        form = form if form in TYPES else "csv"
        tables = export_counts(self.session, actor(), year, today(), form)
        db.session.commit()
        content = (statistics_pdf(year, tables, counted_on(year, today()), city(), now()) if form == "pdf"
                   else statistics_xlsx(tables) if form == "xlsx" else statistics_csv(tables))
        return Response(content, mimetype=TYPES[form],
                        headers={"Content-Disposition": f'attachment; filename="statistics-{year}.{form}"'})

    def _year(self, text: str) -> int:
        newest = fiscal_year(today())
        return min(max(int(text), 2015), newest) if text.isascii() and text.isdigit() and len(text) == 4 else newest


VIEWS = (StatisticsView,)
