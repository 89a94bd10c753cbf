"""償還払: a claim is counted, put right, held, drafted by one person and decided by another."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.journal import Action
from models.reimbursement import PaymentDecision, ReimbursementCalculation, ReimbursementClaim
from procedures import journal
from procedures.actor import Actor
from procedures.drafting import DraftersOwn, NothingToSign
from procedures.model_row import demand_seen
from procedures.parameters import newest_row
from procedures.payee import demand_clear, payee_of
from procedures.refusal import Refused
from procedures.reimbursement_calculation import GRANTED_REASON, as_known, count, latest
from procedures.reimbursement_progress import demand_open, move

PAY, HOLD, REFUSE = "pay", "hold", "refuse"
STATE_AFTER = {PAY: "granted", HOLD: "held", REFUSE: "refused"}
UNDER_REVIEW, GRANTED, IN_PART, REFUSED, HELD = "0", "1", "2", "3", "4"  # 認定区分


class NoSuchClaim(Refused):
    """There is no such claim."""

    message = "その請求はありません。一覧から選び直してください。"


class Stale(Refused):
    """What the calculation rests on has changed."""

    message = "算定の後に、認定・給付・証明書などの内容が変わりました。算定し直してください (起案の後なら差し戻してから)。"


class OverlapOpen(Refused):
    """Somebody may have been paid for this already."""

    message = "重複しているかもしれない領収があります。対象外にするか、二重でないことを確かめて記録してください。"


class OtherResult(Refused):
    """The draft says something else than the calculation."""

    message = "算定の結果と違う起案はできません。対象外の理由などを記録し、算定し直してください。"


class NoReasonToHold(Refused):
    """A hold must say what it waits for."""

    message = "保留には理由が必要です。何を待つかを選び、補足に書いてください。"


class PaidAlready(Refused):
    """The database knows the same bill as granted."""

    message = "同じ領収が、ほかの請求で支給済みです。差し戻して、対象外にしてください。"


@dataclass(frozen=True)
class Draft:
    """起案の内容: pay | hold | refuse, the code of the reason and a remark."""

    result: str
    reason: str = ""
    remarks: str = ""


def claim_for_update(session: Session, claim_id: int) -> ReimbursementClaim:
    """請求を開く: the claim, locked until the transaction ends. NoSuchClaim."""
    claim = session.get(ReimbursementClaim, claim_id, with_for_update=True, populate_existing=True)
    if claim is None:
        raise NoSuchClaim
    return claim


def calculate(session: Session, actor: Actor, claim_id: int, on: date) -> ReimbursementCalculation:
    """算定する: the calculation is stored with the claim and stays as it is; a held claim is taken up again."""
    claim = claim_for_update(session, claim_id)
    demand_open(claim)
    counted, before = count(session, claim), latest(session, claim_id)
    _reopen(claim)
    made = ReimbursementCalculation(
        claim_id=claim.id, number=before.number + 1 if before else 1, calculated_on=on, calculated_by=actor.user_id,
        decision=counted.decision, refund_yen=counted.refund_yen, reason=counted.reason, figures_row=newest_row(session),
        content=counted.content)
    session.add(made)
    session.flush()
    journal.record(session, actor, Action.ASSESSED, claim, detail={"calculation": made.number, "decision": made.decision})
    return made


def draft(session: Session, actor: Actor, claim_id: int, proposal: Draft, on: date) -> PaymentDecision:
    """起案する: what would be decided waits for another person's signature. Stale, OtherResult, OverlapOpen, PayeeUnclear …"""
    claim = claim_for_update(session, claim_id)
    stored = _fresh(session, claim)
    if proposal.result not in (stored.decision, HOLD):
        raise OtherResult
    if proposal.result == HOLD and not (proposal.reason and (stored.decision == HOLD or proposal.remarks.strip())):
        raise NoReasonToHold
    if proposal.result == PAY:
        _demand_payable(session, claim, on)
    before = decision_of(session, claim_id)
    if before is not None:
        before.is_current = False
        session.flush()
    move(claim, "drafted")
    made = PaymentDecision(
        claim_id=claim.id, calculation_id=stored.id, result=proposal.result, drafted_by=actor.user_id, draft_date=on,
        amount_yen=stored.refund_yen if proposal.result == PAY else 0, remarks=proposal.remarks.strip() or None,
        reason=proposal.reason if proposal.result == HOLD else stored.reason)
    session.add(made)
    session.flush()
    journal.record(session, actor, Action.DRAFTED, claim, detail={"result": made.result})
    return made


def sign_off(session: Session, actor: Actor, claim_id: int, on: date, seen: str | None = None) -> ReimbursementClaim:
    """決裁する: the claim is granted, held or refused from this day on. DraftersOwn, NothingToSign, DraftChanged, Stale, PaidAlready …"""
    claim, decision = _waiting(session, actor, claim_id)
    demand_seen(decision, seen)
    _fresh(session, claim)
    if decision.result == PAY:
        _demand_payable(session, claim, on)
        claim.holder = payee_of(session, claim, on).holder
    decision.sign_off, decision.sign_off_date, decision.signed_by = "1", on, actor.user_id
    session.flush()
    _decide(claim, decision, on)
    try:
        with session.begin_nested():
            _mark_granted(session, claim, decision)
            journal.record(session, actor, Action.DECIDED, claim, detail={"result": decision.result})
            session.flush()
    except IntegrityError as twice:
        raise PaidAlready from twice
    return claim


def send_back(session: Session, actor: Actor, claim_id: int, reason: str) -> None:
    """差し戻す: the draft goes back with the reason; the claim can be put right and counted again."""
    if not reason.strip():
        raise Refused("差戻しの理由を入力してください。")
    claim, decision = _waiting(session, actor, claim_id)
    decision.sign_off, decision.sent_back_reason = "2", reason.strip()
    move(claim, "calculated")
    journal.record(session, actor, Action.SENT_BACK, claim)
    session.flush()


def withdraw(session: Session, actor: Actor, claim_id: int, reason: str) -> None:
    """取り下げる: the claim ends without a decision, with its reason, and is in no sum any more."""
    if not reason.strip():
        raise Refused("取下げの理由を入力してください。")
    claim = claim_for_update(session, claim_id)
    move(claim, "withdrawn")
    claim.withdrawn_reason = reason.strip()
    journal.record(session, actor, Action.CHANGED, claim, detail={"withdrawn": True})
    session.flush()


def decision_of(session: Session, claim_id: int) -> PaymentDecision | None:
    """いまの起案 of a claim; None where nothing was drafted."""
    return session.scalars(select(PaymentDecision).where(
        PaymentDecision.claim_id == claim_id, PaymentDecision.is_current)).first()


def _reopen(claim: ReimbursementClaim) -> None:
    """What an earlier hold said no longer stands; it is kept in its signed decision."""
    was_held = claim.state == "held"
    move(claim, "calculated")
    if was_held:
        claim.certification, claim.decision_date, claim.decision_reason = UNDER_REVIEW, None, None


def _fresh(session: Session, claim: ReimbursementClaim) -> ReimbursementCalculation:
    """The stored calculation, where it still rests on what is known now. Stale."""
    stored = latest(session, claim.id)
    if stored is None or not as_known(stored.content, count(session, claim)):
        raise Stale
    return stored


def _demand_payable(session: Session, claim: ReimbursementClaim, on: date) -> None:
    if count(session, claim).blocking:
        raise OverlapOpen
    demand_clear(payee_of(session, claim, on))


def _decide(claim: ReimbursementClaim, decision: PaymentDecision, on: date) -> None:
    """認定区分・支払予定金額・支給決定日・支給決定理由 (3・14・15・16), as they were signed."""
    move(claim, STATE_AFTER[decision.result])
    is_whole = decision.amount_yen == claim.claimed_yen
    claim.certification = {PAY: GRANTED if is_whole else IN_PART, HOLD: HELD, REFUSE: REFUSED}[decision.result]
    claim.planned_yen = decision.amount_yen or None
    claim.decision_date = None if decision.result == HOLD else on  # a hold decides nothing yet
    claim.decision_reason = decision.reason or GRANTED_REASON


def _mark_granted(session: Session, claim: ReimbursementClaim, decision: PaymentDecision) -> None:
    if decision.result != PAY:
        return
    content: dict[str, Any] = session.get_one(ReimbursementCalculation, decision.calculation_id).content
    inside = {line["bill"] for month in content["months"] for line in month["lines"] if not line["reason"]}
    for bill in claim.bills:
        bill.is_granted = bill.id in inside


def _waiting(session: Session, actor: Actor, claim_id: int) -> tuple[ReimbursementClaim, PaymentDecision]:
    claim, decision = claim_for_update(session, claim_id), decision_of(session, claim_id)
    if claim.state != "drafted" or decision is None or decision.sign_off != "0":
        raise NothingToSign
    if decision.drafted_by == actor.user_id:
        raise DraftersOwn
    return claim, decision
