"""有効期間: from when and until when a certification holds (難病法7条5項; the end is the city's cycle)."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from rules.era_date import era_text
from rules.parameters import figures

UNAVOIDABLE = {"clinical_form_delay": "臨床調査個人票の受領に時間を要した", "worsening": "症状の悪化等",
               "disaster": "大規模災害", "other": "その他のやむを得ない理由"}


@dataclass(frozen=True)
class Received:
    """申請: what decides the period; *received* is the day the counter took the paper."""

    kind: str  # new | renewal | change | transfer_in | mild_high_cost
    received: date
    diagnosed: date | None = None
    criterion_met_on: date | None = None
    unavoidable_reason: str | None = None
    previous_to: date | None = None  # of a transfer_in: until when the former city certified
    moved_in_on: date | None = None


@dataclass(frozen=True)
class Period:
    """有効期間 and why; both days included."""

    valid_from: date
    valid_to: date
    reasons: tuple[str, ...]


def period_of(application: Received) -> Period:
    """有効期間 of an application that is certified (法7条5項・9条・10条)."""
    start, why = _start(application)
    if application.kind == "change" and application.previous_to and application.previous_to >= start:
        return Period(start, application.previous_to, (*why, "終わりは今の有効期間のまま"))
    end = _end(start, application.received)
    return Period(start, end, (*why, f"終わりは市の更新時期の{end.month}月{end.day}日 (市の設定)"))


def months_before(day: date, months: int) -> date:
    """応当日: the same day so many months earlier; where there is none, the month's last day or the next month's first."""
    earlier = _months_after(day, -months)
    if earlier.day != day.day and figures("validity", day)["no_such_day"] == "next_day":
        return earlier + timedelta(days=1)
    return earlier


def _start(application: Received) -> tuple[date, tuple[str, ...]]:
    received, before = application.received, application.previous_to
    if application.kind == "renewal" and before and received <= before:
        return before + timedelta(days=1), ("更新: 前の有効期間の翌日から (法9条)",)
    if application.kind == "change" and not application.diagnosed:
        if received.day == 1:
            return received, ("変更: 1日の申請のため当月1日から (法10条)",)
        return _months_after(received.replace(day=1), 1), ("変更: 申請の翌月1日から (法10条)",)
    if application.kind == "transfer_in" and (before is None or received <= before):
        return _moving_in(application)
    start, why = _retroactive(application)
    if application.kind != "change" and before and start <= before < received:
        start, why = before + timedelta(days=1), (*why, "前の有効期間と重ならないよう、その翌日から")
    return start, (*_late(application), *why)


def _late(application: Received) -> tuple[str, ...]:
    return {"renewal": ("更新の期限を過ぎたため新規として扱う",),
            "transfer_in": ("前の市の有効期間を過ぎているため新規として扱う",)}.get(application.kind, ())


def _moving_in(application: Received) -> tuple[date, tuple[str, ...]]:
    """転入: from the day of application, or where the city chose so from the day of moving in."""
    moved = application.moved_in_on
    if figures("validity", application.received)["transfer_in_from"] == "moving_in" and moved and moved <= application.received:
        return moved, (f"転入: 転入した日 {era_text(moved)} から (市の設定)",)
    return application.received, ("転入: 申請日から",)


def _retroactive(application: Received) -> tuple[date, tuple[str, ...]]:
    """遡り: the day the severity was diagnosed, but no further back than the limit and never before 2023-10-01."""
    received, met = application.received, _met_on(application)
    limit = figures("validity", received)
    if not limit["retroactive_months"] or met is None or met >= received:
        return received, ("申請日から (法7条5項)",)
    reason = application.unavoidable_reason
    months = limit["unavoidable_months"] if reason else limit["retroactive_months"]
    earliest = max(months_before(received, months), limit["floor"])
    because = f"やむを得ない理由 ({UNAVOIDABLE[reason]}) により{months}か月前まで" if reason else f"{months}か月前まで"
    if met >= earliest:
        return met, (f"重症度分類等を満たした日 {era_text(met)} から (法7条5項)",)
    return earliest, (f"重症度分類等を満たした日 {era_text(met)} は遡りの限度より前のため、{because} (法7条5項)",)


def _met_on(application: Received) -> date | None:
    if application.kind == "mild_high_cost" or application.criterion_met_on:
        met = application.criterion_met_on
        return met + timedelta(days=1) if met else None  # 軽症高額: the day after the criterion was met
    return application.diagnosed


def _end(start: date, received: date) -> date:
    """The city's cycle end: the last one within the longest period that leaves at least the shortest period."""
    rule = figures("validity", received)
    month, day = (int(part) for part in rule["cycle_end"].split("-"))
    enough = _months_after(max(start, received), rule["shortest_months"])
    end = date(enough.year, month, day)
    if end < enough:
        end = date(enough.year + 1, month, day)
    return min(end, _months_after(start, rule["longest_months"]) - timedelta(days=1))


def _months_after(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
