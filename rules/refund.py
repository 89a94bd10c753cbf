"""償還払の算定: what of a month's paid bills comes back (難病法5条、12条)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rules.cost_split import own_share
from rules.parameters import figures


@dataclass(frozen=True)
class Bill:
    """領収: one bill of the month in yen; *total_yen* is 10割 without meals, *meal_yen* the standard share of meals."""

    day: date
    total_yen: int
    paid_yen: int
    meal_yen: int = 0
    is_designated: bool = True


@dataclass(frozen=True)
class Month:
    """算定の前提: the month's cap and what it has used up, the share of the insurance, 高額療養費 (None: undecided)."""

    cap_yen: int
    tenths: int
    ledger_yen: int
    high_cost_yen: int | None
    valid_from: date
    valid_to: date


@dataclass(frozen=True)
class Refund:
    """算定の結果: pay | hold | refuse, the amount in yen, and every line of the calculation in words."""

    decision: str
    refund_yen: int
    reasons: tuple[str, ...]


def refund_of(month: Month, bills: Sequence[Bill], on: date) -> Refund:
    """還付額 = 支払 (食費を除く) − 高額療養費 − 本来の自己負担, in the order of the days; never below zero."""
    reasons: list[str] = []
    paid = burden = 0
    left = max(0, month.cap_yen - month.ledger_yen)
    for bill in sorted(bills, key=lambda each: each.day):
        why = _out_of_scope(month, bill, on)
        if why:
            reasons.append(f"{bill.day}の{bill.paid_yen:,}円は対象外: {why}")
            continue
        own = min(own_share(bill.total_yen, month.tenths, on), left)
        medical = bill.paid_yen - _meals_within(bill, month.tenths)
        paid, burden, left = paid + medical, burden + own, left - own
        reasons.append(f"{bill.day}: 支払{medical:,}円、本来の自己負担{own:,}円 (2割と上限の残りの少ない方、法5条2項)")
    return _decided(month, paid, burden, reasons)


def _decided(month: Month, paid: int, burden: int, reasons: list[str]) -> Refund:
    if paid == 0:
        return Refund("refuse", 0, (*reasons, "対象となる支払がない"))
    if month.high_cost_yen is None:
        return Refund("hold", 0, (*reasons, "高額療養費の支給決定を待つ (法12条)"))
    amount = paid - month.high_cost_yen - burden
    reasons.append(f"支払{paid:,}円 − 高額療養費{month.high_cost_yen:,}円 − 自己負担{burden:,}円 = {amount:,}円 (法12条)")
    if amount <= 0:
        return Refund("refuse", 0, (*reasons, "還付する額がない"))
    return Refund("pay", amount, tuple(reasons))


def _out_of_scope(month: Month, bill: Bill, on: date) -> str:
    if not bill.is_designated:
        return "指定医療機関ではない (法5条1項)"
    if not month.valid_from <= bill.day <= month.valid_to:
        return "有効期間の外 (法7条4項)"
    years = figures("refund", on)["limit_years"]
    return f"{years}年を過ぎた (時効)" if _years_after(bill.day, years) < on else ""


def _years_after(day: date, years: int) -> date:
    """The same day *years* later; 29 February counts as the 28th."""
    return day.replace(year=day.year + years, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _meals_within(bill: Bill, tenths: int) -> int:
    """食費: left out of what was paid, unless the payment is the insured share to the yen and so holds no meals."""
    return 0 if bill.paid_yen == bill.total_yen * tenths // 10 else bill.meal_yen
