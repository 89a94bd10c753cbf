"""償還払の算定: what of a month's paid bills comes back (難病法5条、12条)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rules.cost_split import own_share
from rules.parameters import figures


class Outside(StrEnum):
    """対象外の理由: why a bill, or a whole month, gives nothing back."""

    NOT_DESIGNATED = "not_designated"
    NOT_VALID = "not_valid"
    OTHER_DISEASE = "other_disease"
    NOT_INSURED = "not_insured"
    PAID_ELSEWHERE = "paid_elsewhere"
    INCOMPLETE = "incomplete"
    TIME_BARRED = "time_barred"
    BELOW_CAP = "below_cap"


WORDS = {
    Outside.NOT_DESIGNATED: "指定医療機関ではない (法5条1項)", Outside.NOT_VALID: "有効期間の外 (法7条4項)",
    Outside.OTHER_DISEASE: "認定された疾病の医療ではない (法5条1項)", Outside.NOT_INSURED: "医療保険の対象ではない (法12条)",
    Outside.PAID_ELSEWHERE: "他の医療費助成で支払われている (法12条)", Outside.INCOMPLETE: "証明書に不備がある",
    Outside.TIME_BARRED: "時効", Outside.BELOW_CAP: "還付する額がない"}


@dataclass(frozen=True)
class Bill:
    """領収: one bill in yen; *total_yen* is 10割 without meals, *meal_yen* the standard share of meals.

    What differs from its month stands with the bill: the cap and the insured share of its day, why it is out of scope,
    whether *paid_yen* is without the meals, and whether the meals are free (境界層, 生活保護).
    """

    day: date
    total_yen: int
    paid_yen: int
    meal_yen: int = 0
    is_designated: bool = True
    cap_yen: int | None = None
    tenths: int | None = None
    outside: Outside | None = None
    meals_apart: bool = False
    meals_free: bool = False


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
class Line:
    """算定の一行: of one bill what counts as paid, what the patient has to bear of it, its meals, or why nothing counts."""

    bill: Bill
    outside: Outside | None
    paid_yen: int
    share_yen: int
    burden_yen: int
    meals_yen: int
    words: str


@dataclass(frozen=True)
class Refund:
    """算定の結果: pay | hold | refuse, the amount in yen, every line of the calculation, and all of it in words."""

    decision: str
    refund_yen: int
    reasons: tuple[str, ...]
    lines: tuple[Line, ...] = ()
    why: Outside | None = None


def refund_of(month: Month, bills: Sequence[Bill], on: date) -> Refund:
    """還付額 = 支払 (食費を除く) − 高額療養費 − 本来の自己負担 (+ 免除された食費), in the order of the days; never below zero.

    *on* is the day from which the limit of years counts back; shares go by the figures of each bill's own day.
    """
    lines: list[Line] = []
    used = month.ledger_yen
    for bill in sorted(bills, key=lambda each: each.day):
        line = _line(month, bill, used, on)
        used += line.burden_yen
        lines.append(line)
    return _decided(month, tuple(lines))


def _line(month: Month, bill: Bill, used: int, on: date) -> Line:
    outside = _out_of_scope(month, bill, on)
    if outside:
        return Line(bill, outside, 0, 0, 0, 0, f"{bill.day}の{bill.paid_yen:,}円は対象外: {_said(outside, on)}")
    tenths = bill.tenths or month.tenths
    cap = month.cap_yen if bill.cap_yen is None else bill.cap_yen
    share = own_share(bill.total_yen, tenths, bill.day)
    burden = min(share, max(0, cap - used))
    paid = bill.paid_yen - (0 if bill.meals_apart else _meals_within(bill, tenths))
    meals = bill.meal_yen if bill.meals_free else 0
    words = f"{bill.day}: 支払{paid:,}円、本来の自己負担{burden:,}円 (2割と上限の残りの少ない方、法5条2項)"
    if meals:
        words += f"、食事療養標準負担額{meals:,}円は0円となる (告示426号)"
    return Line(bill, None, paid, share, burden, meals, words)


def _decided(month: Month, lines: tuple[Line, ...]) -> Refund:
    reasons = tuple(line.words for line in lines)
    paid, burden, meals = (sum(getattr(line, name) for line in lines) for name in ("paid_yen", "burden_yen", "meals_yen"))
    if paid + meals == 0:
        why = next((line.outside for line in lines if line.outside), Outside.BELOW_CAP)
        return Refund("refuse", 0, (*reasons, "対象となる支払がない"), lines, why)
    if month.high_cost_yen is None:
        return Refund("hold", 0, (*reasons, "高額療養費の支給決定を待つ (法12条)"), lines)
    amount = paid - month.high_cost_yen - burden
    reasons += (f"支払{paid:,}円 − 高額療養費{month.high_cost_yen:,}円 − 自己負担{burden:,}円 = {amount:,}円 (法12条)",)
    amount = max(0, amount) + meals
    if meals:
        reasons += (f"食事療養標準負担額{meals:,}円を加えて{amount:,}円",)
    if amount == 0:
        return Refund("refuse", 0, (*reasons, "還付する額がない"), lines, Outside.BELOW_CAP)
    return Refund("pay", amount, reasons, lines)


def _out_of_scope(month: Month, bill: Bill, on: date) -> Outside | None:
    if bill.outside:
        return bill.outside
    if not bill.is_designated:
        return Outside.NOT_DESIGNATED
    if not month.valid_from <= bill.day <= month.valid_to:
        return Outside.NOT_VALID
    return Outside.TIME_BARRED if _years_after(bill.day, figures("refund", on)["limit_years"]) < on else None


def _said(outside: Outside, on: date) -> str:
    if outside is Outside.TIME_BARRED:
        return f"{figures('refund', on)['limit_years']}年を過ぎた (時効)"
    return WORDS[outside]


def _years_after(day: date, years: int) -> date:
    """The same day *years* later; 29 February counts as the 28th."""
    return day.replace(year=day.year + years, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _meals_within(bill: Bill, tenths: int) -> int:
    """食費: left out of what was paid, unless the payment is the insured share to the yen and so holds no meals."""
    return 0 if bill.paid_yen == bill.total_yen * tenths // 10 else bill.meal_yen
