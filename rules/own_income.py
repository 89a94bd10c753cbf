"""本人の収入: what counts of one person's year for 低所得Ⅰ (難病法施行令1条)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rules.income_levy import Adjustment
from rules.parameters import figures

PENSION_INCOME, SALARY_INCOME = "4", "5"  # 調整の種類: 公的年金等に係る雑所得・給与所得


@dataclass(frozen=True)
class Year:
    """一年の収入 in yen: as the register or the certificate of tax says it; None where it says nothing."""

    total_income_yen: int | None = None  # 合計所得金額
    pension_yen: int | None = None  # 公的年金等の収入金額
    other_yen: int | None = None  # その他厚生労働省で定める給付


def income_of(year: Year, adjustments: Iterable[Adjustment], on: date) -> int | None:
    """本人の年収: 合計所得金額 (never below zero) + 公的年金等の収入 + その他の給付; None where nothing is known.

    The pension's own 雑所得 is not counted twice, and of 給与所得 so much is left out as the city's figure says.
    """
    if year.total_income_yen is None and year.pension_yen is None and year.other_yen is None:
        return None
    law, total = figures("own_income", on), year.total_income_yen or 0
    for each in adjustments:
        if each.kind == PENSION_INCOME and law["without_pension_income"]:
            total -= each.amount_yen
        if each.kind == SALARY_INCOME:
            total -= min(each.amount_yen, law["salary_left_out"])
    return max(total, 0) + (year.pension_yen or 0) + (year.other_yen or 0)
