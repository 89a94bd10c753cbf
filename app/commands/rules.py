"""規則の命令: JSON lines in, JSON lines out; the same functions the screens use."""

import json
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

import click

from rules import numbers
from rules.apportionment import shares
from rules.copay_cap import Specials, cap_of
from rules.tier import CannotJudge, Household, tier_of
from rules.validity import Received, period_of

Answer = dict[str, Any]


@click.group()
def rules() -> None:
    """規則を計算する: 1行に1件の JSON を読み、1行ずつ答える."""


def answer_lines(judge: Callable[[Answer], Answer]) -> None:
    """Answer every line of stdin in order; a line that cannot be judged says why, and the exit code is then 1."""
    rejected = False
    for number, line in enumerate(sys.stdin, start=1):
        if not line.strip():
            continue
        answer = _answer(judge, line, number)
        rejected |= "error" in answer
        click.echo(json.dumps(answer, ensure_ascii=False))
    sys.exit(1 if rejected else 0)


def _answer(judge: Callable[[Answer], Answer], line: str, number: int) -> Answer:
    asked: Any = None
    try:
        asked = json.loads(line)
        return {"id": asked["id"], **judge(asked)}
    except CannotJudge as problem:
        return {"id": asked["id"], "error": problem.code, "message": problem.message}
    except json.JSONDecodeError:
        return {"id": None, "error": "not_json", "message": f"{number}行目は JSON として読めません。"}
    except KeyError as problem:
        name = str(problem.args[0])
        return {"id": _id(asked), "error": "missing_or_unknown", "message": f"{number}行目: {name} がないか、値が決まりにありません。"}
    except LookupError as problem:
        return {"id": _id(asked), "error": "no_figures", "message": f"{number}行目: その日の数字がありません ({problem})。"}
    except (ValueError, TypeError, AttributeError):
        return {"id": _id(asked), "error": "bad_value", "message": f"{number}行目: 値の形が違います。日付は 2025-10-01、金額は整数です。"}


def _id(asked: Any) -> Any:
    return asked.get("id") if isinstance(asked, dict) else None


def _day(asked: Answer, name: str) -> date | None:
    return date.fromisoformat(asked[name]) if asked.get(name) else None


def _yen(asked: Answer, name: str) -> int | None:
    value = asked.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(name)
    return value


@rules.command()
def tier() -> None:
    """階層区分と負担上限月額."""
    answer_lines(judge_tier)


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


@rules.command()
@click.option("--on", default="2025-10-01", show_default=True, help="端数処理を決める日")
def apportion(on: str) -> None:
    """世帯按分."""
    answer_lines(lambda asked: {"shares": shares(_caps(asked), date.fromisoformat(asked.get("on", on)))})


def _caps(asked: Answer) -> list[int]:
    caps = asked["caps"]
    if not isinstance(caps, list) or not all(isinstance(cap, int) and cap >= 0 for cap in caps):
        raise ValueError("caps")
    return caps


@rules.command()
def validity() -> None:
    """有効期間."""
    answer_lines(judge_validity)


def judge_validity(asked: Answer) -> Answer:
    """有効期間 of one line of the contract."""
    if asked["kind"] not in ("new", "renewal", "change", "transfer_in", "mild_high_cost"):
        raise KeyError("kind")
    period = period_of(Received(
        kind=asked["kind"], received=date.fromisoformat(asked["received"]), diagnosed=_day(asked, "diagnosed"),
        criterion_met_on=_day(asked, "criterion_met_on"), unavoidable_reason=asked.get("unavoidable_reason"),
        previous_to=_day(asked, "previous_to")))
    return {"valid_from": period.valid_from.isoformat(), "valid_to": period.valid_to.isoformat(),
            "reasons": list(period.reasons)}


@rules.command()
def number() -> None:
    """番号の検証."""
    answer_lines(lambda asked: {"valid": numbers.valid(asked["kind"], str(asked["number"]))})
