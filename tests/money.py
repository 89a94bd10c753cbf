"""償還払のお金: claims as far as a payment needs them, by direct rows: two keyings, a calculation, a signed decision."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from config import DEMO_CITY
from models.payment import PaymentBatch
from models.reimbursement import PaymentDecision, ReimbursementCalculation, ReimbursementClaim
from models.sheet import Keying
from procedures import payment
from procedures.actor import Actor
from procedures.city import city_of
from procedures.reimbursement_progress import move
from tests.city import settle
from tests.office import NOW, ON, received

CITY = city_of(DEMO_CITY)
PAY_DAY = date(2026, 12, 10)
ACCOUNT = {"bank": "0017", "bank_branch": "104", "account_kind": "1", "account_number": "1234567",
           "account_holder": "見本 太郎", "account_holder_kana": "ミホン　タロウ"}
Actors = Mapping[str, Actor]


def people(session: Session, count: int = 1) -> list[int]:
    """Ledger numbers of some people."""
    return settle(session, *({} for _ in range(count)), noise=3)


def claimed(session: Session, actors: Actors, recipient_id: int, yen: int = 30_000, **other: Any) -> ReimbursementClaim:
    """A claim two clerks agreed on, over *yen*."""
    sheet = received(session, actors, "reimbursement")
    for turn, name in ((1, "clerk1"), (2, "clerk2")):
        session.add(Keying(sheet_id=sheet.id, turn=turn, clerk_id=actors[name].user_id, started_at=NOW, submitted_at=NOW))
        session.flush()
    claim = ReimbursementClaim(
        recipient_id=recipient_id, sheet_id=sheet.id, application_date=ON, claim_reason="1", acceptance_date=ON,
        acceptance_number=sheet.acceptance_number, claimed_yen=yen, written_recipient_number="0000018", holder="patient",
        state="registered", **(ACCOUNT | other))
    session.add(claim)
    session.flush()
    return claim


def decided(session: Session, actors: Actors, claim: ReimbursementClaim, result: str, yen: int = 0) -> ReimbursementClaim:
    """The claim calculated, drafted and signed: pay over *yen*, hold, or refuse."""
    number = session.query(ReimbursementCalculation).filter_by(claim_id=claim.id).count() + 1
    counted = ReimbursementCalculation(claim_id=claim.id, number=number, calculated_on=ON, calculated_by=actors["reviewer1"].user_id,
                                       decision=result, refund_yen=yen, reason="01", figures_row=0, content={})
    session.add(counted)
    move(claim, "calculated")
    session.flush()
    move(claim, "drafted")
    session.query(PaymentDecision).filter_by(claim_id=claim.id, is_current=True).update({"is_current": False})
    decision = PaymentDecision(claim_id=claim.id, calculation_id=counted.id, result=result, amount_yen=yen, reason="01",
                               draft_date=ON, drafted_by=actors["reviewer1"].user_id, sign_off="0", is_current=True)
    session.add(decision)
    session.flush()
    decision.sign_off, decision.signed_by, decision.sign_off_date = "1", actors["manager1"].user_id, ON
    session.flush()
    claim.planned_yen = yen or None
    claim.certification = {"pay": "1" if yen == claim.claimed_yen else "2", "hold": "4", "refuse": "3"}[result]
    claim.decision_date = ON
    move(claim, {"pay": "granted", "hold": "held", "refuse": "refused"}[result])
    session.flush()
    return claim


def granted(session: Session, actors: Actors, recipient_id: int, yen: int = 24_500, **other: Any) -> ReimbursementClaim:
    """A claim of which *yen* were granted."""
    return decided(session, actors, claimed(session, actors, recipient_id, max(yen, 30_000), **other), "pay", yen)


def made(session: Session, actors: Actors, on: date = PAY_DAY) -> PaymentBatch:
    """A run that waits for its release."""
    return payment.make(session, actors["reviewer1"], CITY, on, ON, NOW)


def released(session: Session, actors: Actors, on: date = PAY_DAY) -> PaymentBatch:
    """A run that another person released."""
    return payment.release(session, actors["manager1"], made(session, actors, on).id, ON, NOW)
