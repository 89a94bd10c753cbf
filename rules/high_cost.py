"""高額療養費: the most an insured person under 70 bears in a month before the insurer pays the rest (健保令42条)."""

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
