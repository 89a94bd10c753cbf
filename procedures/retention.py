"""保存期間: which records are past their period on a day, by the city's dated settings; nothing is touched by asking."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from procedures.owned_rows import OF_SHEET, OWNED, SCANS
from procedures.statistics import FIRST_MONTH, fiscal_year
from rules.parameters import about, figures, rows

FINAL_STATES: Final = ("issued", "refused", "withdrawn", "closed")
UNREGISTERED: Final = ("returned", "withdrawn")


@dataclass(frozen=True)
class Kind:
    """記録の種類: its words, its main table, and the rows of each table that go, for a cutoff day."""

    label: str
    main: str
    tables: dict[str, str]
    cutoff: Callable[[date, int], date]


@dataclass(frozen=True)
class Period:
    """保存期間 of one kind on a day: years, since which day, where the figure comes from, and what is past it."""

    kind: str
    label: str
    years: int
    since: date
    law: str
    is_verified: bool
    cutoff: date
    is_ours: bool


def fiscal_cutoff(on: date, years: int) -> date:
    """Whatever ended in a fiscal year that has been over for *years* whole years ended before this day."""
    return date(fiscal_year(on) - years, FIRST_MONTH, 1)


def day_cutoff(on: date, years: int) -> date:
    """The same day *years* ago; 29 February counts as 1 March."""
    return date(on.year - years, 3, 1) if (on.month, on.day) == (2, 29) else date(on.year - years, on.month, on.day)


# 一件書類: everything about a person ended before the cutoff, and nothing of hers is under way.
_ENDED: Final = """(
SELECT greatest(
    (SELECT max(coalesce(c.ended_on, c.valid_to)) FROM certification c WHERE c.recipient_id = r.id),
    (SELECT max(greatest(a.acceptance_date, a.application_date)) FROM application a WHERE a.recipient_id = r.id),
    (SELECT max(l.loss_date) FROM loss l JOIN application a ON a.id = l.application_id WHERE a.recipient_id = r.id),
    (SELECT max(b.billing_month || '-01')::date FROM benefit b WHERE b.recipient_id = r.id),
    (SELECT max(greatest(m.acceptance_date, m.decision_date)) FROM reimbursement_claim m WHERE m.recipient_id = r.id),
    (SELECT max(t.dated) FROM letter t WHERE t.recipient_id = r.id),
    (SELECT max(greatest(q.received_on, q.handed_over_on)) FROM subject_request q WHERE q.recipient_id = r.id)))"""
_PEOPLE: Final = f"""
SELECT r.id FROM recipient r WHERE {_ENDED} < :cutoff
   AND NOT EXISTS (SELECT FROM application a WHERE a.recipient_id = r.id AND a.state <> ALL(:final))
   AND NOT EXISTS (SELECT FROM correction c WHERE c.recipient_id = r.id AND c.state = 'asked')
   AND NOT EXISTS (SELECT FROM subject_request q WHERE q.recipient_id = r.id AND q.state NOT IN ('handed_over', 'withdrawn'))"""
_SHEETS: Final = ("SELECT s.id FROM received_sheet s WHERE s.state = ANY(:unregistered) AND s.received_date < :cutoff"
                  " AND NOT EXISTS (SELECT FROM received_sheet n WHERE n.replaces_id = s.id)")
_SCANS: Final = """SELECT s.id FROM scan s WHERE EXISTS (SELECT FROM received_sheet p WHERE p.scan_id = s.id)
 AND NOT EXISTS (SELECT FROM received_sheet p WHERE p.scan_id = s.id AND (p.received_date >= :cutoff OR p.state <> 'registered'))"""

KINDS: Final[dict[str, Kind]] = {
    "journal": Kind("操作記録", "journal_entry", {}, day_cutoff),
    "case_file": Kind("受給者の一件書類", "recipient", {
        table: where.replace(":people", "people.ids") for table, where in (OWNED | {"scan": SCANS}).items()}, fiscal_cutoff),
    "receipt": Kind("レセプト", "benefit", {"benefit": "t.billing_month < to_char(CAST(:cutoff AS date), 'YYYY-MM')"}, fiscal_cutoff),
    "scan": Kind("原本画像", "scan", {"scan": f"t.id IN ({_SCANS})"}, fiscal_cutoff),
    "sheet": Kind("登録に至らなかった票", "received_sheet", {
        "received_sheet": f"t.id IN ({_SHEETS})", **{table: f"t.sheet_id IN ({_SHEETS})" for table in OF_SHEET},
        "scan": f"t.id IN (SELECT scan_id FROM received_sheet WHERE id IN ({_SHEETS})) AND NOT EXISTS (SELECT FROM received_sheet other"
                f" WHERE other.scan_id = t.id AND other.id NOT IN ({_SHEETS}))"}, fiscal_cutoff),
    "register": Kind("住民情報・税情報の取込", "tax_row", {
        "tax_row": "t.tax_year < extract(year FROM CAST(:cutoff AS date))", "held_row": "t.decided_at < :cutoff"}, fiscal_cutoff),
    "provision": Kind("情報提供等の記録", "", {}, day_cutoff),  # kept by the interconnect server, which disposes of it itself
}
OURS: Final = tuple(kind for kind in KINDS if KINDS[kind].main)


def periods(on: date) -> list[Period]:
    """保存期間の一覧 on a day."""
    return [period_of(kind, on) for kind in KINDS]


def period_of(kind: str, on: date) -> Period:
    """保存期間 of one kind as it holds on the day *on*."""
    name, each = f"retention_{kind}", KINDS[kind]
    years = int(figures(name, on)["years"])
    said = about(name)
    return Period(kind, each.label, years, max(day for day in rows(name) if day <= on), said["law"],
                  said["status"].startswith("read"), each.cutoff(on, years), bool(each.main))


def leaves_below(session: Session, cutoff: date) -> int:
    """操作記録のどこまでか: the sealed entries before the first that is not past its period; a prefix, so that no gap opens."""
    return int(session.scalar(text("""
        SELECT coalesce((SELECT min(l.leaf_index) FROM journal_leaf l JOIN journal_entry e ON e.id = l.entry_id
                          WHERE e.at >= CAST(:cutoff AS date)::timestamp AT TIME ZONE 'Asia/Tokyo'),
                        (SELECT count(*) FROM journal_leaf))"""), {"cutoff": cutoff}) or 0)


def statement(kind: str, table: str) -> str:
    """対象の行: a query for the ids of the rows of *table* that go with *kind*; binds cutoff, final, unregistered."""
    where = KINDS[kind].tables[table]
    if kind == "case_file":
        return f"SELECT t.id FROM {table} t CROSS JOIN (SELECT array_agg(id) AS ids FROM ({_PEOPLE}) AS past) AS people WHERE {where}"
    return f"SELECT t.id FROM {table} t WHERE {where}"


def binds(cutoff: date) -> dict[str, Any]:
    """What every such query binds."""
    return {"cutoff": cutoff, "final": list(FINAL_STATES), "unregistered": list(UNREGISTERED)}
