"""高額療養費: the most an insured person under 70 bears in a month before the insurer pays the rest (健保令42条)."""

from dataclasses import dataclass
from datetime import date

from rules.parameters import figures

CLASSES = ("ア", "イ", "ウ", "エ", "オ")


def limit_of(insurance_class: str, total_yen: int, many_times: bool, on: date) -> int:
    """自己負担限度額 in yen for a month's *total_yen* (10割); KeyError where 適用区分 is none of the five."""
    row = figures("high_cost", on)[insurance_class]
    if many_times:
        return int(row["many"])
    above = max(0, total_yen - row["from"]) if row["from"] is not None else 0
    return int(row["base"]) + (above + 50) // 100  # 1 %, rounded to the nearest yen


@dataclass(frozen=True)
class Told:
    """高額療養費の手がかり of a month: what the insurer decided (checked by the office), what the paper says, the 適用区分.

    *stated* is ``decided``, ``undecided``, ``none`` or blank; *insurance_class* None where nobody knows it; *age* in whole
    years on the first day of treatment.
    """

    decided_yen: int | None = None
    stated: str = ""
    stated_yen: int | None = None
    insurance_class: str | None = None
    age: int = 0


def counted_of(told: Told, paid_yen: int, total_yen: int, on: date) -> tuple[int | None, str]:
    """差し引く高額療養費 of a month in yen, None where its decision must be awaited, and why (法12条).

    What a patient paid within her limit leaves nothing to come from the insurer; above it, or where the limit is not
    known, only a decision says how much comes.
    """
    if told.decided_yen is not None:
        return told.decided_yen, f"高額療養費の決定額{told.decided_yen:,}円 (職員が確認)"
    if told.stated == "decided" and told.stated_yen is not None:
        return told.stated_yen, f"高額療養費の支給額{told.stated_yen:,}円 (請求書の記入)"
    if told.stated in ("decided", "undecided"):
        return None, "高額療養費が未決定 (請求書の記入)"
    if told.insurance_class not in CLASSES and told.stated == "none":
        return 0, "高額療養費の対象外 (請求書の記入)"
    limit, named = _limit(told, total_yen, on)
    if paid_yen <= limit:
        return 0, f"支払{paid_yen:,}円は{named}{limit:,}円以下で、高額療養費はない"
    return None, f"支払{paid_yen:,}円は{named}{limit:,}円を超え、高額療養費の決定を確かめる必要がある"


def _limit(told: Told, total_yen: int, on: date) -> tuple[int, str]:
    """The limit up to which nothing comes, and its name; who states nothing may have 多数回該当, whose limit is the lowest."""
    law = figures("refund_hold", on)
    if told.insurance_class in CLASSES:
        return (limit_of(str(told.insurance_class), total_yen, told.stated != "none", on),
                f"適用区分{told.insurance_class}の限度額")
    if told.age < law["elder_from"]:
        return min(limit_of(each, total_yen, True, on) for each in CLASSES), "最も低い限度額 (適用区分が不明)"
    return int(law["asked_from_yen"]), f"{law['elder_from']}歳以上の最も低い限度額 (適用区分が不明)"
