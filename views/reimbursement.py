"""償還払: claims by state and age; one claim with its calculation line by line, and the steps that are open to this person."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from flask import flash, redirect, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import now, today
from app.extensions import db
from app.words import language, say
from procedures import reimbursement as steps
from procedures import reimbursement_office as office
from procedures import taking_back
from procedures.calculation_sheet import print_calculation
from procedures.claim_letters import print_claim_letter
from procedures.claim_parts import divide
from procedures.letters import KINDS as LETTERS
from procedures.model_row import Stale, differing, mark_of
from procedures.refusal import Refused
from procedures.reimbursement_calculation import EXCLUSIONS
from procedures.reimbursement_desk import OLD_AFTER, by_state, desk_of, waiting
from procedures.reimbursement_facts import by_month
from procedures.reimbursement_ledger import totals
from procedures.reimbursement_progress import GRANTED, LABELS, LINES_OPEN, is_countable, may_move
from rules.spelling import digits
from views.case_view import city
from views.office_view import OfficeView, actor, allowed
from views.payment import STATES as RUNS

ORDERS = {"cancelled": _l("取り消した"), "returned": _l("振込不能")}


class ReimbursementView(OfficeView):
    """償還払の画面."""

    route_base = "/reimbursements"
    class_permission_name = "Reimbursements"
    default_view = "listed"

    @expose("/")
    @allowed("read")
    def listed(self) -> str:
        state = request.args.get("state", "")
        state = state if state in LABELS else ""
        rows = waiting(self.session, actor(), today(), state or None)
        db.session.commit()
        return self.page("reimbursement/list.html", rows=rows, state=state, states=by_state(self.session), labels=LABELS,
                         totals=totals(self.session), old_after=OLD_AFTER, me=actor().user_id)

    @expose("/<int:number>")
    @allowed("read")
    def show(self, number: int) -> Response | str:
        return self._page(number)

    def _page(self, number: int, typed: Mapping[str, str] = MappingProxyType({}), both: Sequence[object] = ()) -> Response | str:
        try:
            desk = desk_of(self.session, actor(), number, today(), language(), with_account=self.may("see_account"))
        except Refused as refusal:
            db.session.rollback()
            flash(say(refusal.message), "error")
            return redirect("/reimbursements/")
        db.session.commit()
        return self.page(
            "reimbursement/one.html", desk=desk, typed=typed, both=both, mark_of=mark_of, labels=LABELS, me=actor().user_id, letters=LETTERS, runs=RUNS, orders=ORDERS, exclusions=EXCLUSIONS,
            months=list(by_month(desk.claim)), is_open=desk.claim.state in LINES_OPEN, is_granted=desk.claim.state in GRANTED,
            can_withdraw=may_move(desk.claim, "withdrawn"), can_calculate=is_countable(desk.claim),
            is_ordered=any(order.state != "cancelled" for order, _batch in desk.orders))

    @expose("/<int:number>/calculate", methods=["POST"])
    @allowed("calculate")
    def calculate(self, number: int) -> Response:
        return self._do(number, lambda: steps.calculate(self.session, actor(), number, today()), _("算定しました。"))

    @expose("/<int:number>/high-cost", methods=["POST"])
    @allowed("calculate")
    def high_cost(self, number: int) -> Any:
        """高額療養費の決定: the form carries the version of every month it showed; 0 is the version of one without a note."""
        form, month = request.form, request.form.get("month", "")
        shown = dict(each.split("=", 1) for each in form["versions"].split()) if "versions" in form else None
        return self._note(number, lambda: office.note_high_cost(
            self.session, actor(), number, month, _yen(form.get("yen", "")), form.get("source", ""), today(),
            None if shown is None else shown.get(month, "0")), _("高額療養費の決定を記録しました。算定し直してください。"),
            {"yen": (_("高額療養費の決定 (診療年月)") + f" {month}", "yen"), "decided_source": (_("何で確かめたか"), "source")}, month=month)

    @expose("/<int:number>/bill/<int:bill>", methods=["POST"])
    @allowed("calculate")
    def bill(self, number: int, bill: int) -> Any:
        """証明書の一行: left out with a reason, taken in again, or cleared of an overlap."""
        form, version = request.form, request.form.get("version")
        if form.get("what") == "overlap":
            return self._note(number, lambda: office.clear_overlap(self.session, actor(), number, bill, form.get("source", ""), version),
                              _("重複を確かめたことを記録しました。算定し直してください。"),
                              {"overlap_note": (_("二重でないことを何で確かめたか"), "source")}, bill)
        return self._note(number, lambda: office.exclude(
            self.session, actor(), number, bill, form.get("reason", ""), form.get("source", ""), version),
            _("証明書の扱いを記録しました。算定し直してください。"),
            {"reason": (_("対象外の理由"), "reason"), "exclusion_note": (_("何で確かめたか"), "source")}, bill)

    @expose("/<int:number>/proxy", methods=["POST"])
    @allowed("calculate")
    def proxy(self, number: int) -> Any:
        form = request.form
        return self._note(number, lambda: office.note_proxy(self.session, actor(), number, form.get("source", ""), form.get("version")),
                          _("委任状を確かめたことを記録しました。"), {"proxy_note": (_("委任状を何で確かめたか"), "source")})

    @expose("/<int:number>/forward", methods=["POST"])
    @allowed("calculate")
    def forward(self, number: int) -> Any:
        form = request.form
        return self._note(number, lambda: office.forward(
            self.session, actor(), number, self.day(form.get("forwarded", "")),
            self.day(form["arrived"]) if form.get("arrived", "").strip() else None, "", form.get("version")), _("進達を記録しました。"),
            {"forwarded": (_("進達日"), "forwarded"), "arrived": (_("本庁受領日"), "arrived")})

    def _note(self, number: int, act: Callable[[], Any], done: str, items: Mapping[str, tuple[str, str]], bill: int = 0,
              month: str = "") -> Any:
        """確かめたことを記録する; who saves second sees for each of *items* (label, field) what is stored and what she typed."""
        try:
            return self._do(number, act, done, but=Stale)
        except Stale as stale:
            self.session.rollback()
            flash(say(stale.message), "error")
            stored, form = office.noted(self.session, number, bill, month), request.form
            both = differing({label: stored[name] for name, (label, _field) in items.items()},
                             {label: form.get(field, "").strip() for label, field in items.values()})
            return self._page(number, {**form, "bill": str(bill)}, both), 409

    @expose("/<int:number>/withdraw", methods=["POST"])
    @allowed("calculate")
    def withdraw(self, number: int) -> Response:
        return self._do(number, lambda: steps.withdraw(self.session, actor(), number, request.form.get("reason", "")),
                        _("取り下げました。"))

    @expose("/<int:number>/draft", methods=["POST"])
    @allowed("draft")
    def draft(self, number: int) -> Response:
        form = request.form
        proposal = steps.Draft(form.get("result", ""), form.get("reason", ""), form.get("remarks", ""))
        return self._do(number, lambda: steps.draft(self.session, actor(), number, proposal, today()),
                        _("起案しました。決裁を待ちます。"), "/reimbursements/")

    @expose("/<int:number>/sign", methods=["POST"])
    @allowed("sign")
    def sign(self, number: int) -> Response:
        return self._do(number, lambda: steps.sign_off(self.session, actor(), number, today(), request.form.get("version")), _("決裁しました。"))

    @expose("/<int:number>/back", methods=["POST"])
    @allowed("sign")
    def back(self, number: int) -> Response:
        return self._do(number, lambda: steps.send_back(self.session, actor(), number, request.form.get("reason", "")),
                        _("差し戻しました。"))

    @expose("/<int:number>/divide", methods=["POST"])
    @allowed("calculate")
    def divide(self, number: int) -> Response:
        """決まった月を先に: the months that wait get a part of their own."""
        return self._do(number, lambda: divide(self.session, actor(), number, today()),
                        _("保留の月を分け、両方を算定し直しました。それぞれを起案してください。"))

    @expose("/<int:number>/take-back/ask", methods=["POST"])
    @allowed("draft")
    def ask_back(self, number: int) -> Response:
        return self._do(number, lambda: taking_back.ask(self.session, actor(), number, request.form.get("reason", ""), today()),
                        _("支給決定の取消を依頼しました。別の決裁者が決めるまで、支払には入りません。"))

    @expose("/<int:number>/take-back", methods=["POST"])
    @allowed("sign")
    def take_back(self, number: int) -> Response:
        return self._do(number, lambda: taking_back.take_back(self.session, actor(), number, today()),
                        _("支給決定を取り消しました。算定からやり直せます。"))

    @expose("/<int:number>/take-back/stand", methods=["POST"])
    @allowed("sign")
    def let_stand(self, number: int) -> Response:
        return self._do(number, lambda: taking_back.let_stand(self.session, actor(), number), _("支給決定はそのままです。支払に入ります。"))

    @expose("/<int:number>/letter", methods=["POST"])
    @allowed("print")
    def letter(self, number: int) -> Response:
        return self.paper(lambda: print_claim_letter(self.session, actor(), number, city(), today(), now()),
                          f"claim-{number}", f"/reimbursements/{number}")

    @expose("/<int:number>/sheet", methods=["POST"])
    @allowed("print")
    def sheet(self, number: int) -> Response:
        """算定書."""
        return self.paper(lambda: print_calculation(self.session, actor(), number, city(), now()),
                          f"calculation-{number}", f"/reimbursements/{number}")

    def _do(self, number: int, act: Callable[[], Any], done: str, onward: str = "", but: type[Refused] | None = None) -> Response:
        page = f"/reimbursements/{number}"
        return self.carry_out(act, done, onward or page, page, but)


def _yen(typed: str) -> int:
    plain = digits(typed)
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 10):
        raise Refused("0以上の整数を入力してください。")
    return int(plain)


VIEWS = (ReimbursementView,)
