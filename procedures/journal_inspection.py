"""操作記録の点検: what stands out in a span of days, by the city's own dated marks, and who saw how many by clerk, day and person."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.journal import SHOWS, Action
from procedures import journal
from procedures.actor import Actor
from procedures.characters import write_file
from procedures.journal_search import JAPAN, SHORTEST_REASON, NoReason
from procedures.refusal import Refused
from rules.parameters import figures

LONGEST: Final = timedelta(days=93)
MOST: Final = 500
PATTERNS: Final = ("many_people", "many_at_once", "off_hours", "own_family_name", "withheld")
GROUPS: Final = ("clerk", "day", "person")
SATURDAY: Final = 5

# What showed somebody, with how many; one row an entry.
_SHOWN: Final = text("""
SELECT e.id, e.at, e.actor_id, e.actor_name, e.action, e.recipient_id,
       coalesce(jsonb_array_length(e.detail -> 'recipients'), 0) AS people,
       r.recipient_number, coalesce(r.is_withheld, false) AS is_withheld,
       r.id IS NOT NULL AND search_key(split_part(replace(r.name, '　', ' '), ' ', 1)) = search_key(u.last_name) AS is_namesake
  FROM journal_entry e LEFT JOIN recipient r ON r.id = e.recipient_id LEFT JOIN ab_user u ON u.id = e.actor_id
 WHERE e.at >= :begins AND e.at < :ends AND e.actor_id IS NOT NULL AND e.action = ANY(:shows) ORDER BY e.at, e.id""")
_SEEN: Final = """
WITH span AS (
  SELECT e.*, to_char(at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD') AS day, u.username
    FROM journal_entry e JOIN ab_user u ON u.id = e.actor_id WHERE at >= :begins AND at < :ends),
seen AS (
  SELECT username, day, recipient_id FROM span WHERE recipient_id IS NOT NULL AND action = ANY(:shows)
  UNION ALL
  SELECT username, day, jsonb_array_elements(detail -> 'recipients')::bigint FROM span
   WHERE detail ? 'recipients' AND action = ANY(:shows))
"""
_COUNTED: Final = """,
people AS (SELECT {key} AS key, count(DISTINCT recipient_id) AS people FROM seen GROUP BY 1),
acts AS (
  SELECT {key} AS key, {label} AS label, count(*) AS entries, count(*) FILTER (WHERE action = 'printed') AS printed,
         count(*) FILTER (WHERE action = 'exported') AS exported, count(*) FILTER (WHERE action = 'refused') AS refused
    FROM span GROUP BY 1)
SELECT key, label, entries, coalesce(people, 0), printed, exported, refused, NULL AS recipient_id
  FROM acts LEFT JOIN people USING (key) ORDER BY {order}"""
_GROUPED: Final = {
    "clerk": text(_SEEN + _COUNTED.format(key="username", label="max(actor_name)", order="4 DESC, 1")),
    "day": text(_SEEN + _COUNTED.format(key="day", label="''", order="1 DESC")),
    "person": text(_SEEN + """
SELECT coalesce(r.recipient_number, ''), '', count(*) AS entries, count(DISTINCT seen.username) AS people, 0, 0, 0,
       r.id AS recipient_id
  FROM seen JOIN recipient r ON r.id = seen.recipient_id GROUP BY r.id, r.recipient_number
 ORDER BY people DESC, entries DESC, r.id LIMIT 200"""),
}


class SpanWrong(Refused):
    """A span that ends before it begins, or is longer than a quarter."""

    message = "期間は始まりの日から終わりの日まで、3か月以内で入力してください。"


@dataclass(frozen=True)
class Finding:
    """目にとまったもの: which mark, when first, who, of whom (by number) or how many."""

    pattern: str
    at: datetime
    actor_name: str
    actor_id: int
    entry_id: int
    recipient_number: str | None = None
    count: int = 1


@dataclass(frozen=True)
class Group:
    """まとめ: a clerk, a day or a person; of a person *people* is how many clerks saw her."""

    key: str
    label: str
    entries: int
    people: int
    printed: int
    exported: int
    refused: int


def unusual(session: Session, actor: Actor, begins: date, ends: date) -> list[Finding]:
    """普段と違うもの of a span of days, both included, by the marks of each entry's day; that it was looked at is journalled."""
    marks: dict[date, dict[str, Any]] = {}
    shown = []
    for row in session.execute(_SHOWN, span_of(begins, ends) | {"shows": [str(each) for each in SHOWS]}):
        at = row.at.astimezone(JAPAN)
        if at.date() not in marks:
            marks[at.date()] = figures("journal_patterns", at.date())
        shown.append(_Shown(row, at, marks[at.date()]))
    found = [finding for look in _LOOKS for finding in look(shown)]
    found.sort(key=lambda each: (PATTERNS.index(each.pattern), each.at))
    numbers = {each.entry_id for each in found}
    people = sorted({each.row.recipient_id for each in shown if each.row.id in numbers and each.row.recipient_id})
    journal.record(session, actor, Action.LISTED, detail={
        "listing": "journal_inspection", "rows": len(found), "recipients": people})
    return found[:MOST]


def grouped(session: Session, actor: Actor, by: str, begins: date, ends: date) -> list[Group]:
    """まとめ by clerk, day or person; whom it named by number is journalled."""
    rows = session.execute(_GROUPED[by], span_of(begins, ends) | {"shows": [str(each) for each in SHOWS]}).all()
    journal.record(session, actor, Action.LISTED, detail={
        "listing": f"journal_by_{by}", "rows": len(rows),
        "recipients": [row.recipient_id for row in rows] if by == "person" else []})
    return [Group(*row[:7]) for row in rows]


def as_csv(session: Session, actor: Actor, begins: date, ends: date, reason: str, word: Callable[[str], str]) -> str:
    """点検の結果を出力する, journalled with its reason; *word* says a mark. NoReason, SpanWrong."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise NoReason
    found = unusual(session, actor, begins, ends)
    journal.record(session, actor, Action.EXPORTED, reason=reason.strip()[:400], detail={
        "listing": "journal_inspection", "rows": len(found)})
    return write_file(session, ("目印", "日時", "利用者番号", "利用者", "受給者番号", "件数", "記録番号"), (
        (word(each.pattern), f"{each.at.astimezone(JAPAN):%Y-%m-%d %H:%M:%S}", each.actor_id, each.actor_name,
         each.recipient_number, each.count, each.entry_id) for each in found))


def span_of(begins: date, ends: date) -> dict[str, Any]:
    """期間: its first and the moment after its last, in Japan. SpanWrong."""
    if not begins <= ends <= begins + LONGEST:
        raise SpanWrong
    return {"begins": datetime.combine(begins, time(), JAPAN), "ends": datetime.combine(ends + timedelta(days=1), time(), JAPAN)}


@dataclass(frozen=True)
class _Shown:
    """An entry that showed somebody, when in Japan, and the marks of its day."""

    row: Any
    at: datetime
    marks: dict[str, Any]

    def found(self, pattern: str, count: int = 1) -> Finding:
        row = self.row
        return Finding(pattern, row.at, row.actor_name, row.actor_id, row.id, row.recipient_number, count)


_Look = Callable[[Iterable[_Shown]], Iterator[Finding]]


def _many_people(shown: Iterable[_Shown]) -> Iterator[Finding]:
    """One clerk opened more persons within some minutes than anybody works through; said once an hour."""
    windows: dict[int, deque[_Shown]] = {}
    told: dict[int, datetime] = {}
    for each in shown:
        if each.row.action != Action.SAW or each.row.recipient_id is None:
            continue
        clerk = each.row.actor_id
        window = windows.setdefault(clerk, deque())
        window.append(each)
        while window[0].at <= each.at - timedelta(minutes=each.marks["many_minutes"]):
            window.popleft()
        count = len({one.row.recipient_id for one in window})
        if count >= each.marks["many_people"] and (clerk not in told or each.at - told[clerk] > timedelta(hours=1)):
            told[clerk] = each.at
            yield replace(each.found("many_people", count), recipient_number=None)


def _many_at_once(shown: Iterable[_Shown]) -> Iterator[Finding]:
    for each in shown:
        if each.row.people >= each.marks["many_at_once"]:
            yield each.found("many_at_once", each.row.people)


def _off_hours(shown: Iterable[_Shown]) -> Iterator[Finding]:
    """Outside the hours of the office, or at a weekend; a clerk's day is said once."""
    days: dict[tuple[int, date], list[_Shown]] = {}
    for each in shown:
        is_weekend = each.marks["weekends_are_off"] and each.at.weekday() >= SATURDAY
        if is_weekend or not each.marks["opens_hour"] <= each.at.hour < each.marks["closes_hour"]:
            days.setdefault((each.row.actor_id, each.at.date()), []).append(each)
    for same in days.values():
        yield replace(same[0].found("off_hours", len(same)), recipient_number=None)


def _of_one(pattern: str, marked: Callable[[Any], bool]) -> _Look:
    """A person opened, printed or exported by herself; a clerk, a person and a day are said once."""
    def look(shown: Iterable[_Shown]) -> Iterator[Finding]:
        days: dict[tuple[int, int, date], list[_Shown]] = {}
        for each in shown:
            if each.row.recipient_id and marked(each.row) and each.marks[pattern]:
                days.setdefault((each.row.actor_id, each.row.recipient_id, each.at.date()), []).append(each)
        for same in days.values():
            yield same[0].found(pattern, len(same))
    return look


_LOOKS: Final[tuple[_Look, ...]] = (
    _many_people, _many_at_once, _off_hours, _of_one("own_family_name", lambda row: bool(row.is_namesake)),
    _of_one("withheld", lambda row: bool(row.is_withheld)))
