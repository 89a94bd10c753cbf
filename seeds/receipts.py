"""架空のレセプト: receipts of the demo city's certified people, split as insurer, office and patient pay."""

from datetime import date
from random import Random
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.benefit import Benefit
from procedures.accumulation import recompute
from seeds.bulk import Batch
from seeds.residents import FACILITIES

BATCH: Final = 20_000
MONTHS: Final = 24
COLUMNS: Final = {Benefit: (
    "recipient_id", "billing_month", "treatment_month", "setting", "benefit_kind", "days", "times", "points",
    "total_yen", "insurer_yen", "public_yen", "copay_yen", "payer_class", "facility_number", "receipt_kind",
    "receipt_count", "payer_number", "recipient_number")}
# 入外別区分 → 給付種別, レセプト区分, how often, and points from–to.
_SETTINGS: Final = (("2", "1", "1", 60, (300, 9000)), ("5", "5", "4", 30, (200, 12000)),
                    ("1", "1", "2", 8, (20000, 120000)), ("6", "4", "6", 2, (3000, 30000)))
_OF_CERTIFIED: Final = text(
    "SELECT id, payer_number, recipient_number, copay_cap_yen FROM recipient"
    " WHERE state = 'certified' AND payer_number IS NOT NULL ORDER BY id")


def add_receipts(session: Session, count: int, seed: int, on: date) -> int:
    """Load *count* receipts of the two years before *on*; return how many were written."""
    people = session.execute(_OF_CERTIFIED).all()
    if not people:
        return 0
    chance, batch = Random(f"receipts-{seed}"), Batch(session, COLUMNS)
    months = [_month(on, back) for back in range(MONTHS, 0, -1)]
    for place in range(1, count + 1):
        _receipt(batch, chance, people[chance.randrange(len(people))], months)
        if place % BATCH == 0:
            batch.write()
    batch.close()
    recompute(session)
    return count


def _receipt(batch: Batch, chance: Random, person: tuple[int, str, str, int], months: list[str]) -> None:
    ledger, payer, number, cap = person
    at = chance.randrange(len(months) - 1)
    setting, kind, table, _, (low, high) = chance.choices(_SETTINGS, weights=_WEIGHTS)[0]
    days = chance.randrange(1, 25) if setting == "1" else chance.randrange(1, 4)
    points = chance.randrange(low, high)
    total = points * 10
    insurer = total * 7 // 10
    # 患者負担: two tenths of the cost, never more than the cap; the office pays what the insurer does not.
    patient = min(total * 2 // 10, cap)
    batch.add(Benefit, ledger, months[at + 1], months[at], setting, kind, days, days, points, total, insurer,
              total - insurer - patient, patient, chance.choice("123"), chance.choice(FACILITIES), table, 1, payer,
              number)


_WEIGHTS: Final = tuple(setting[3] for setting in _SETTINGS)


def _month(on: date, back: int) -> str:
    month = on.year * 12 + on.month - 1 - back
    return f"{month // 12}-{month % 12 + 1:02d}"
