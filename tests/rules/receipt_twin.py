"""点検の双子: the checks of rules.receipt_check once more, receipt by receipt in plain Python, as a clerk would reason."""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from rules.parameters import figures
from rules.receipt_join import AS_CLAIMED, name_agrees

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Office:
    """What the office knows: certification periods, designations, months paid back, its two payer numbers."""

    holders: Sequence[Row]
    facilities: Sequence[Row]
    paid: Sequence[tuple[int, str]]
    payers: tuple[str, str]


def codes(row: Row, office: Office) -> list[str]:
    """The codes a clerk would write beside *row*, in the order of the checks."""
    person = next((each["recipient_id"] for each in office.holders if each["recipient_number"] == row["recipient_number"]), None)
    period = _period(row, office)
    ours = row["payer_number"] in office.payers
    welfare = row["payer_number"] == office.payers[1]
    judged = {
        "E1": not ours, "E2": ours and person is None,
        "E3": person is not None and (period is None or _outside(row, period["valid_from"], period["until"])),
        "W4": period is not None and _is_other_person(row, period), "W5": not _is_designated(row, office),
        "W8": _public_is_off(row), "W9": _total_is_off(row), "W10": period is not None and _welfare_is_off(row, period, ours, welfare),
        "W11": period is not None and _class_is_off(row, period), "W12": (person, row["treatment_month"]) in office.paid,
        "W13": row["setting"] == "7" and row["care_service"] not in _services(row["treatment_month"]),
        "W14": bool(set((row["other_schemes"] or "").split(",")) & ({"52"} if welfare else {"52", "12"})),
        "W15": not _five_years_before(row["billing_month"]) <= row["treatment_month"] <= row["billing_month"]}
    return [code for code, fails in judged.items() if fails]


def _month(month: str) -> tuple[date, date]:
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, 1), date(year, number, monthrange(year, number)[1])


def _touching(row: Row, found: Iterator[Row]) -> list[Row]:
    first, last = _month(row["treatment_month"])
    return sorted((each for each in found if each["valid_from"] <= last and (each["until"] or date.max) >= first),
                  key=lambda each: each["valid_from"])


def _period(row: Row, office: Office) -> Row | None:
    found = _touching(row, (each for each in office.holders if each["recipient_number"] == row["recipient_number"]))
    return {**found[0], "until": max(each["until"] for each in found)} if found else None


def _outside(row: Row, first: date, last: date) -> bool:
    return bool((row["first_day"] and row["first_day"] < first) or (row["last_day"] and row["last_day"] > last))


def _is_designated(row: Row, office: Office) -> bool:
    found = _touching(row, ({"valid_from": each["valid_from"], "until": each["valid_to"]} for each in office.facilities
                            if each["number"] == row["facility_number"]))
    return bool(found) and not _outside(row, found[0]["valid_from"], max(each["until"] or date.max for each in found))


def _is_other_person(row: Row, period: Row) -> bool:
    same = row["name"] is None or name_agrees(row["name"], row["name_kana"], period["name"], period["kana_key"])
    return (not same or (row["birth_date"] is not None and row["birth_date"] != period["birth_date"])
            or (row["sex"] is not None and row["sex"] != period["sex"]))


def _public_is_off(row: Row) -> bool:
    if row["computed"] & (256 | 512) or row["insurer_yen"] is None or row["public_yen"] is None or row["total_yen"] is None:
        return False
    rest = row["total_yen"] - row["insurer_yen"] - (row["copay_yen"] or 0) - row["public_yen"]
    support = row["city_support_yen"] or 0
    return not any(0 <= rest + more <= (row["meal_yen"] or 0) for more in (-support, 0, support))


def _total_is_off(row: Row) -> bool:
    if row["computed"] & 128 or row["total_yen"] is None or row["points"] is None:
        return False
    return row["total_yen"] not in (row["points"] * 10, row["points"] * 10 + (row["meal_yen"] or 0))


def _welfare_is_off(row: Row, period: Row, ours: bool, welfare: bool) -> bool:
    if period["tier"] is None:
        return False
    on_welfare = period["tier"] == "A"
    return (ours and welfare != on_welfare) or (
        row["public_yen"] is not None and row["public_yen"] == row["total_yen"] and row["total_yen"] > 0 and not on_welfare)


def _class_is_off(row: Row, period: Row) -> bool:
    held = AS_CLAIMED.get(period["insurance_class"], period["insurance_class"])
    return row["insurance_class"] in tuple("アイウエオ") and held is not None and row["insurance_class"] != held


def _services(month: str) -> list[str]:
    return list(figures("receipt_check", _month(month)[0])["care_services"])


def _five_years_before(month: str) -> str:
    return f"{int(month[:4]) - figures('refund', _month(month)[0])['limit_years']}-{month[5:]}"


def tenths(row: Row) -> int | None:
    """負担割合 as the law has it, for one receipt."""
    law, kind = figures("insured_share", _month(row["treatment_month"])[0]), row["claim_kind"]
    by_class = {"カ": law["elderly_middle"], "キ": law["elderly_general"],
                **dict.fromkeys("アイウ", law["working_level"])}.get(row["insurance_class"])
    if kind:
        fixed = {**dict.fromkeys("90", law["working_level"]), **dict.fromkeys("34", law["before_school"]),
                 **dict.fromkeys("1256", law["standard"])}
        return fixed.get(kind[3], by_class if kind[1] == "3" else law["from_70"])
    if row["payer_class"] == "3":
        return by_class
    if _is_before_school(row):
        return int(law["before_school"])
    if not is_from_70(row):
        return int(law["standard"])
    return int(law["working_level"]) if row["insurance_class"] in tuple("アイウ") else int(law["from_70"])


def _reached(birth: date, years: int) -> date:
    """A year of age is reached on the day before the birthday; who is born on 29 February reaches it on the 28th or 29th."""
    try:
        return birth.replace(year=birth.year + years) - timedelta(days=1)
    except ValueError:
        return date(birth.year + years, 2, 27)


def is_from_70(row: Row) -> bool:
    """Whether the limits of 70 and over hold in the month."""
    reached = _reached(row["birth_date"], 70)
    return (reached.year, reached.month) < (_month(row["treatment_month"])[0].year, _month(row["treatment_month"])[0].month)


def _is_before_school(row: Row) -> bool:
    reached = _reached(row["birth_date"], 6)
    return _month(row["treatment_month"])[0] <= date(reached.year + (reached.month > 3), 3, 31)


