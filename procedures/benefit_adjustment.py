"""調整 (過誤・再審査): an office slip about one receipt, typed by two people who do not see each other's; both agree or neither counts."""

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from exchange.receipt_rows import computed_bits
from models.benefit import Benefit
from models.journal import Action
from models.receipt import BenefitAdjustment
from procedures import journal
from procedures.accumulation import PAIR, count_again
from procedures.actor import Actor
from procedures.lookup import codes_of
from procedures.receipt_findings import find_in_months
from procedures.receipt_import import JAPAN
from procedures.receipt_severity import severities
from procedures.refusal import Refused


class TypedItHerself(Refused):
    """The second person is another one."""

    message = "1回目を入力した人は、2回目を入力できません。ほかの人に回してください。"


class NotTheSame(Refused):
    """What the second person typed differs; the slip decides whose it was."""

    message = "1回目の入力と違います。調整票を確かめ、1回目が誤りなら取り消してから、2人で入力し直してください。"


@dataclass(frozen=True)
class Typed:
    """入力の結果: whether the receipt is adjusted now, or a second person must type the slip first."""

    is_agreed: bool


def type_slip(session: Session, actor: Actor, benefit_id: int, recipient_id: int, adjustment: str, day: date,
              now: datetime) -> Typed:
    """調整を入力する: the first person's waits; a second person's that says the same adjusts the receipt and its month.

    TypedItHerself, NotTheSame, Refused; then nothing reaches the receipt.
    """
    row = session.get(Benefit, (benefit_id, recipient_id), with_for_update=True)
    if row is None:
        raise Refused("このレセプトはありません。一覧を開き直してください。")
    if adjustment not in codes_of(session, {"adjustment"}, now.astimezone(JAPAN).date())["adjustment"]:
        raise Refused("調整区分を一覧から選んでください。")
    if day > now.astimezone(JAPAN).date():
        raise Refused("調整年月日は今日までの日にしてください。")
    first = open_slip(session, benefit_id)
    if first is None:
        session.add(BenefitAdjustment(benefit_id=benefit_id, recipient_id=recipient_id, adjustment=adjustment,
                                      adjustment_date=day, typed_by=actor.user_id))
        session.flush()
        journal.record(session, actor, Action.KEYED, row, detail={"adjustment": "first", "benefit": benefit_id})
        return Typed(is_agreed=False)
    if first.typed_by == actor.user_id:
        raise TypedItHerself
    if (first.adjustment, first.adjustment_date) != (adjustment, day):
        raise NotTheSame
    first.agreed_by, first.agreed_at = actor.user_id, now
    session.flush()
    row.adjustment, row.adjustment_date = adjustment, day
    row.office |= computed_bits("adjustment", "adjustment_date")
    session.flush()
    journal.record(session, actor, Action.SETTLED, row, detail={"adjustment": adjustment, "benefit": benefit_id})
    _count(session, row, now)
    return Typed(is_agreed=True)


def forget_slip(session: Session, actor: Actor, benefit_id: int) -> None:
    """1回目を取り消す: so that two people begin anew; what was agreed stays."""
    first = open_slip(session, benefit_id)
    if first is None:
        raise Refused("取り消す入力はありません。")
    journal.record(session, actor, Action.CHANGED, first, detail={"adjustment": "forgotten", "benefit": benefit_id})
    session.delete(first)
    session.flush()


def open_slip(session: Session, benefit_id: int) -> BenefitAdjustment | None:
    """1回目の入力 that waits for its second."""
    return session.scalars(select(BenefitAdjustment).where(
        BenefitAdjustment.benefit_id == benefit_id, BenefitAdjustment.agreed_by.is_(None))).one_or_none()


def _count(session: Session, row: Benefit, now: datetime) -> None:
    count_again(session, pl.DataFrame({PAIR[0]: [row.recipient_id], PAIR[1]: [row.treatment_month]}))
    find_in_months(session, None, severities(session, now.astimezone(JAPAN).date()))


@dataclass(frozen=True)
class Waiting:
    """2回目を待つ調整: which receipt it is about; what was typed is not told."""

    benefit_id: int
    recipient_id: int
    name: str
    recipient_number: str | None
    treatment_month: str
    facility_number: str
    points: int | None
    typed_by: int
    typed_by_name: str
    typed_at: datetime


def waiting(session: Session, actor: Actor, most: int = 200) -> list[Waiting]:
    """2回目を待つ調整, the oldest first; whom the list showed is journalled."""
    rows = session.execute(text("""
        SELECT a.benefit_id, a.recipient_id, r.name, r.recipient_number, b.treatment_month, b.facility_number, b.points,
               a.typed_by, u.last_name || ' ' || u.first_name, a.created_at
        FROM benefit_adjustment a JOIN recipient r ON r.id = a.recipient_id
        JOIN benefit b ON b.id = a.benefit_id AND b.recipient_id = a.recipient_id JOIN ab_user u ON u.id = a.typed_by
        WHERE a.agreed_by IS NULL ORDER BY a.id LIMIT :most"""), {"most": most}).all()
    journal.record(session, actor, Action.LISTED, detail={
        "adjustments": len(rows), "recipients": [row.recipient_id for row in rows]})
    return [Waiting(*row) for row in rows]
