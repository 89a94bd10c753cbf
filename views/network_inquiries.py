"""情報照会: what another institution is asked about a case, by the match list of the day, and its answer filed with its source."""

from flask import request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import now, today
from procedures import network_inquiry as inquiries
from procedures import platform_inquiry
from procedures.network_inquiry import TAX, Question
from procedures.refusal import Refused
from views.case_view import city
from views.office_view import OfficeView, actor, allowed

STATES = {"waiting": _l("送信を待っています"), "asked": _l("回答を待っています"), "answered": _l("回答済み"), "nothing": _l("該当なし"),
          "withheld": _l("不開示"), "refused": _l("照合で拒否"), "failed": _l("照会できませんでした"), "cancelled": _l("取り消しました")}


HERE = {TAX: _l("住民税"), "JUMIN01": _l("住民")}


def _member() -> int | None:
    """The chosen line of the household, None for the patient."""
    chosen = request.form.get("member", "")
    if not (chosen == "" or chosen.isdecimal()) or len(chosen) > 18:
        raise Refused("一覧から選んでください。")
    return int(chosen) if chosen else None


class NetworkInquiriesView(OfficeView):
    """情報照会の画面."""

    route_base = "/network-inquiries"
    class_permission_name = "NetworkInquiries"
    default_view = "listed"

    @expose("/")
    @allowed("read")
    def listed(self) -> str:
        return self.journalled("network/inquiries.html", asked=inquiries.open_ones(self.session, actor(), now()), states=STATES, tax=TAX)

    @expose("/<int:application_id>")
    @allowed("read")
    def of_case(self, application_id: int) -> str:
        from_case = inquiries.of_case(self.session, actor(), application_id)
        return self.journalled(
            "network/of_case.html", asked=from_case, states=STATES, tax=TAX, application_id=application_id, here=HERE,
            rows=inquiries.allowed(today()), members=inquiries.others_of(self.session, application_id),
            head=inquiries.head_of(self.session, application_id, city()))

    @expose("/<int:application_id>", methods=["POST"])
    @allowed("write")
    def ask(self, application_id: int) -> Response:
        form = request.form

        def act() -> None:
            row = form.get("row", "")
            if not row.isdecimal():
                raise Refused("一覧から選んでください。")
            inquiries.ask(self.session, actor(), application_id, Question(
                _member(), int(row), form.get("provider", ""), form.get("purpose", "")), city(), today())

        return self.carry_out(act, _("照会を頼みました。回答が届くとこの画面に出ます。"), f"/network-inquiries/{application_id}")

    @expose("/<int:application_id>/here", methods=["POST"])
    @allowed("write")
    def ask_here(self, application_id: int) -> Response:
        """庁内の住民・住民税."""
        return self.carry_out(
            lambda: platform_inquiry.ask(self.session, actor(), application_id, _member(), request.form.get("information", ""),
                                         request.form.get("purpose", ""), city(), today()),
            _("照会を頼みました。回答が届くとこの画面に出ます。"), f"/network-inquiries/{application_id}")

    @expose("/<int:application_id>/<int:number>/<any(cancel, file, keep):what>", methods=["POST"])
    @allowed("write")
    def steer(self, application_id: int, number: int, what: str) -> Response:
        if what == "cancel":
            return self.carry_out(lambda: inquiries.cancel(self.session, actor(), number), _("照会を取り消しました。"),
                                  f"/network-inquiries/{application_id}")
        if what == "keep":
            return self.carry_out(lambda: inquiries.keep(self.session, actor(), number, now()),
                                  _("回答を判定の資料にしました。"), f"/network-inquiries/{application_id}")
        return self.carry_out(lambda: inquiries.file_tax(self.session, actor(), number, now()),
                              _("回答を世帯員の行に取り込みました。出所を確かめて判定してください。"),
                              f"/assessment/{application_id}", f"/network-inquiries/{application_id}")


VIEWS = (NetworkInquiriesView,)
