"""照会・提供・移転の記録: one screen per person, and handing over to another office on paper."""

from flask import abort, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import now, today
from procedures import given
from procedures.transfers import ITEMS, HandOver, destinations, hand_over
from views.case_view import city
from views.network_inquiries import STATES
from views.office_view import OfficeView, actor, allowed

KINDS = {"asked": _l("照会した"), "made_known": _l("提供情報を登録した"), "exchanged": _l("ネットワークでやり取りした"), "transferred": _l("移転した")}
OUTCOMES = STATES | {"registered": _l("登録済み"), "superseded": _l("新しい版に替わりました"), "provided": _l("提供済み"), "none": _l("提供なし")}


class GivenView(OfficeView):
    """照会・提供・移転の記録の画面."""

    route_base = "/given"
    class_permission_name = "Given"

    @expose("/<int:recipient_id>")
    @allowed("read")
    def of_person(self, recipient_id: int) -> str:
        try:
            page = given.of_person(self.session, actor(), recipient_id)
        except given.NoSuchPerson:
            abort(404)
        return self.journalled("network/given.html", found=page, kinds=KINDS, outcomes=OUTCOMES, items=ITEMS,
                               targets=destinations(self.session, today(), "transfer"))

    @expose("/<int:recipient_id>/transfer", methods=["POST"])
    @allowed("transfer")
    def transfer(self, recipient_id: int) -> Response:
        form = request.form
        target = form.get("destination", "")
        what = HandOver(int(target) if target.isdecimal() and len(target) < 19 else 0, form.getlist("item"),
                        form.get("reason", ""), form.get("handed_to", ""))
        return self.paper(lambda: hand_over(self.session, actor(), recipient_id, what, city(), today(), now()),
                          "transfer", f"/given/{recipient_id}")

    @expose("/<int:recipient_id>/records", methods=["POST"])
    @allowed("read")
    def fetch(self, recipient_id: int) -> Response:
        return self.carry_out(lambda: given.fetch(self.session, actor(), recipient_id),
                              _("記録の取り寄せを頼みました。届くとこの画面に出ます。"), f"/given/{recipient_id}")


VIEWS = (GivenView,)
