"""申請の台紙: everything about one application in one place: papers, inquiries, letters, and how it ends."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import now, today
from app.words import language, say
from models.inquiry import INQUIRY_KINDS
from procedures import inquiries
from procedures.board import again
from procedures.by_office import withdraw
from procedures.checklist import note_arrival
from procedures.corrections import rows_of
from procedures.costs import SOURCES, Cost, NotAMonth, costs_of, costs_version, judged, note_costs
from procedures.letters import KINDS, correction_due, possible, print_letter
from procedures.lookup import codes_of
from procedures.model_row import Stale, differing
from procedures.progress import ALL, may_move
from procedures.refusal import Refused
from rules.special_cases import months_before
from rules.spelling import digits
from views.case_view import CaseView, city
from views.office_view import actor, allowed


class CaseFileView(CaseView):
    """申請の台紙."""

    route_base = "/case"
    class_permission_name = "CaseFile"
    steps = tuple((state, ALL) for state in ("registered", "assessed", "board", "reviewed", "drafted", "held", "certified",
                                             "accepted"))
    title = _l("進行中の申請")

    @expose("/<int:application_id>")
    @allowed("read")
    def sheet(self, application_id: int) -> str:
        return self._page(application_id)

    def _page(self, application_id: int, typed: Mapping[str, Cost] | None = None, both: Sequence[object] = ()) -> str:
        case, costs = self.case(application_id), costs_of(self.session, application_id)
        return self.page(
            "case_file.html", case=case, labels=self.labels(), letters=possible(self.session, case.application),
            letter_kinds=KINDS, inquiries=inquiries.of_case(self.session, application_id), kinds=INQUIRY_KINDS,
            states=codes_of(self.session, {"inquiry", "insurance_class"}, today(), language()), on=today(),
            costs=costs if typed is None else typed, both=both,
            costs_version=costs_version(self.session, application_id), cost_sources=SOURCES,
            cost_months=[months_before(f"{case.application.application_date:%Y-%m}", back) for back in range(11, -1, -1)],
            special=judged(self.session, case.application), correction_due=correction_due(self.session, application_id),
            records=rows_of(self.session, application_id) if self.may("read", "Corrections") else [],
            can_withdraw=may_move(case.application, "withdrawn"), board_again=case.application.state in ("reviewed", "held"))

    @expose("/<int:application_id>/attachment", methods=["POST"])
    @allowed("write")
    def attachment(self, application_id: int) -> Response:
        codes = codes_of(self.session, {"attachment"}, today())["attachment"]
        return self._do(application_id, lambda: note_arrival(
            self.session, actor(), application_id, request.form.get("attachment", ""), today(), codes.__contains__),
            _("書類の到着を登録しました。"))

    @expose("/<int:application_id>/withdraw", methods=["POST"])
    @allowed("write")
    def withdraw(self, application_id: int) -> Response:
        return self._do(application_id, lambda: withdraw(
            self.session, actor(), application_id, request.form.get("reason", ""), today()), _("取り下げました。"))

    @expose("/<int:application_id>/board-again", methods=["POST"])
    @allowed("write")
    def board_again(self, application_id: int) -> Response:
        return self._do(application_id, lambda: again(self.session, actor(), application_id, today()),
                        _("再審査に回しました。"))

    @expose("/<int:application_id>/ask", methods=["POST"])
    @allowed("write")
    def ask(self, application_id: int) -> Response:
        form = request.form
        return self._do(application_id, lambda: inquiries.ask(
            self.session, actor(), application_id, form.get("kind", ""), form.get("question", ""), today()),
            _("照会を登録しました。照会文書を印刷できます。"))

    @expose("/<int:application_id>/answer/<int:inquiry_id>", methods=["POST"])
    @allowed("write")
    def answer(self, application_id: int, inquiry_id: int) -> Response:
        form = request.form
        return self._do(application_id, lambda: inquiries.answer(
            self.session, actor(), inquiry_id, form.get("answer", ""), today(), form.get("insurance_class") or None),
            _("回答を登録しました。"))

    @expose("/<int:application_id>/costs", methods=["POST"])
    @allowed("write")
    def costs(self, application_id: int) -> Response | tuple[str, int]:
        """月ごとの医療費: twelve lines, blank ones left out."""
        typed: dict[str, Cost] = {}

        def act() -> None:
            typed.update({month: Cost(_yen(yen), _yen(child)) for month, yen, child in zip(*(
                request.form.getlist(name) for name in ("month", "yen", "child")), strict=False) if yen.strip() or child.strip()})
            note_costs(self.session, actor(), application_id, typed, request.form.get("source", ""), request.form.get("version"))

        try:
            return self._do(application_id, act, _("医療費を登録しました。判定を確かめてください。"), Stale)
        except Stale as stale:
            self.session.rollback()
            flash(say(stale.message), "error")
            return self._page(application_id, typed, differing(_said(costs_of(self.session, application_id)), _said(typed))), 409

    @expose("/<int:application_id>/letter/<kind>", methods=["POST"])
    @allowed("print")
    def letter(self, application_id: int, kind: str) -> Response:
        return self.paper(lambda: print_letter(self.session, actor(), application_id, kind, city(), today(), now()),
                          f"{kind}-{application_id}", f"/case/{application_id}")

    def _do(self, application_id: int, act: Any, done: str, but: type[Refused] | None = None) -> Response:
        return self.carry_out(act, done, f"/case/{application_id}", but=but)


def _said(costs: Mapping[str, Cost]) -> dict[str, str]:
    """Every amount of every month, by the words of its field."""
    return {f"{month} {label}": str(yen or "") for month, cost in costs.items()
            for label, yen in ((_("難病"), cost.total_yen), (_("小慢"), cost.child_yen))}


def _yen(typed: str) -> int:
    plain = digits(typed) if typed.strip() else "0"
    if not (plain.isascii() and plain.isdigit() and len(plain) < 12):
        raise NotAMonth
    return int(plain)


VIEWS = (CaseFileView,)
