"""入力の成績: what was keyed, where two clerks differed and who was right; by clerk, by sheet, by item, by month."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from forms.sheet import Asked
from models.journal import Action
from procedures import journal
from procedures.actor import Actor
from procedures.characters import write_file
from procedures.refusal import Refused

JAPAN: Final = ZoneInfo("Asia/Tokyo")
LONGEST_SPAN: Final = timedelta(days=366)
FEW: Final = 1_000  # below so many fields one misreading moves the rate by ten or more: shown, but marked
GROUPS: Final = ("clerk", "sheet", "item")

# Keyings of the span, and for each of them what became of every item on which it differed from the other.
_SPAN: Final = """
WITH done AS (
  SELECT k.id, k.sheet_id, k.clerk_id, k.turn, k.fields_keyed, k.active_seconds, k.answers, v.kind_id
    FROM keying k JOIN received_sheet s ON s.id = k.sheet_id JOIN sheet_version v ON v.id = s.version_id
   WHERE k.submitted_at >= :begins AND k.submitted_at < :ends),
judged AS (
  SELECT done.clerk_id, done.kind_id, regexp_replace(d.field, '\\.[0-9]+\\.', '.') AS item,
         d.choice IS NULL AS is_open,
         d.choice IS NOT NULL AND d.choice = CASE done.turn WHEN 1 THEN 'first' ELSE 'second' END AS is_right
    FROM difference d JOIN done ON done.sheet_id = d.sheet_id)
"""
_KEYED: Final = {
    "clerk": """SELECT u.username AS key, u.last_name || ' ' || u.first_name AS label, count(*) AS sheets,
        sum(fields_keyed) AS fields, percentile_cont(0.5) WITHIN GROUP (ORDER BY active_seconds) AS seconds
        FROM done JOIN ab_user u ON u.id = done.clerk_id GROUP BY u.id ORDER BY u.username""",
    "sheet": """SELECT k.name AS key, k.label AS label, count(*) AS sheets, sum(fields_keyed) AS fields,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY active_seconds) AS seconds
        FROM done JOIN sheet_kind k ON k.id = done.kind_id GROUP BY k.id ORDER BY k.position""",
    "item": """SELECT regexp_replace(e.key, '\\.[0-9]+\\.', '.') AS key, '' AS label, count(DISTINCT done.id) AS sheets,
        count(*) AS fields, NULL AS seconds FROM done, LATERAL jsonb_object_keys(done.answers) AS e(key) GROUP BY 1
        ORDER BY 1""",
}
_JUDGED: Final = {
    "clerk": "SELECT u.username AS key, {} FROM judged JOIN ab_user u ON u.id = judged.clerk_id GROUP BY 1",
    "sheet": "SELECT k.name AS key, {} FROM judged JOIN sheet_kind k ON k.id = judged.kind_id GROUP BY 1",
    "item": "SELECT item AS key, {} FROM judged GROUP BY 1",
}
_COUNTS: Final = ("count(*) AS differing, count(*) FILTER (WHERE is_open) AS open, "
                  "count(*) FILTER (WHERE is_right) AS was_right")
_MONTHS: Final = """
SELECT to_char(k.submitted_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM') AS month, sum(k.fields_keyed) AS fields,
       coalesce(sum(w.wrong), 0) AS wrong
  FROM keying k LEFT JOIN LATERAL (
       SELECT count(*) AS wrong FROM difference d WHERE d.sheet_id = k.sheet_id AND d.choice IS NOT NULL
          AND d.choice <> CASE k.turn WHEN 1 THEN 'first' ELSE 'second' END) w ON true
 WHERE k.submitted_at >= :begins AND k.submitted_at < :ends GROUP BY 1 ORDER BY 1"""


class SpanWrong(Refused):
    """A span that ends before it begins, or is longer than a year."""

    message = "期間は始まりの日から終わりの日まで、1年以内で入力してください。"


@dataclass(frozen=True)
class Line:
    """成績の一行: counts of keyings and of their fields; a keying is wrong where the settled answer was not hers."""

    key: str
    label: str
    sheets: int
    fields: int
    differing: int
    was_right: int
    open: int
    seconds: int | None  # 実作業の中央値, one keying

    @property
    def wrong(self) -> int:
        """誤り: settled against this side."""
        return self.differing - self.open - self.was_right

    @property
    def per_10000(self) -> float | None:
        """誤り率: wrong fields of 10,000 keyed; None where nothing was keyed."""
        return self.wrong * 10_000 / self.fields if self.fields else None

    @property
    def is_few(self) -> bool:
        """Whether so little was keyed that the rate says little."""
        return self.fields < FEW


def lines(session: Session, by: str, begins: date, ends: date) -> list[Line]:
    """成績 of the days *begins* to *ends*, both included, by ``clerk``, ``sheet`` or ``item``; SpanWrong."""
    span = _span(begins, ends)
    differing = {row.key: row for row in session.execute(text(_SPAN + _JUDGED[by].format(_COUNTS)), span)}
    found = [_line(row, differing.pop(row.key, None)) for row in session.execute(text(_SPAN + _KEYED[by]), span)]
    # An item that one clerk left blank each time was keyed by the other, so nothing else can be left over.
    found += [_line(None, row) for row in differing.values()]
    return _named(found) if by == "item" else found


def total(found: list[Line], label: str) -> Line:
    """合計 of counts; no median, because medians do not add."""
    counts = {name: sum(getattr(line, name) for line in found)
              for name in ("sheets", "fields", "differing", "was_right", "open")}
    return Line("", label, **counts, seconds=None)


def months(session: Session, on: date) -> list[tuple[str, int, float | None]]:
    """月ごとの誤り率 of the twelve months that end with the month of *on*: month, fields keyed, errors of 10,000."""
    first = date(on.year - (on.month < 12), on.month % 12 + 1, 1)
    rows = {row.month: row for row in session.execute(text(_MONTHS), _span(first, on))}
    wanted = [f"{first.year + (first.month + n - 1) // 12}-{(first.month + n - 1) % 12 + 1:02}" for n in range(12)]
    return [(month, int(rows[month].fields), float(rows[month].wrong * 10_000 / rows[month].fields)
             if rows[month].fields else None) if month in rows else (month, 0, None) for month in wanted]


def as_csv(session: Session, actor: Actor, by: str, begins: date, ends: date) -> str:
    """出力: the lines as shown; journalled."""
    found = lines(session, by, begins, ends)
    journal.record(session, actor, Action.EXPORTED, detail={"figures": by, "rows": len(found)})
    return write_file(session, ("区分", "入力回数", "入力項目数", "相違", "正", "誤", "確認待ち", "誤り率(1万項目あたり)", "実作業の中央値(秒)"), (
        (line.label, line.sheets, line.fields, line.differing, line.was_right, line.wrong, line.open,
         None if line.per_10000 is None else round(line.per_10000, 1), line.seconds) for line in found))


def _span(begins: date, ends: date) -> dict[str, datetime]:
    if not begins <= ends <= begins + LONGEST_SPAN:
        raise SpanWrong
    return {"begins": datetime.combine(begins, time(), JAPAN),
            "ends": datetime.combine(ends + timedelta(days=1), time(), JAPAN)}


def _line(keyed: Any, judged: Any) -> Line:
    differing, was_right, waiting = (judged.differing, judged.was_right, judged.open) if judged else (0, 0, 0)
    if keyed is None:
        return Line(judged.key, "", 0, 0, differing, was_right, waiting, None)
    return Line(keyed.key, keyed.label, keyed.sheets, int(keyed.fields), differing, was_right, waiting,
                None if keyed.seconds is None else round(keyed.seconds))


def _named(found: list[Line]) -> list[Line]:
    """Items by their label, the most often misread first."""
    named = [replace(line, label=Asked(line.key).item.item.label) for line in found]
    return sorted(named, key=lambda line: (-line.wrong, -line.differing, line.label))
