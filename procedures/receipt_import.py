"""レセプトの取込: a file in one transaction, batch by batch through all checks; refused whole, or stored with what it raised."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.receipt_rows import MESSAGES, Batch, Reading
from exchange.table_file import EnvelopeWrong
from models.journal import Action
from models.receipt import ReceiptSet
from procedures import accumulation, holders, journal
from procedures.actor import Actor
from procedures.costly_months import tell_long_term
from procedures.import_report import Fault, Report
from procedures.paid_months import paid_months
from procedures.receipt_findings import find_in_months, find_repeats
from procedures.receipt_severity import severities
from procedures.receipt_store import FINDING, HELD, STORED, Numbers, Writer, as_held, as_stored
from procedures.receipt_vault import ReceiptVault
from rules.receipt_check import BY_CODE, IGNORE, claim_key, failing
from rules.receipt_join import Known, joined
from rules.receipt_split import completed

JAPAN: Final = ZoneInfo("Asia/Tokyo")
MOST_NAMED: Final = 100_000  # rows named in a report; what is beyond is counted
MOST_KEPT: Final = 500  # of them kept with the file


@dataclass(frozen=True)
class Incoming:
    """届いたファイル: what is known of it before it is read; its bytes lie in the vault."""

    file_name: str
    sha256: str
    size_bytes: int
    format: str


@dataclass(frozen=True)
class Place:
    """当市: where received files lie, and the two payer numbers that are ours (一般, 生活保護)."""

    vault: ReceiptVault
    payers: tuple[str, str]


@dataclass
class _Run:
    """取込の途中: the file, what its rows are compared with, and what was seen; grows with people and months, not with rows' width."""

    incoming: Incoming
    vault: ReceiptVault
    known: Known
    severities: Mapping[str, str]
    numbers: Numbers
    report: Report
    day: date
    set_id: int = 0
    months: accumulation.Gathered = field(default_factory=accumulation.Gathered)
    keys: list[pl.DataFrame] = field(default_factory=list)
    findings: dict[str, int] = field(default_factory=dict)


def import_receipts(session: Session, actor: Actor, incoming: Incoming, reading: Reading, place: Place, now: datetime,
                    progress: Callable[[int], None] | None = None) -> Report:
    """取り込む: read = accepted + rejected + held, or ``already`` where this file is stored; nothing where it is refused.

    The caller commits. *progress* hears after each batch how many receipts were read.
    """
    report = Report(incoming.file_name, "receipts")
    numbers = Numbers(session)
    before = session.scalars(select(ReceiptSet).where(
        ReceiptSet.sha256 == incoming.sha256, ReceiptSet.undone_at.is_(None))).one_or_none()
    if before is not None:
        report.read = report.already = int(before.report["read"])
        report.totals = dict(before.report["totals"])
        return report
    try:
        with session.begin_nested():
            run = _begin(session, incoming, place, numbers, report, now.astimezone(JAPAN).date())
            _store(session, actor, run, reading, now, progress or _nobody)
    except EnvelopeWrong as wrong:
        report = Report(incoming.file_name, "receipts", totals=_totals(reading))
        report.errors.append(Fault(0, "", "", wrong.code, wrong.message))
    return report


def known_now(session: Session, payers: tuple[str, str]) -> Known:
    """突合の相手 as they are now, each read in one statement."""
    return Known(holders.holders(session), holders.facilities(session), paid_months(session), payers)


def _nobody(read: int) -> None:
    return None


def _begin(session: Session, incoming: Incoming, place: Place, numbers: Numbers, report: Report, day: date) -> _Run:
    known, graded = known_now(session, place.payers), dict(severities(session, day))
    if known.facilities.is_empty():
        graded["W5"] = IGNORE  # a city without a list of institutions cannot ask who is on it
    return _Run(incoming, place.vault, known, graded, numbers, report, day)


def _store(session: Session, actor: Actor, run: _Run, reading: Reading, now: datetime, progress: Callable[[int], None]) -> None:
    incoming, report = run.incoming, run.report
    kept = ReceiptSet(file_name=incoming.file_name, sha256=incoming.sha256, size_bytes=incoming.size_bytes,
                      format=incoming.format, imported_at=now, imported_by=actor.user_id, report={})
    session.add(kept)
    session.flush()
    run.set_id = kept.id
    with Writer(session) as writer:
        for batch in reading.batches():
            _take(writer, run, batch)
            progress(report.read)
    run.numbers.close()
    report.totals = _totals(reading)
    report.errors.sort(key=lambda fault: fault.line)
    _count_months(session, run)
    told = tell_long_term(session, run.day) if report.accepted else 0  # where every line was held, no month changed
    kept.agency, kept.receipts = reading.agency, report.accepted
    if report.accepted:
        kept.first_id, kept.last_id = run.numbers.first, run.numbers.next - 1
    kept.report = _as_kept(run, reading) | {"work": told}
    journal.record(session, actor, Action.IMPORTED, kept, detail={"kind": "receipts", "rows": report.accepted})
    session.flush()


def _take(writer: Writer, run: _Run, batch: Batch) -> None:
    """One batch through the checks: what a check blocks is held, the rest is stored with what it raised."""
    report = run.report
    report.read += batch.read
    report.rejected += len({fault.line for fault in batch.faults})
    _name(report, [Fault(each.line, each.record, each.item, each.code, MESSAGES[each.code]) for each in batch.faults])
    if batch.rows.is_empty():
        return
    frame = joined(batch.rows, run.known)
    failed = failing(frame, run.severities)
    stopped = failed.filter(pl.col("severity") == "block")
    if not stopped.is_empty():
        held = frame.join(stopped.group_by("line").agg(codes=pl.col("code").unique().sort()), on="line")
        writer.put("held_receipt", HELD, as_held(held, run.set_id, run.vault, run.incoming.sha256), ("content", "raw"))
        report.held += len(held)
        _name(report, _stopped(stopped))
        frame = frame.join(stopped, on="line", how="anti", maintain_order="left")
    rows = as_stored(completed(frame), run.numbers.give(len(frame)), run.set_id, run.day)
    writer.put("benefit", STORED, rows.sort("recipient_id"), ("benefit_remarks",))  # neighbours share pages of the indexes
    _find(writer, run, rows, failed)
    run.months.add(accumulation.summed(rows))
    run.keys.append(rows.select("id", key=claim_key(rows)))
    report.accepted += len(rows)


def _find(writer: Writer, run: _Run, rows: pl.DataFrame, failed: pl.DataFrame) -> None:
    found = failed.filter(pl.col("severity") == "work").join(rows, on="line")
    for code, count in found.group_by("code").len().iter_rows():
        run.findings[code] = run.findings.get(code, 0) + count
    writer.put("receipt_finding", FINDING, found.with_columns(benefit_id="id"))


def _stopped(stopped: pl.DataFrame) -> list[Fault]:
    return [Fault(line, "", BY_CODE[code].item, code, BY_CODE[code].sentence)
            for line, code in stopped.select("line", "code").iter_rows()]


def _name(report: Report, faults: list[Fault]) -> None:
    report.errors.extend(faults[:max(0, MOST_NAMED - len(report.errors))])


def _count_months(session: Session, run: _Run) -> None:
    """月の合計, and the checks that need the whole file or the whole month."""
    months = run.months.whole()
    if months is None:
        return
    accumulation.stage(session, accumulation.with_caps(months, run.known.holders))
    if run.severities["W6"] != IGNORE:
        run.findings["W6"] = find_repeats(session, run.keys, run.numbers.first, run.set_id)
    accumulation.add_staged(session)
    run.findings |= find_in_months(session, run.set_id, run.severities)


def _totals(reading: Reading) -> dict[str, int | None]:
    """控えと数えた合計: 件数 under the names every import has, points and yen beside them."""
    declared, counted = reading.declared, reading.counted
    return {"declared": declared.count, "counted": counted.count or 0, "declared_points": declared.points,
            "counted_points": counted.points, "declared_yen": declared.yen, "counted_yen": counted.yen}


def _as_kept(run: _Run, reading: Reading) -> dict[str, Any]:
    """残す結果: counts and places, no value of a row."""
    report = run.report
    return {"read": report.read, "accepted": report.accepted, "rejected": report.rejected, "held": report.held,
            "findings": {code: count for code, count in sorted(run.findings.items()) if count},
            "unknown": dict(reading.unknown), "totals": report.totals, "faults": len(report.errors),
            "errors": [{"line": each.line, "record": each.record, "item": each.item, "code": each.code}
                       for each in report.errors[:MOST_KEPT]]}
