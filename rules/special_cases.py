"""軽症高額・高額かつ長期: what months of high cost make of an application (難病法7条1項2号、施行令1条)."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rules.copay_cap import LONG_TERM_TIERS
from rules.parameters import figures
from rules.tier import Tier


@dataclass(frozen=True)
class Judged:
    """判定: the window of 軽症高額 (first and last month, ``YYYY-MM``), both answers, and why."""

    window: tuple[str, str]
    mild_high_cost: bool
    high_cost_long_term: bool
    reasons: tuple[str, ...]


def months_before(month: str, count: int) -> str:
    """The month *count* months before *month*, both ``YYYY-MM``."""
    place = int(month[:4]) * 12 + int(month[5:]) - 1 - count
    return f"{place // 12}-{place % 12 + 1:02}"


def window_of(applied: date, onset_month: str | None, on: date) -> tuple[str, str]:
    """軽症高額の対象月: the month of the application and the eleven before it, not before the onset."""
    last = f"{applied:%Y-%m}"
    first = months_before(last, figures("special_cases", on)["window_months"] - 1)
    return max(first, min(onset_month, last)) if onset_month else first, last


@dataclass(frozen=True)
class Costs:
    """医療費の月: total cost in yen by month ``YYYY-MM``, meals left out; of 難病, and of 小慢 before it (小児慢性)."""

    months: Mapping[str, int]
    child_months: Mapping[str, int] = field(default_factory=dict)
    certified_from: str | None = None  # 最初に支給認定を受けた月; None: not known, and every month counts


def judge(applied: date, onset_month: str | None, costs: Costs, tier: Tier) -> Judged:
    """軽症高額と高額かつ長期 of an application; 小慢 months count for the second alone, where the law says so."""
    law = figures("special_cases", applied)
    first, last = window_of(applied, onset_month, applied)
    year = months_before(last, law["window_months"] - 1)
    mild = [month for month, yen in costs.months.items() if first <= month <= last and yen > law["mild_above"]]
    counted = _long_term_months(costs, law)
    high = [month for month, yen in counted.items() if year <= month <= last and yen > law["long_term_above"]]
    is_mild = len(mild) >= law["mild_months"]
    is_long = len(high) >= law["long_term_months"] and tier in LONG_TERM_TIERS
    return Judged((first, last), is_mild, is_long, (
        f"{first}から{last}までに、医療費総額が{law['mild_above']:,}円を超える月が{len(mild)}か月"
        f"({law['mild_months']}か月以上で軽症高額、法7条1項2号)",
        f"{year}から{last}までに、{law['long_term_above']:,}円を超える月が{len(high)}か月"
        f"({law['long_term_months']}か月以上で高額かつ長期、施行令1条)",
        *_which_months(costs, law),
        *(() if tier in LONG_TERM_TIERS else (f"{tier.label}には高額かつ長期の特例がない (施行令1条)",))))


def _long_term_months(costs: Costs, law: Mapping[str, Any]) -> dict[str, int]:
    """The months of 高額かつ長期 with what each cost; a month in both schemes counts together."""
    since = costs.certified_from if law["needs_certification"] else None
    found = {month: yen for month, yen in costs.months.items() if since is None or month >= since}
    for month, yen in costs.child_months.items() if law["child_months_count"] else ():
        found[month] = found.get(month, 0) + yen
    return found


def _which_months(costs: Costs, law: Mapping[str, Any]) -> tuple[str, ...]:
    said = []
    if costs.child_months:
        said.append("小児慢性特定疾病の医療費の月も高額かつ長期に数える (告示428号)" if law["child_months_count"]
                    else "小児慢性特定疾病の医療費の月は数えない (令和4年8月1日まで)")
    if costs.certified_from and law["needs_certification"]:
        said.append(f"高額かつ長期は、支給認定を受けた{costs.certified_from}からの月を数える (市の設定)")
    return tuple(said)


def met_on(applied: date, onset_month: str | None, months: Mapping[str, int]) -> date | None:
    """軽症高額の要件を満たした日: the last day of the month that made it three; None where it is not met (法7条5項).

    Monthly totals do not say on which day of the month the limit was passed, so the month counts to its end.
    """
    law = figures("special_cases", applied)
    first, last = window_of(applied, onset_month, applied)
    costly = [month for month, yen in sorted(months.items()) if first <= month <= last and yen > law["mild_above"]]
    if len(costly) < law["mild_months"]:
        return None
    year, month = (int(part) for part in costly[law["mild_months"] - 1].split("-"))
    return date(year, month, monthrange(year, month)[1])
