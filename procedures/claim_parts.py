"""請求の分割: the months of a claim that wait become a part of their own, so that the decided months are paid now."""

from datetime import date
from typing import Any, Final

from sqlalchemy import Row, func, inspect, select
from sqlalchemy.orm import Session

from models.journal import Action
from models.reimbursement import ReimbursementBill, ReimbursementClaim
from procedures import journal
from procedures.actor import Actor
from procedures.refusal import Refused
from procedures.reimbursement import Stale, calculate, claim_for_update
from procedures.reimbursement_calculation import as_known, count, latest
from procedures.reimbursement_facts import month_of
from procedures.reimbursement_progress import demand_open

# What a part does not take over from the claim: its own number, and what is decided about it.
_OWN: Final = {"id", "created_at", "version", "part", "acceptance_number", "claimed_yen", "planned_yen", "certification",
               "decision_date", "decision_reason", "state", "holder", "withdrawn_reason"}


class NothingToDivide(Refused):
    """Every month is decided, or every month waits."""

    message = "分けられる月がありません。高額療養費を待つ月と、決まった月の両方がある請求だけを分けられます。"


class ClaimedTooLittle(Refused):
    """The amount that was claimed does not reach for two parts."""

    message = "請求金額が一方の月だけで尽きるため、分けられません。請求金額を請求者に確かめ、訂正してから分けてください。"


def divide(session: Session, actor: Actor, claim_id: int, on: date) -> ReimbursementClaim:
    """分ける: the waiting months stand in a part of their own, both are counted again; the two together claim what was claimed.

    The new part claims what can come back of its months at most, and never more than the decided months leave of the claim.
    NothingToDivide, ClaimedTooLittle, Stale.
    """
    claim = claim_for_update(session, claim_id)
    demand_open(claim)
    stored = latest(session, claim_id)
    if stored is None or not as_known(stored.content, count(session, claim)):
        raise Stale
    waiting, yen = _waiting(claim, stored.content["months"])
    part = _part_of(session, claim, yen)
    for line in claim.bills:
        if month_of(line.treated_on) in waiting:
            line.claim_id = part.id
    for note in claim.months:
        if note.treatment_month in waiting:
            note.claim_id = part.id
    claim.claimed_yen -= yen
    session.flush()
    for each in (claim, part):
        session.refresh(each, ["bills", "months"])
    journal.record(session, actor, Action.CHANGED, claim, detail={"divided": part.id})
    journal.record(session, actor, Action.REGISTERED, part, detail={"part_of": claim.id})
    for each in (claim, part):
        calculate(session, actor, each.id, on)
    return part


def parts_of(session: Session, claim: ReimbursementClaim) -> list[Row[Any]]:
    """ほかの部分: number, acceptance number, state and the yen of the other parts of the paper, in their order."""
    return list(session.execute(select(
        ReimbursementClaim.id, ReimbursementClaim.acceptance_number, ReimbursementClaim.state, ReimbursementClaim.claimed_yen)
        .where(ReimbursementClaim.sheet_id == claim.sheet_id, ReimbursementClaim.id != claim.id).order_by(ReimbursementClaim.part)))


def other_months(session: Session, claim: ReimbursementClaim) -> list[tuple[str, list[str]]]:
    """ほかの部分の月: acceptance number and months of treatment of every other part that is not withdrawn."""
    rows = session.execute(
        select(ReimbursementClaim.acceptance_number, ReimbursementBill.treated_on)
        .join(ReimbursementBill, ReimbursementBill.claim_id == ReimbursementClaim.id)
        .where(ReimbursementClaim.sheet_id == claim.sheet_id, ReimbursementClaim.id != claim.id, ReimbursementClaim.state != "withdrawn")
        .order_by(ReimbursementClaim.part, ReimbursementBill.treated_on))
    found: dict[str, dict[str, None]] = {}
    for number, day in rows:
        found.setdefault(number, {})[month_of(day)] = None
    return [(number, list(months)) for number, months in found.items()]


def can_divide(content: dict[str, Any]) -> bool:
    """分けられるか: some months of a calculation wait and some do not."""
    return len({month["decision"] == "hold" for month in content["months"]}) == 2


def _waiting(claim: ReimbursementClaim, months: list[dict[str, Any]]) -> tuple[set[str], int]:
    """The months that wait, and the yen they take with them."""
    waiting = {month["month"] for month in months if month["decision"] == "hold"}
    if not waiting or len(waiting) == len(months):
        raise NothingToDivide
    decided = sum(int(month["refund_yen"]) for month in months)
    most = sum(line.paid_yen + (line.meal_yen or 0) for line in claim.bills if month_of(line.treated_on) in waiting)
    yen = min(claim.claimed_yen - decided, most)
    if not 0 < yen < claim.claimed_yen:
        raise ClaimedTooLittle
    return waiting, yen


def _part_of(session: Session, claim: ReimbursementClaim, yen: int) -> ReimbursementClaim:
    """A new part over *yen* with the facts of the paper; its number is the paper's with its own behind."""
    number = (session.scalar(select(func.max(ReimbursementClaim.part)).where(ReimbursementClaim.sheet_id == claim.sheet_id)) or 1) + 1
    same = {each.key: getattr(claim, each.key) for each in inspect(ReimbursementClaim).column_attrs if each.key not in _OWN}
    first = session.scalars(select(ReimbursementClaim.acceptance_number).where(
        ReimbursementClaim.sheet_id == claim.sheet_id, ReimbursementClaim.part == 1)).one()
    part = ReimbursementClaim(**same, part=number, acceptance_number=f"{first}-{number}", claimed_yen=yen, state="registered")
    session.add(part)
    session.flush()
    return part
