"""調整の入力: slips of payers about single receipts, typed by two people; the second does not see what the first typed."""

from flask import request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import now, today
from app.words import language
from procedures import benefit_adjustment
from procedures.lookup import codes_of
from views.office_view import OfficeView, actor, allowed


class AdjustmentsView(OfficeView):
    """調整の画面."""

    route_base = "/adjustments"
    class_permission_name = "Adjustments"
    default_view = "listed"

    @expose("/")
    @allowed("read")
    def listed(self) -> str:
        rows = benefit_adjustment.waiting(self.session, actor())
        self.session.commit()
        return self.page("receipts/adjustments.html", rows=rows, me=actor().user_id,
                         adjustments=codes_of(self.session, {"adjustment"}, today(), language())["adjustment"])

    @expose("/<int:recipient_id>/<int:number>", methods=["POST"])
    @allowed("write")
    def type_slip(self, recipient_id: int, number: int) -> Response:
        form, back = request.form, request.form.get("back", "")
        back = back if back.startswith("/benefits/") else "/adjustments/"

        def act() -> None:
            benefit_adjustment.type_slip(self.session, actor(), number, recipient_id, form.get("adjustment", ""),
                                         self.day(form.get("day", "")), now())
        return self.carry_out(act, _("調整を入力しました。2人の入力がそろうとレセプトに反映します。"), back)

    @expose("/<int:number>/forget", methods=["POST"])
    @allowed("write")
    def forget(self, number: int) -> Response:
        return self.carry_out(lambda: benefit_adjustment.forget_slip(self.session, actor(), number),
                              _("1回目の入力を取り消しました。"), "/adjustments/")


VIEWS = (AdjustmentsView,)
