"""月ごとの医療費: what one person's receipts of each month come to, beside the cap of that month."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, Row, bindparam, select
from sqlalchemy.orm import Session

from models.benefit import BenefitMonth

MONTHS = 120  # ten years: as long as the office keeps them in sight


@dataclass(frozen=True)
class Month:
    """一月: how many receipts, what they cost, what the patient paid, what she pays at most, and what was above it."""

    month: str
    receipts: int
    total_yen: int
    copay_yen: int
    cap_yen: int | None
    excess_yen: int | None


# Built once: the page of a person asks for it all day long.
_MONTHS = select(BenefitMonth.treatment_month, BenefitMonth.receipts, BenefitMonth.total_yen, BenefitMonth.copay_yen,
                 BenefitMonth.cap_yen, BenefitMonth.excess_yen).where(
    BenefitMonth.recipient_id == bindparam("person", type_=BigInteger)).order_by(BenefitMonth.treatment_month.desc()).limit(MONTHS)


def months_of(session: Session, recipient_id: int) -> list[Month]:
    """Return the months of the last ten years with receipts, newest first."""
    rows: list[Row[tuple[str, int, int, int, int | None, int | None]]] = list(session.execute(_MONTHS, {"person": recipient_id}))
    return [Month(*row) for row in rows]
