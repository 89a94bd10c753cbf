"""所得割: the municipal income levy as the borders of the tiers read it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rules.parameters import figures

HOUSING, DONATION, OTHER = "1", "2", "3"  # 調整の種類: 住宅借入金等特別税額控除・寄附金税額控除・その他の税額控除
ADDED_BACK = (HOUSING, DONATION)


@dataclass(frozen=True)
class Adjustment:
    """調整: one credit in yen that lowered the levy as taxed."""

    kind: str
    amount_yen: int


def normalised_levy(levy_yen: int, designated_city: bool, on: date, adjustments: Iterable[Adjustment] = ()) -> int:
    """換算後の所得割 in yen: 住宅・寄附 credits added back, then a levy at the designated-city rate (8 %) as at 6 %.

    Below one yen is dropped. The city chooses whether the factor is put on the levy as it is (``final``) or on the
    levy before all credits, which are then taken off at their share (``before_credits``).
    """
    credits = list(adjustments)
    added = levy_yen + sum(each.amount_yen for each in credits if each.kind in ADDED_BACK)
    if not designated_city:
        return added
    factor = figures("income_levy", on)
    up, down = factor["designated_city_numerator"], factor["designated_city_denominator"]
    if factor["strategy"] == "final":
        return int(added * up // down)
    others = sum(each.amount_yen for each in credits if each.kind == OTHER)
    return int(max((added + others) * up // down - others, 0))
