"""規則への問い: one question as a line of the contract puts it, and its answer; the commands and the impact ask the same."""

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

from rules.apportionment import shares
from rules.copay_cap import Specials, cap_of
from rules.cost_split import split_beside, split_of
from rules.numbers import valid
from rules.refund import Bill, Month, refund_of
from rules.special_cases import Costs, judge
from rules.tier import Household, Tier, tier_of
from rules.validity import Received, period_of
from rules.ventilator import LABELS, Findings, meets

Answer = dict[str, Any]
EXAMPLES: Final = Path(__file__).parent / "examples" / "worked_examples.csv"


def published_examples() -> list[dict[str, str]]:
    """公表された計算例: id, command, what is asked and what must come out, both as JSON."""
    with EXAMPLES.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def answer_example(row: dict[str, str]) -> Answer:
    """計算例に答える: what the rules say of it now."""
    return QUESTIONS[row["command"]](json.loads(row["asked"]))


def judge_tier(asked: Answer) -> Answer:
    """階層区分と上限月額 of one line of the contract."""
    on = date.fromisoformat(asked["on"])
    judged = tier_of(Household(
        on_welfare=bool(asked.get("welfare")), taxed=asked.get("taxed"),
        income_levy_yen=_yen(asked, "income_levy_yen") or 0, designated_city=bool(asked.get("designated_city")),
        patient_income_yen=_yen(asked, "patient_income_yen"), income_unknown=bool(asked.get("income_unknown"))), on)
    cap, reasons = cap_of(judged.tier, Specials(
        ventilator=bool(asked.get("ventilator")), high_cost_long_term=bool(asked.get("high_cost_long_term")),
        transitional=asked.get("transitional"), borderline_cap_yen=_yen(asked, "borderline_cap_yen")), on)
    return {"tier": str(judged.tier), "cap_yen": cap, "reasons": [*judged.reasons, *reasons]}


def judge_apportion(asked: Answer, on: str = "2025-10-01") -> Answer:
    """世帯按分 of one line of the contract."""
    return {"shares": shares(_caps(asked), date.fromisoformat(asked.get("on", on)))}


def judge_validity(asked: Answer) -> Answer:
    """有効期間 of one line of the contract."""
    if asked["kind"] not in ("new", "renewal", "change", "transfer_in", "mild_high_cost"):
        raise KeyError("kind")
    period = period_of(Received(
        kind=asked["kind"], received=date.fromisoformat(asked["received"]), diagnosed=_day(asked, "diagnosed"),
        criterion_met_on=_day(asked, "criterion_met_on"), unavoidable_reason=asked.get("unavoidable_reason"),
        previous_to=_day(asked, "previous_to"), moved_in_on=_day(asked, "moved_in_on")))
    return {"valid_from": period.valid_from.isoformat(), "valid_to": period.valid_to.isoformat(),
            "reasons": list(period.reasons)}


def judge_split(asked: Answer) -> Answer:
    """費用の分担 of one line of the contract."""
    month = (_tenths(asked), asked["insurance_class"], bool(asked.get("many_times")), _whole(asked, "cap_yen"),
             date.fromisoformat(asked["on"]))
    total, other = _whole(asked, "total_yen"), _yen(asked, "other_total_yen")
    made = split_of(total, *month)
    answer = {"insurer_yen": made.insurer_yen, "patient_yen": made.patient_yen, "public_yen": made.public_yen}
    return answer if other is None else answer | {"other_patient_yen": split_beside(total, other, *month).other_patient_yen}


def judge_refund(asked: Answer) -> Answer:
    """償還払 of one line of the contract."""
    bills = [Bill(date.fromisoformat(bill["date"]), _whole(bill, "total_yen"), _whole(bill, "paid_yen"),
                  _yen(bill, "meal_yen") or 0, bool(bill.get("designated", True))) for bill in asked["bills"]]
    month = Month(_whole(asked, "cap_yen"), _tenths(asked), _yen(asked, "ledger_yen") or 0, _yen(asked, "high_cost_yen"),
                  date.fromisoformat(asked["valid_from"]), date.fromisoformat(asked["valid_to"]))
    made = refund_of(month, bills, date.fromisoformat(asked["on"]))
    return {"decision": made.decision, "refund_yen": made.refund_yen, "reasons": list(made.reasons)}


def judge_special(asked: Answer) -> Answer:
    """軽症高額と高額かつ長期 of one line of the contract."""
    onset, since = asked.get("onset_month"), asked.get("certified_from")
    costs = Costs(_costs(asked["months"]), _costs(asked.get("child_months") or {}), _month(since) if since else None)
    made = judge(date.fromisoformat(asked["applied"]), _month(onset) if onset else None, costs, Tier(asked["tier"]))
    return {"window": list(made.window), "mild_high_cost": made.mild_high_cost,
            "high_cost_long_term": made.high_cost_long_term, "reasons": list(made.reasons)}


def judge_ventilator(asked: Answer) -> Answer:
    """人工呼吸器等装着 by the findings of the clinical form; a finding that is not named is none."""
    unknown = set(asked) - {"id", *LABELS}
    if unknown or not all(isinstance(asked.get(name, False), bool) for name in LABELS):
        raise KeyError(min(unknown, default="findings"))
    fits, why = meets(Findings(**{name: asked.get(name, False) for name in LABELS}))
    return {"ventilator": fits, "reasons": [why]}


def judge_number(asked: Answer) -> Answer:
    """番号の検証 of one line of the contract."""
    return {"valid": valid(asked["kind"], str(asked["number"]))}


QUESTIONS: Final[dict[str, Callable[[Answer], Answer]]] = {
    "tier": judge_tier, "apportion": judge_apportion, "validity": judge_validity, "split": judge_split,
    "refund": judge_refund, "special": judge_special, "ventilator": judge_ventilator,
    "number": judge_number}


def _day(asked: Answer, name: str) -> date | None:
    return date.fromisoformat(asked[name]) if asked.get(name) else None


def _yen(asked: Answer, name: str) -> int | None:
    value = asked.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(name)
    return value


def _caps(asked: Answer) -> list[int]:
    caps = asked["caps"]
    if not isinstance(caps, list) or not all(isinstance(cap, int) and cap >= 0 for cap in caps):
        raise ValueError("caps")
    return caps


def _tenths(asked: Answer) -> int:
    """The share to bear as tenths; the contract writes it as 0.1, 0.2 or 0.3."""
    tenths = round(asked["rate"] * 10)
    if tenths not in (1, 2, 3) or abs(asked["rate"] * 10 - tenths) > 1e-9:
        raise ValueError("rate")
    return int(tenths)


def _whole(asked: Answer, name: str) -> int:
    """A required amount in yen."""
    value = _yen(asked, name)
    if value is None:
        raise KeyError(name)
    return value


def _costs(asked: Answer) -> dict[str, int]:
    return {_month(month): _whole(asked, month) for month in asked}


def _month(text: str) -> str:
    return f"{date.fromisoformat(f'{text}-01'):%Y-%m}"
