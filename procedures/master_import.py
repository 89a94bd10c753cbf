"""台帳の取込: lists of facilities, insurers, municipalities, banks … as CSV; dated rows, checked one by one.

The same file twice changes nothing. A number under a later first day is a new name or designation: the row before it
ends the day before.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.table_file import EnvelopeWrong, Line, read_table
from models.codes import CodeList
from models.journal import Action
from procedures import journal
from procedures.actor import Actor
from procedures.import_report import Fault, Report
from procedures.master_files import MASTER_FILES, MasterFile, codes_file
from procedures.master_row import SPAN, RowWrong, values_of

ONE_DAY: Final = timedelta(days=1)
Key = tuple[str, ...]


def import_masters(session: Session, actor: Actor, kind: str, file_name: str, raw: bytes) -> Report:
    """台帳の取込: take a whole file in one transaction and report on every row of it."""
    return _import(session, actor, MASTER_FILES[kind], Report(file_name, kind), raw)


def import_codes(session: Session, actor: Actor, code_list: CodeList, file_name: str, raw: bytes) -> Report:
    """コード表の取込: the same for the choices of one list."""
    return _import(session, actor, codes_file(code_list), Report(file_name, code_list.name), raw)


def _import(session: Session, actor: Actor, master: MasterFile, report: Report, raw: bytes) -> Report:
    try:
        lines = read_table(raw, master.columns, master.required)
    except EnvelopeWrong as wrong:
        report.errors.append(Fault(0, "file", "file", wrong.code, wrong.message))
        return report
    report.read = report.totals["counted"] = len(lines)
    taking = Taking(session, master, f"取込 {report.file}")
    for line in lines:
        try:
            was_known = taking.take(line)
        except RowWrong as wrong:
            report.reject(Fault(line.number, master.number_kind or "code", wrong.item, wrong.code, wrong.message))
        else:
            report.already += was_known
            report.accepted += not was_known
    session.flush()
    journal.record(session, actor, Action.IMPORTED, detail={
        "kind": report.kind, "read": report.read, "accepted": report.accepted, "rejected": report.rejected,
        "already": report.already})
    return report


class Taking:
    """取込の途中: the rows we hold by number, oldest first, and what this file said so far."""

    def __init__(self, session: Session, master: MasterFile, source: str) -> None:
        self.session, self.master, self.source = session, master, source
        self.said: dict[tuple[Key, date], dict[str, Any]] = {}
        self.held: dict[Key, list[Any]] = {}
        for row in session.scalars(select(master.model).filter_by(**master.shared).order_by(
                master.model.valid_from)):
            self.held.setdefault(tuple(getattr(row, name) for name in master.keys), []).append(row)

    def take(self, line: Line) -> bool:
        """Store one row; True where we had it already, exactly so."""
        values = values_of(self.master, line)
        key = tuple(values[name] for name in self.master.keys)
        if self.said.setdefault((key, values["valid_from"]), values) != values:
            raise RowWrong(self.master.keys[0], "duplicate",
                           "同じ番号と開始日で内容の違う行があります。ファイルを確かめてください。")
        rows = self.held.setdefault(key, [])
        told = {name: values[name] for name in values if name in line.values or name not in self.master.columns}
        same = next((row for row in rows if row.valid_from == values["valid_from"]), None)
        if same is None and self._holds_already(rows, told):
            return True
        values = _fitted(values, rows)
        if same:
            return self._bring_up_to_date(same, {name: values[name] for name in told})
        self._end_before(values["valid_from"], rows)
        row = self.master.model(**values, **self.master.shared, source=self.source)
        self.session.add(row)
        rows.append(row)
        rows.sort(key=attrgetter("valid_from"))
        return False

    def _holds_already(self, rows: list[Any], told: Mapping[str, Any]) -> bool:
        """Whether a snapshot of a later day says of a number only what holds on that day anyhow."""
        if not self.master.is_snapshot or told.get("valid_to"):
            return False
        day = told["valid_from"]
        now = next((row for row in rows if row.valid_from <= day and (row.valid_to is None or row.valid_to >= day)), None)
        return now is not None and all(getattr(now, name) == value for name, value in told.items() if name not in SPAN)

    def _end_before(self, day: date, rows: list[Any]) -> None:
        before = next((row for row in reversed(rows) if row.valid_from < day), None)
        if before and before.valid_to is None:
            before.valid_to = day - ONE_DAY
            self.session.flush()  # the table refuses two rows of one number on one day, at every moment
        elif before and before.valid_to >= day:
            raise RowWrong("valid_from", "overlap", "同じ番号の前の期間と重なります。期間を確かめてください。")

    def _bring_up_to_date(self, row: Any, values: Mapping[str, Any]) -> bool:
        changed = {name: value for name, value in values.items() if getattr(row, name) != value}
        for name, value in changed.items():
            setattr(row, name, value)
        if changed:
            row.source = self.source
        return not changed


def _fitted(values: dict[str, Any], rows: list[Any]) -> dict[str, Any]:
    """The row's own last day, or without one the day before the next row of the same number."""
    later = next((row for row in rows if row.valid_from > values["valid_from"]), None)
    if later and values["valid_to"] and values["valid_to"] >= later.valid_from:
        raise RowWrong("valid_to", "overlap", "同じ番号の次の期間と重なります。期間を確かめてください。")
    return values | ({"valid_to": later.valid_from - ONE_DAY} if later and not values["valid_to"] else {})
