"""月ごとの医療費: receipts of one person by month of treatment, beside which the cap is read."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.benefit import Benefit

MONTHS = 12


@dataclass(frozen=True)
class Month:
    """一月: how many receipts, what they cost, what the patient paid."""

    month: str
    receipts: int
    total_yen: int
    copay_yen: int


def months_of(session: Session, recipient_id: int) -> list[Month]:
    """Return the last twelve months with receipts, newest first."""
    rows = session.execute(
        select(Benefit.treatment_month, func.count(), func.sum(Benefit.total_yen),
               func.coalesce(func.sum(Benefit.copay_yen), 0))
        .where(Benefit.recipient_id == recipient_id).group_by(Benefit.treatment_month)
        .order_by(Benefit.treatment_month.desc()).limit(MONTHS))
    return [Month(month, receipts, int(total), int(copay)) for month, receipts, total, copay in rows]
