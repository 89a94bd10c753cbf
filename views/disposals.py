"""保存期間と廃棄の画面: the periods, lists by one person that another approves, and the proofs that stay."""

from flask import abort, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import now, today
from procedures import disposals
from procedures.journal_search import users
from procedures.retention import KINDS, OURS, periods
from views.office_view import OfficeView, actor, allowed

STATES = {"listed": _l("承認待ち"), "approved": _l("廃棄待ち"), "rejected": _l("却下"), "done": _l("廃棄済み")}


class DisposalsView(OfficeView):
    """廃棄."""

    route_base = "/disposals"
    class_permission_name = "Disposals"
    default_view = "listed"

    @expose("/")
    @allowed("read")
    def listed(self) -> str:
        return self.page("disposals/listed.html", periods=periods(today()), rows=disposals.all_disposals(self.session), kinds=KINDS,
                         ours=OURS, states=STATES, names=dict(users(self.session)))

    @expose("/", methods=["POST"])
    @allowed("list")
    def make(self) -> Response:
        return self.carry_out(lambda: disposals.make_list(self.session, actor(), request.form.get("kind", ""), today()),
                              _("廃棄の一覧を作りました。ほかの人の承認を待ちます。"), "/disposals/")

    @expose("/<int:number>")
    @allowed("list")
    def one(self, number: int) -> str:
        found = disposals.units(self.session, actor(), number)
        if found is None:
            abort(404)
        disposal, units = found
        return self.journalled("disposals/one.html", disposal=disposal, units=units, kinds=KINDS, states=STATES,
                               names=dict(users(self.session)), me=actor().user_id, most=disposals.MOST_SHOWN)

    @expose("/<int:number>", methods=["POST"])
    @allowed("approve")
    def decide(self, number: int) -> Response:
        approve = request.form.get("decision") == "approve"
        return self.carry_out(
            lambda: disposals.decide(self.session, actor(), number, approve, request.form.get("reason", ""), now()),
            _("承認しました。廃棄を始めます。") if approve else _("却下しました。"), "/disposals/", f"/disposals/{number}")


VIEWS = (DisposalsView,)
