"""請求の画面: what a person asks about her own data, step by step, and the copy that is handed to her."""

from typing import Any

from flask import abort, flash, redirect, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import now, today
from app.words import language, say
from procedures import subject_requests as requests
from procedures.disclosure import TITLES
from procedures.journal_search import person_of, users
from procedures.lookup import codes_of
from procedures.refusal import Refused
from rules.spelling import digits
from views.case_view import city
from views.office_view import OfficeView, actor, allowed

KINDS = {"disclosure": _l("開示"), "correction": _l("訂正"), "stop_use": _l("利用停止")}
STATES = {"received": _l("受付"), "identified": _l("本人確認済み"), "decided": _l("決定済み"), "handed_over": _l("交付・通知済み"),
          "withdrawn": _l("取下げ")}
REQUESTERS = {"self": _l("本人"), "legal": _l("法定代理人"), "agent": _l("任意代理人")}
DECISIONS = {"whole": _l("全部を認める"), "part": _l("一部を認める"), "none": _l("認めない")}
TYPES = {"pdf": "application/pdf", "zip": "application/zip"}


class RequestsView(OfficeView):
    """開示・訂正・利用停止の請求."""

    route_base = "/requests"
    class_permission_name = "Requests"
    default_view = "listed"

    @expose("/")
    @allowed("read")
    def listed(self) -> str:
        return self._list({})

    @expose("/", methods=["POST"])
    @allowed("write")
    def receive(self) -> Response | tuple[str, int]:
        typed = request.form
        try:
            person = person_of(self.session, digits(typed.get("number", "").strip()))
            made = requests.receive(self.session, actor(), requests.Asked(
                typed.get("kind", ""), person, self.day(typed.get("received_on", "")), typed.get("requester", ""),
                typed.get("requester_name", ""), typed.get("wish", "")), today())
            self.session.commit()
        except Refused as refusal:
            self.session.rollback()
            return self._list(typed, say(refusal.message)), 422
        flash(_("受け付けました。次に本人を確かめます。"), "success")
        return redirect(f"/requests/{made.id}")

    @expose("/<int:number>")
    @allowed("read")
    def one(self, number: int) -> str:
        found = requests.look(self.session, actor(), number)
        if found is None:
            abort(404)
        made, person, led_to = found
        may_correct = made.kind == "correction" and made.state == "decided" and made.decision != "none"
        return self.journalled(
            "requests/one.html", made=made, person=person, led_to=led_to, kinds=KINDS, states=STATES, requesters=REQUESTERS,
            decisions=DECISIONS, titles=TITLES, names=dict(users(self.session)), me=actor().user_id, on=today(),
            proofs=codes_of(self.session, {"identity_proof"}, today(), language())["identity_proof"],
            records=requests.records_of(self.session, person.id) if may_correct else [])

    @expose("/<int:number>/<any(identify, extend, withdraw):step>", methods=["POST"])
    @allowed("write")
    def step(self, number: int, step: str) -> Response:
        form = request.form
        act: Any = {
            "identify": lambda: requests.identify(self.session, actor(), number, form.get("proof", ""), today()),
            "extend": lambda: requests.extend(self.session, actor(), number, form.get("reason", "")),
            "withdraw": lambda: requests.withdraw(self.session, actor(), number, form.get("reason", ""))}[step]
        return self.carry_out(act, _("登録しました。"), f"/requests/{number}")

    @expose("/<int:number>/decide", methods=["POST"])
    @allowed("decide")
    def decide(self, number: int) -> Response:
        form = request.form
        return self.carry_out(lambda: requests.decide(
            self.session, actor(), number, form.get("decision", ""), form.get("reason", ""), form.getlist("left_out"), today()),
            _("決定しました。"), f"/requests/{number}")

    @expose("/<int:number>/preview", methods=["POST"])
    @allowed("decide")
    def preview(self, number: int) -> Response:
        return self.paper(lambda: requests.preview(self.session, actor(), number, city(), today(), now()), f"preview-{number}",
                          f"/requests/{number}", "inline")

    @expose("/<int:number>/copy", methods=["POST"])
    @allowed("decide")
    def copy(self, number: int) -> Response:
        """写しを渡す, or note that the answer was given."""
        form = request.form.get("form", "")
        form = form if form in requests.FORMS else "pdf"
        made: list[bytes | None] = []
        done = self.carry_out(lambda: made.append(requests.hand_over(self.session, actor(), number, form, city(), today(), now())),
                              _("交付・通知を登録しました。"), f"/requests/{number}")
        if not made or made[0] is None:
            return done
        return Response(made[0], mimetype=TYPES[form], headers={
            "Content-Disposition": f'attachment; filename="disclosure-{number}.{form}"'})

    def _list(self, typed: Any, problem: str = "") -> str:
        rows = requests.open_requests(self.session, actor(), today())
        return self.journalled("requests/listed.html", rows=rows, typed=typed, problem=problem, kinds=KINDS, states=STATES,
                               requesters=REQUESTERS, decisions=DECISIONS, today=today())


VIEWS = (RequestsView,)
