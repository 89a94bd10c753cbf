"""支給決定の取消: what was granted is taken back before a run pays it: one person asks with the reason, another takes it back."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.journal import Action
from models.payment import PaymentOrder
from models.reimbursement import PaymentDecision, ReimbursementClaim
from procedures import journal
from procedures.actor import Actor
from procedures.refusal import Refused
from procedures.reimbursement import UNDER_REVIEW, claim_for_update, decision_of
from procedures.reimbursement_progress import move


class NotGranted(Refused):
    """Only what is granted and waits for its payment is taken back."""

    message = "支払待ちの請求ではないため、支給決定の取消はできません。"


class InARun(Refused):
    """A run orders it, or ordered it and was released."""

    message = "この請求は支払回に入っています。承認の前なら支払回を取り消してから、支給決定を取り消してください。承認した支払は取り消せません。"


class AskedAlready(Refused):
    """Somebody asked for it before."""

    message = "この支給決定の取消は、すでに依頼されています。別の決裁者が決めます。"


class NobodyAsked(Refused):
    """There is no request, or somebody was faster."""

    message = "この支給決定の取消の依頼はありません。画面を開き直してください。"


class AskersOwn(Refused):
    """One person is not two."""

    message = "取消を依頼した人は承認できません。ほかの決裁者に回してください。"


def ask(session: Session, actor: Actor, claim_id: int, reason: str, on: date) -> PaymentDecision:
    """取消を依頼する: from now on no run takes the claim, until another person has decided. NotGranted, InARun, AskedAlready."""
    if not reason.strip():
        raise Refused("取消の理由を入力してください。")
    claim, decision = _granted(session, claim_id)
    if decision.take_back_asked_by is not None:
        raise AskedAlready
    decision.take_back_asked_by, decision.take_back_asked_on = actor.user_id, on
    decision.take_back_reason = reason.strip()[:400]
    session.flush()
    journal.record(session, actor, Action.CHANGED, claim, detail={"take_back": "asked"})
    return decision


def take_back(session: Session, actor: Actor, claim_id: int, on: date) -> ReimbursementClaim:
    """取り消す: nothing is granted any more, the claim can be put right, counted and decided anew. NobodyAsked, AskersOwn, InARun."""
    claim, decision = _asked(session, actor, claim_id)
    decision.taken_back_by, decision.taken_back_on = actor.user_id, on
    for bill in claim.bills:
        bill.is_granted = False
    session.flush()
    move(claim, "calculated")
    claim.certification, claim.planned_yen, claim.decision_date, claim.decision_reason = UNDER_REVIEW, None, None, None
    session.flush()
    journal.record(session, actor, Action.DECIDED, claim, detail={"take_back": "taken_back"})
    return claim


def let_stand(session: Session, actor: Actor, claim_id: int) -> None:
    """取り消さない: the decision stands and is paid; by another person than who asked, or by her who thought better of it."""
    claim, decision = _granted(session, claim_id)
    if decision.take_back_asked_by is None:
        raise NobodyAsked
    decision.take_back_asked_by = decision.take_back_asked_on = decision.take_back_reason = None
    session.flush()
    journal.record(session, actor, Action.CHANGED, claim, detail={"take_back": "stands"})


def _granted(session: Session, claim_id: int) -> tuple[ReimbursementClaim, PaymentDecision]:
    claim, decision = claim_for_update(session, claim_id), decision_of(session, claim_id)
    if claim.state != "granted" or decision is None:
        raise NotGranted
    if session.scalar(select(PaymentOrder.id).where(
            PaymentOrder.claim_id == claim_id, PaymentOrder.state != "cancelled").limit(1)) is not None:
        raise InARun
    return claim, decision


def _asked(session: Session, actor: Actor, claim_id: int) -> tuple[ReimbursementClaim, PaymentDecision]:
    claim, decision = _granted(session, claim_id)
    if decision.take_back_asked_by is None:
        raise NobodyAsked
    if decision.take_back_asked_by == actor.user_id:
        raise AskersOwn
    return claim, decision
