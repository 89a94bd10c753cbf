"""償還払の机: the claims by state and age, and everything about one of them that its decision rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Integer, Row, bindparam, func, select
from sqlalchemy.orm import Session

from models.journal import Action
from models.letter import Letter
from models.payment import PaymentBatch, PaymentOrder
from models.recipient import Recipient
from models.reimbursement import PaymentDecision, ReimbursementCalculation, ReimbursementClaim
from procedures import journal
from procedures.actor import Actor, full_name
from procedures.claim_letters import letter_of
from procedures.claim_parts import can_divide, parts_of
from procedures.lookup import codes_of
from procedures.payee import Payee, payee_of
from procedures.reimbursement import NoSuchClaim, decision_of
from procedures.reimbursement_calculation import as_known, count, latest
from procedures.reimbursement_facts import NoCap, facility_names
from procedures.reimbursement_progress import LABELS, LINES_OPEN, OPEN

WORDS: Final = {"claim_reason", "decision_reason", "reimbursement_certification", "setting", "insured_share", "high_cost",
                "account_kind", "attachment", "counter"}
OLD_AFTER: Final = 30  # days; the city's own measure, no law says how fast


@dataclass(frozen=True)
class Line:
    """一覧の一行: a claim, whose it is, and how many days it has waited since it was accepted."""

    claim: ReimbursementClaim
    person: Recipient
    days: int
    counted_yen: int | None
    decision: PaymentDecision | None


@dataclass(frozen=True)
class Desk:
    """請求の台紙: the claim, its person, what was counted, what was decided, to whom the money would go."""

    claim: ReimbursementClaim
    person: Recipient
    calculation: ReimbursementCalculation | None
    is_stale: bool
    decision: PaymentDecision | None
    decisions: Sequence[PaymentDecision]
    calculations: Sequence[ReimbursementCalculation]
    payee: Payee
    parts: Sequence[Row[Any]]
    can_divide: bool
    letter: str | None
    letters: Sequence[Letter]
    orders: Sequence[Row[tuple[PaymentOrder, PaymentBatch]]]
    facilities: dict[str, str]
    people: dict[int, str]
    words: dict[str, dict[str, str]]


def waiting(session: Session, actor: Actor, on: date, state: str | None = None, most: int = 200) -> list[Line]:
    """請求の一覧: those in *state*, or all that somebody must still do something about; the oldest first, journalled."""
    states = (state,) if state else OPEN
    newest = (select(ReimbursementCalculation.claim_id, func.max(ReimbursementCalculation.number).label("number"))
              .group_by(ReimbursementCalculation.claim_id).subquery())
    rows = session.execute(
        select(ReimbursementClaim, Recipient, ReimbursementCalculation.refund_yen, PaymentDecision)
        .join(Recipient, Recipient.id == ReimbursementClaim.recipient_id)
        .outerjoin(newest, newest.c.claim_id == ReimbursementClaim.id)
        .outerjoin(ReimbursementCalculation, (ReimbursementCalculation.claim_id == newest.c.claim_id)
                   & (ReimbursementCalculation.number == newest.c.number))
        .outerjoin(PaymentDecision, (PaymentDecision.claim_id == ReimbursementClaim.id) & PaymentDecision.is_current)
        .where(ReimbursementClaim.state.in_(states))
        .order_by(ReimbursementClaim.acceptance_date, ReimbursementClaim.id).limit(most)).all()
    journal.record(session, actor, Action.LISTED, detail={
        "claims": state or "open", "rows": len(rows), "recipients": [person.id for _, person, _, _ in rows]})
    return [Line(claim, person, (on - claim.acceptance_date).days, yen, decision) for claim, person, yen, decision in rows]


def by_state(session: Session) -> list[Row[Any]]:
    """状態ごとの件数と金額: state, how many, claimed yen, planned yen, in the order a claim passes through."""
    rows = session.execute(select(
        ReimbursementClaim.state, func.count(), func.sum(ReimbursementClaim.claimed_yen),
        func.coalesce(func.sum(ReimbursementClaim.planned_yen), 0)).group_by(ReimbursementClaim.state)).all()
    order = list(LABELS)
    return sorted(rows, key=lambda row: order.index(row[0]))


def desk_of(session: Session, actor: Actor, claim_id: int, on: date, language: str = "ja", *,
            with_account: bool = False) -> Desk:
    """一件を見る: everything about the claim; that it was seen, and whether with its account, is journalled. NoSuchClaim."""
    claim = session.get(ReimbursementClaim, claim_id)
    if claim is None:
        raise NoSuchClaim
    calculation, decision = latest(session, claim_id), decision_of(session, claim_id)
    decisions = session.scalars(select(PaymentDecision).where(PaymentDecision.claim_id == claim_id).order_by(
        PaymentDecision.id.desc())).all()
    calculations = session.scalars(select(ReimbursementCalculation).where(
        ReimbursementCalculation.claim_id == claim_id).order_by(ReimbursementCalculation.number.desc())).all()
    letters = session.scalars(select(Letter).where(Letter.claim_id == claim_id).order_by(Letter.id.desc())).all()
    journal.record(session, actor, Action.SAW, claim, detail={"account": with_account})
    return Desk(
        claim, session.get_one(Recipient, claim.recipient_id), calculation, _is_stale(session, claim, calculation),
        decision, decisions, calculations, payee_of(session, claim, on),
        parts_of(session, claim), _can_divide(claim, calculation), letter_of(session, claim, decision), letters, _orders(session, claim_id),
        facility_names(session, {bill.facility_number for bill in claim.bills}),
        _names(session, decisions, calculations), codes_of(session, WORDS, on, language))


_CLAIMS = (select(*(getattr(ReimbursementClaim, name) for name in (
    "id", "acceptance_number", "acceptance_date", "claim_reason", "claimed_yen", "planned_yen", "state")))
    .where(ReimbursementClaim.recipient_id == bindparam("person", type_=Integer))
    .order_by(ReimbursementClaim.acceptance_date.desc(), ReimbursementClaim.id.desc()))


def claims_of(session: Session, recipient_id: int) -> list[Row[Any]]:
    """一人の償還払: what a line says of every claim of a person, the newest first."""
    return list(session.execute(_CLAIMS, {"person": recipient_id}))


def _orders(session: Session, claim_id: int) -> Sequence[Row[tuple[PaymentOrder, PaymentBatch]]]:
    """振込: every order of the claim with its run, the newest first."""
    return session.execute(select(PaymentOrder, PaymentBatch).join(PaymentBatch, PaymentBatch.id == PaymentOrder.batch_id)
                           .where(PaymentOrder.claim_id == claim_id).order_by(PaymentOrder.id.desc())).all()


def _is_stale(session: Session, claim: ReimbursementClaim, calculation: ReimbursementCalculation | None) -> bool:
    """Whether what was counted rests on something that has changed, as long as that can still matter."""
    if calculation is None or claim.state not in ("calculated", "drafted", "held"):
        return False
    try:
        return not as_known(calculation.content, count(session, claim))
    except NoCap:
        return True


def _can_divide(claim: ReimbursementClaim, calculation: ReimbursementCalculation | None) -> bool:
    return calculation is not None and claim.state in LINES_OPEN and can_divide(calculation.content)


def _names(session: Session, decisions: Sequence[PaymentDecision],
           calculations: Sequence[ReimbursementCalculation]) -> dict[int, str]:
    numbers = {each.calculated_by for each in calculations}
    numbers |= {number for each in decisions for number in (
        each.drafted_by, each.signed_by, each.take_back_asked_by, each.taken_back_by) if number}
    return {user.id: full_name(user) for user in session.scalars(select(User).where(User.id.in_(numbers)))}
