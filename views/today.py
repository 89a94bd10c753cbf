"""今日の仕事: the manager's start page; every counter leads to the list behind it."""

from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.clock import today
from models.work_item import KINDS as WORKS
from procedures import progress, reimbursement_progress
from procedures.renewal import STEPS as SEASON_STEPS
from procedures.today import work
from reports.chart import bars
from views.office_view import OfficeView, allowed

STEPS = {"waiting_first": _l("第一入力待ち"), "first": _l("第一入力中"), "waiting_second": _l("第二入力待ち"),
         "second": _l("第二入力中"), "settling": _l("相違の確認待ち"), "returned": _l("返戻中"),
         **progress.LABELS}
DOORS = {"registered": "/case/", "accepted": "/issue/", "assessed": "/review/", "board": "/board/", "reviewed": "/certification/",
         "drafted": "/certification/", "held": "/assessment/", "certified": "/issue/"}
AGES = {"fresh": _l("1週間以内"), "soon": _l("1週間超"), "late": _l("2週間超")}


class TodayView(OfficeView):
    """今日の仕事."""

    route_base = "/today"
    class_permission_name = "Today"
    default_view = "show"

    @expose("/")
    @allowed("read")
    def show(self) -> str:
        on = today()
        now = work(self.session, on)
        months = [(_("%(n)s月", n=int(month[5:])), count) for month, count in now.months]
        days = [(f"{day.month}/{day.day}", received) for day, received, _ in now.days]
        return self.page(
            "dashboard/today.html", now=now, on=on, works=WORKS, season_steps=SEASON_STEPS,
            sees_work=self.may("read", "Work"), sees_inquiries=self.may("read", "Inquiries"),
            sees_seasons=self.may("read", "Renewals"), steps=STEPS, doors=DOORS, ages=AGES,
            claim_steps=reimbursement_progress.LABELS, sees_claims=self.may("read", "Reimbursements"),
            expiry_chart=bars(str(_l("月ごとの有効期間終了")), months),
            received_chart=bars(str(_l("最近30日の受付")), days, every=5),
            sees_figures=self.may("read", "Figures"), sees_recipients=self.may("read", "Recipients"))


VIEWS = (TodayView,)
