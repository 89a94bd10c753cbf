"""住民情報・税情報の取込: full and delta files in one transaction; nothing is overwritten, a contradiction waits for a person."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import polars as pl
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from exchange.register_file import LAYOUTS, MESSAGES, Layout, Read, Set, read_set, set_of
from exchange.table_file import EnvelopeWrong
from models.journal import Action
from models.register import ImportSet
from procedures import journal
from procedures.actor import Actor
from procedures.city import City
from procedures.columns import WITHHELD
from procedures.import_report import Fault, Report
from procedures.lookup import codes_of
from procedures.protection import hidden_among
from procedures.refusal import Refused
from procedures.register_link import link_where_one_fits
from procedures.register_work import tell_movements, tell_taxes
from translations.wording import said

WHEREABOUTS: Final = ("postal_code", "address", "address_before", "address_after")
TABLES: Final = {"residents": "addressee", "taxes": "tax_row"}
# 課税区分 of the file (0/1) as our code list has it: with an income levy, per-capita only, not taxed.
TAXATION: Final = (pl.when((pl.col("taxation") == "1") & (pl.col("income_levy_yen") != "0")).then(pl.lit("1"))
                   .when(pl.col("taxation") == "1").then(pl.lit("2")).otherwise(pl.lit("3")))


def import_register(session: Session, actor: Actor, kind: str, file_name: str, raw: bytes, manifest: bytes | None,
                    city: City, now: datetime) -> Report:
    """取り込む: good new rows are stored, contradictions wait, the rest is named; or the file is refused whole.

    The caller commits. The report says: read = accepted + rejected + held + already.
    """
    report = Report(file_name, kind)
    try:
        found = set_of(file_name, raw, manifest)
        if found.kind != kind:
            raise EnvelopeWrong("name", "ほかの種類のファイルです。取込の種類を確かめてください。")
        report.totals = {"declared": found.declared, "counted": 0}
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": f"import {kind}"})
        if _was_imported(session, found):
            report.read = report.already = report.totals["counted"] = found.declared
            return report
        read = read_set(found, raw, _codes(session, found.made_on))
        _store(session, actor, found, read, report, city, now)
    except EnvelopeWrong as wrong:
        report = Report(file_name, kind, totals=report.totals)
        report.reject(Fault(0, "", "", wrong.code, wrong.message))
        report.rejected = 0
    return report


def _codes(session: Session, on: date) -> Mapping[str, Mapping[str, str]]:
    return codes_of(session, {"sex", "off_register", "movement", "cancellation"}, on)


def _was_imported(session: Session, found: Set) -> bool:
    """同じ組か: the same file again changes nothing; another file under its number, or a gap before it, is refused."""
    same = session.scalars(select(ImportSet).where(
        ImportSet.kind == found.kind, ImportSet.sequence == found.sequence)).first()
    if same is not None:
        if same.sha256 == found.sha256:
            return True
        raise EnvelopeWrong("sequence", "この連番のファイルは、別の内容で取込済みです。送り元に連番を確かめてください。")
    newest = session.scalar(select(func.max(ImportSet.sequence)).where(ImportSet.kind == found.kind))
    if newest is not None and found.sequence != newest + 1:
        raise EnvelopeWrong("sequence", said("連番が飛んでいます。次は %(next)s です。先に届いたファイルから取り込んでください。",
                                             next=f"{newest + 1:04}"))
    return False


def _store(session: Session, actor: Actor, found: Set, read: Read, report: Report, city: City, now: datetime) -> None:
    layout, table = LAYOUTS[found.kind], TABLES[found.kind]
    for fault in read.faults:
        report.errors.append(Fault(fault.line, layout.record, fault.item, fault.code, MESSAGES[fault.code]))
    report.read, report.rejected = read.count, len(read.faulty_lines)
    report.totals["counted"] = read.count
    _stage(session, layout, table, read.rows, is_taxes=found.kind == "taxes")
    _refuse_gaps(session, layout, table)
    stored = ImportSet(kind=found.kind, file_name=found.file_name, is_full=found.is_full, sequence=found.sequence,
                       made_on=found.made_on, sha256=found.sha256, imported_at=now, report={})
    session.add(stored)
    session.flush()
    report.held = _hold(session, layout, table, stored.id)
    cancelled = _cancel(session, layout, table) if found.kind == "residents" else 0
    report.accepted = _insert(session, layout, table) + cancelled
    report.already = len(read.rows) - report.accepted - report.held
    if found.is_full:
        report.totals["missing"] = _missing(session, layout, table, found)
    if found.kind == "residents":
        link_where_one_fits(session)
        told = tell_movements(session, found.made_on)
    else:
        told = tell_taxes(session, found.made_on, city)
    stored.report = {"read": report.read, "accepted": report.accepted, "rejected": report.rejected, "held": report.held,
                     "already": report.already, "work": told, "totals": report.totals}
    journal.record(session, actor, Action.IMPORTED, stored, detail={"kind": found.kind, "rows": report.accepted})
    session.flush()


def _stage(session: Session, layout: Layout, table: str, rows: pl.DataFrame, *, is_taxes: bool) -> None:
    """The good rows in a table of this transaction, typed as the real one."""
    names = [column.name for column in layout.columns]
    session.execute(text(f"DROP TABLE IF EXISTS staged; CREATE TEMP TABLE staged ON COMMIT DROP AS SELECT "
                         f"{', '.join(names)} FROM {table} LIMIT 0"))
    session.execute(text("ALTER TABLE staged ADD line int, ADD update text, ADD is_new boolean DEFAULT true"))
    if "update" not in rows.columns:
        rows = rows.with_columns(update=pl.lit("U"))
    if is_taxes:
        rows = rows.with_columns(taxation=TAXATION)
    rows = rows.with_columns(pl.col(pl.String).replace("", None))
    columns = [*names, "line", "update"]
    cursor = session.connection().connection.cursor()
    with cursor.copy(f"COPY staged ({', '.join(columns)}) FROM STDIN (FORMAT csv, NULL '')") as copy:
        copy.write(rows.select(columns).write_csv(include_header=False).encode())
    keys = " AND ".join(f"k.{name} = s.{name}" for name in layout.key)
    session.execute(text(f"CREATE INDEX ON staged ({', '.join(layout.key)})"))
    session.execute(text(f"ANALYZE staged; UPDATE staged AS s SET is_new = false FROM {table} AS k WHERE {keys}"))


def _refuse_gaps(session: Session, layout: Layout, table: str) -> None:
    """履歴番号 go on from the last known without a gap, and no key comes twice in one file."""
    person = layout.key[:-1]
    names = ", ".join(person)
    doubled = session.execute(text(
        f"SELECT min(line) FROM staged GROUP BY {', '.join(layout.key)} HAVING count(*) > 1 LIMIT 1")).scalar()
    if doubled:
        raise EnvelopeWrong("doubled", said("%(line)s行目の番号と履歴番号が、ファイルの中で重なっています。送り元に確かめてください。", line=doubled))
    gap = session.execute(text(f"""
        SELECT min(f.line) FROM (
          SELECT {names}, min(history_number) AS low, max(history_number) AS high, count(*) AS rows, min(line) AS line
          FROM staged WHERE is_new GROUP BY {names}) f
        LEFT JOIN LATERAL (SELECT coalesce(max(k.history_number), 0) AS last FROM {table} k
          WHERE {' AND '.join(f'k.{name} = f.{name}' for name in person)}) known ON true
        WHERE f.high - f.low + 1 <> f.rows OR f.low <> known.last + 1""")).scalar()
    if gap:
        raise EnvelopeWrong("history_gap", said("%(line)s行目の人の履歴番号が飛んでいます。間の履歴を含めて送り直してもらってください。", line=gap))


def _hold(session: Session, layout: Layout, table: str, set_id: int) -> int:
    """保留: a known key with other content, but for what a cancellation (C) changes, waits for a person."""
    differs = " OR ".join(f"k.{c.name} IS DISTINCT FROM s.{c.name}" for c in layout.columns
                          if c.name not in (*layout.key, "cancellation"))
    keys = " AND ".join(f"k.{name} = s.{name}" for name in layout.key)
    content = ", ".join(f"'{c.name}', s.{c.name}" for c in layout.columns)
    return int(session.execute(text(f"""
        WITH held AS (
          INSERT INTO held_row (set_id, line, reason, content)
          SELECT :set, s.line, 'conflict', jsonb_build_object({content}) FROM staged s JOIN {table} k ON {keys}
          WHERE NOT s.is_new AND ({differs} OR (s.update <> 'C' AND k.cancellation IS DISTINCT FROM s.cancellation))
          RETURNING line)
        SELECT count(*) FROM held"""), {"set": set_id}).scalar_one())


def _cancel(session: Session, layout: Layout, table: str) -> int:
    """取消: an existing row is marked as cancelled; what it said stays."""
    keys = " AND ".join(f"k.{name} = s.{name}" for name in layout.key)
    return int(session.execute(text(f"""
        WITH gone AS (
          UPDATE {table} AS k SET cancellation = s.cancellation, version = k.version + 1 FROM staged s WHERE {keys}
            AND s.update = 'C' AND k.cancellation IS DISTINCT FROM s.cancellation
            AND NOT EXISTS (SELECT 1 FROM held_row h JOIN import_set i ON i.id = h.set_id
                            WHERE h.line = s.line AND i.id = (SELECT max(id) FROM import_set))
          RETURNING 1)
        SELECT count(*) FROM gone""")).scalar_one())


def _insert(session: Session, layout: Layout, table: str) -> int:
    names = ", ".join(column.name for column in layout.columns)
    return int(session.execute(text(f"""
        WITH stored AS (INSERT INTO {table} ({names}) SELECT {names} FROM staged WHERE is_new RETURNING 1)
        SELECT count(*) FROM stored""")).scalar_one())


def _missing(session: Session, layout: Layout, table: str, found: Set) -> int:
    """全件との突合: rows we know and a full file does not name; counted, never deleted."""
    keys = " AND ".join(f"k.{name} = s.{name}" for name in layout.key)
    year = " AND k.tax_year IN (SELECT tax_year FROM staged)" if found.kind == "taxes" else ""
    return int(session.execute(text(
        f"SELECT count(*) FROM {table} k WHERE NOT EXISTS (SELECT 1 FROM staged s WHERE {keys}){year}")).scalar_one())


def sets(session: Session, most: int = 30) -> list[ImportSet]:
    """取り込んだファイル, the newest first."""
    return list(session.scalars(select(ImportSet).order_by(ImportSet.id.desc()).limit(most)))


@dataclass(frozen=True)
class Held:
    """保留した行: where it stands, and item by item what is known and what came, where they differ."""

    id: int
    line: int
    kind: str
    file_name: str
    differing: tuple[tuple[str, str, str], ...]


def held_rows(session: Session, actor: Actor, most: int = 200) -> list[Held]:
    """保留した行 that wait, the oldest first; whereabouts of protected households only for who may see them.

    Whom they showed is journalled.
    """
    rows = list(session.execute(text("""
        SELECT h.id, h.line, h.content, i.kind, i.file_name,
               (SELECT r.id FROM recipient r WHERE r.file_number = h.content ->> 'file_number' LIMIT 1) AS recipient_id,
               CASE i.kind WHEN 'residents' THEN (SELECT to_jsonb(a) FROM addressee a
                   WHERE a.municipality = h.content ->> 'municipality' AND a.file_number = h.content ->> 'file_number'
                     AND a.history_number = (h.content ->> 'history_number')::int)
               ELSE (SELECT to_jsonb(t) FROM tax_row t
                   WHERE t.municipality = h.content ->> 'municipality' AND t.file_number = h.content ->> 'file_number'
                     AND t.tax_year = (h.content ->> 'tax_year')::int
                     AND t.history_number = (h.content ->> 'history_number')::int) END AS known
        FROM held_row h JOIN import_set i ON i.id = h.set_id
        WHERE h.decided_at IS NULL ORDER BY h.id LIMIT :most"""), {"most": most}))
    if rows:
        journal.record(session, actor, Action.LISTED, detail={
            "held_rows": [row.id for row in rows], "recipients": sorted({row.recipient_id for row in rows if row.recipient_id})})
    hidden = set() if actor.sees_withheld else hidden_among(session, [row.content["file_number"] for row in rows])
    return [Held(row.id, row.line, row.kind, row.file_name, _differing(
        LAYOUTS[row.kind], row.known or {}, row.content, hides=row.content["file_number"] in hidden)) for row in rows]


def _differing(layout: Layout, known: Mapping[str, Any], came: Mapping[str, Any], *,
               hides: bool) -> tuple[tuple[str, str, str], ...]:
    def shown(name: str, value: Any) -> str:
        return WITHHELD if hides and name in WHEREABOUTS else "—" if value is None else str(value)

    return tuple((column.heading, shown(column.name, known.get(column.name)), shown(column.name, came.get(column.name)))
                 for column in layout.columns if known.get(column.name) != came.get(column.name))


def decide_held(session: Session, actor: Actor, number: int, take: bool, note: str, now: datetime) -> None:
    """保留を判断する: the row we know stays, or takes the content that came; either way with its reason."""
    if not note.strip():
        raise Refused("判断の理由を入力してください。")
    row = session.execute(text(
        "SELECT h.content, i.kind FROM held_row h JOIN import_set i ON i.id = h.set_id"
        " WHERE h.id = :id AND h.decided_at IS NULL FOR UPDATE OF h"), {"id": number}).one_or_none()
    if row is None:
        raise Refused("この行はもう判断されています。一覧を開き直してください。")
    if take:
        layout, table = LAYOUTS[row.kind], TABLES[row.kind]
        names = [column.name for column in layout.columns if column.name not in layout.key]
        keys = " AND ".join(f"k.{name} = c.{name}" for name in layout.key)
        session.execute(text(
            f"UPDATE {table} AS k SET version = k.version + 1, {', '.join(f'{name} = c.{name}' for name in names)}"
            f" FROM jsonb_populate_record(NULL::{table}, CAST(:content AS jsonb)) AS c WHERE {keys}"),
            {"content": json.dumps(row.content)})
    session.execute(text("UPDATE held_row SET decision = :decision, note = :note, decided_by = :who, decided_at = :now"
                         " WHERE id = :id"), {"decision": "taken" if take else "kept", "note": note.strip(),
                                              "who": actor.user_id, "now": now, "id": number})
    journal.record(session, actor, Action.CHANGED, detail={"held_row": number, "taken": take})
    session.flush()
