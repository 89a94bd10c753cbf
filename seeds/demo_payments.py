"""試用の支払: a run the bank paid but for one transfer that came back, and one that waits for its release."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from models.reimbursement import ReimbursementClaim
from procedures import payment
from procedures.city import city_of
from procedures.payment_returns import register
from rules.bank_day import next_bank_day
from seeds.demo_cases import JAPAN, Office

PAID, WAITING = 2, 1  # of the granted claims, the earliest decided first; what is left waits for the next run


def load_payments(session: Session, settings: Settings, on: date) -> None:
    """Pay some of the claims that were granted; nothing where nobody entered the bank holidays of these days yet."""
    granted = list(session.scalars(select(ReimbursementClaim.id).where(ReimbursementClaim.state == "granted")
                                   .order_by(ReimbursementClaim.decision_date, ReimbursementClaim.id)))
    try:
        past, coming = next_bank_day(on - timedelta(days=13)), next_bank_day(on + timedelta(days=9))
    except LookupError:
        return
    actors, city = Office(session, settings, on).actors, city_of(settings.city_file)
    reviewer, manager = actors["reviewer1"], actors["manager1"]
    made, checked, told = past - timedelta(days=4), past - timedelta(days=3), past + timedelta(days=2)
    run = payment.make(session, reviewer, city, past, made, _at(made), set(granted[:PAID]))
    payment.release(session, manager, run.id, checked, _at(checked))
    payment.hand_over(session, manager, run.id, "taken", _at(checked))
    register(session, reviewer, payment.orders_of(session, run.id)[-1].id, "03", told, "銀行からの電話", told, _at(told))
    payment.make(session, reviewer, city, coming, on, _at(on), set(granted[PAID:PAID + WAITING]))


def _at(day: date) -> datetime:
    return datetime.combine(day, time(10), JAPAN)
