"""上限を超えた月: who paid more than the monthly cap across all institutions; read from kept totals, whatever lies beside them."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.journal import Action
from procedures import journal
from procedures.actor import Actor

PAGE: Final = 100


def newest_month(session: Session, last: str) -> str | None:
    """最も新しい超過の月, not after *last*; None where nobody ever paid more than the cap."""
    found: str | None = session.execute(text(
        "SELECT max(treatment_month) FROM benefit_month WHERE excess_yen > 0 AND treatment_month <= :last"), {"last": last}).scalar()
    return found


@dataclass(frozen=True)
class Over:
    """超過の一行: amounts in yen; the most that could come back to the person is *excess_yen*."""

    recipient_id: int
    name: str
    recipient_number: str | None
    receipts: int
    total_yen: int
    copay_yen: int
    cap_yen: int
    excess_yen: int


def over_cap(session: Session, actor: Actor, month: str, after: int = 0, most: int = PAGE) -> list[Over]:
    """上限超過の一覧 of one month of treatment, in the order of the ledger, after person *after*; journalled."""
    rows = session.execute(text("""
        SELECT m.recipient_id, r.name, r.recipient_number, m.receipts, m.total_yen, m.copay_yen, m.cap_yen, m.excess_yen
        FROM benefit_month m JOIN recipient r ON r.id = m.recipient_id
        WHERE m.excess_yen > 0 AND m.treatment_month = :month AND m.recipient_id > :after
        ORDER BY m.recipient_id LIMIT :most"""), {"month": month, "after": after, "most": most}).all()
    journal.record(session, actor, Action.LISTED, detail={
        "over_cap": month, "rows": len(rows), "recipients": [row.recipient_id for row in rows]})
    return [Over(*row) for row in rows]
