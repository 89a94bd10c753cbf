"""月の合計: who paid more than the cap in a month, and whose costly months may bring a special."""

from flask import request
from flask_appbuilder import expose

from app.clock import today
from app.words import language
from procedures import costly_months, over_cap, receipt_report
from procedures.desk import labels
from views.office_view import OfficeView, actor, allowed


class MonthTotalsView(OfficeView):
    """月の合計の画面."""

    route_base = "/over-cap"
    class_permission_name = "MonthTotals"
    default_view = "listed"

    @expose("/")
    @allowed("read")
    def listed(self) -> str:
        months, typed, after = receipt_report.months(today()), request.args.get("month", ""), request.args.get("after", "")
        newest = over_cap.newest_month(self.session, months[0]) or months[0]  # receipts come a month or two after the care
        month = typed if receipt_report.MONTH.fullmatch(typed) else newest
        rows = over_cap.over_cap(self.session, actor(), month, int(after) if after.isdecimal() else 0)
        self.session.commit()
        return self.page("receipts/over_cap.html", month=month, months=months if month in months else [month, *months],
                         rows=rows, page=over_cap.PAGE)

    @expose("/candidates")
    @allowed("read")
    def candidates(self) -> str:
        special = costly_months.MILD if request.args.get("special") == costly_months.MILD else costly_months.LONG_TERM
        above, enough = costly_months.law_of(special, today())
        rows = costly_months.candidates(self.session, actor(), special, today())
        self.session.commit()
        return self.page("receipts/candidates.html", special=special, rows=rows, most=costly_months.MOST, above=above,
                         enough=enough,
                         tiers=labels(self.session, ("tier",), language()).get("tier", {}))


VIEWS = (MonthTotalsView,)
