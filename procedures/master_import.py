"""台帳の取込: lists of facilities and insurers as CSV; dated rows, checked one by one.

The same file twice changes nothing. A number under a later first day is a new name or designation: the row before it
ends the day before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.table_file import EnvelopeWrong, Line, read_table
from models.codes import CodeEntry, CodeList, Facility, Insurer
from models.journal import Action
from procedures import journal
from procedures.actor import Actor
from procedures.import_report import Fault, Report
from rules import numbers
from rules.era_date import NotADate, parse_date
from rules.spelling import digits
from translations.wording import said

FIRST_DAY: Final = date(2015, 1, 1)  # 難病法の施行日; a list without first days means "since the law"
LONGEST: Final = {"name": 100, "address": 200, "phone": 20, "kind": 100, "code": 10, "label": 100, "label_en": 100,
                  "own_code": 30}
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Master:
    """台帳: its table, what its numbers must satisfy, the headings its columns may have, what all its rows share."""

    model: Any
    number_kind: str | None
    columns: Mapping[str, tuple[str, ...]]
    key: str = "number"
    name: str = "name"
    shared: Mapping[str, Any] = field(default_factory=dict)


_SPAN: Final = {"valid_from": ("適用開始日", "指定開始日", "指定年月日", "指定日"),
                "valid_to": ("適用終了日", "指定終了日", "有効期限")}
MASTERS: Final[dict[str, Master]] = {
    "facilities": Master(Facility, "facility", {
        "number": ("施設番号", "医療機関コード", "医療機関番号", "コード"),
        "name": ("医療機関名", "名称", "医療機関等名称", "施設名"),
        "kind": ("種別", "区分"), "postal_code": ("郵便番号",), "address": ("所在地", "住所"),
        "phone": ("電話番号", "電話"),
        **_SPAN}),
    "insurers": Master(Insurer, "insurer", {
        "number": ("保険者番号", "番号"), "name": ("保険者名", "名称", "保険者名称"), **_SPAN}),
}
CODES: Final = {"code": ("コード",), "label": ("名称",), "label_en": ("名称(英)",), "own_code": ("市の独自コード",),
                "position": ("表示順",), **_SPAN}
# 点数表番号: the third digit of a facility's number says what it claims by.
_KIND_OF_TABLE: Final = {"1": "医科", "3": "歯科", "4": "薬局", "6": "訪問看護"}


class RowWrong(Exception):
    """One row cannot be taken; the others can."""

    def __init__(self, item: str, code: str, message: str) -> None:
        super().__init__(message)
        self.item, self.code, self.message = item, code, message


def import_masters(session: Session, actor: Actor, kind: str, file_name: str, raw: bytes) -> Report:
    """台帳の取込: take a whole file in one transaction and report on every row of it."""
    return _import(session, actor, MASTERS[kind], Report(file_name, kind), raw)


def import_codes(session: Session, actor: Actor, code_list: CodeList, file_name: str, raw: bytes) -> Report:
    """コード表の取込: the same for the choices of one list."""
    master = Master(CodeEntry, None, CODES, "code", "label", {"list_id": code_list.id})
    return _import(session, actor, master, Report(file_name, code_list.name), raw)


def _import(session: Session, actor: Actor, master: Master, report: Report, raw: bytes) -> Report:
    try:
        lines = read_table(raw, master.columns, (master.key, master.name))
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

    def __init__(self, session: Session, master: Master, source: str) -> None:
        self.session, self.master, self.source = session, master, source
        self.said: dict[tuple[str, date], dict[str, Any]] = {}
        self.held: dict[str, list[Any]] = {}
        for row in session.scalars(select(master.model).filter_by(**master.shared).order_by(
                master.model.valid_from)):
            self.held.setdefault(getattr(row, master.key), []).append(row)

    def take(self, line: Line) -> bool:
        """Store one row; True where we had it already, exactly so."""
        values = _values(self.master, line)
        key = values[self.master.key]
        if self.said.setdefault((key, values["valid_from"]), values) != values:
            raise RowWrong(self.master.key, "duplicate",
                           "同じ番号と開始日で内容の違う行があります。ファイルを確かめてください。")
        rows = self.held.setdefault(key, [])
        same = next((row for row in rows if row.valid_from == values["valid_from"]), None)
        values = _fitted(values, rows)
        if same:
            return self._bring_up_to_date(same, {name: values[name] for name in line.values})
        self._end_before(values["valid_from"], rows)
        row = self.master.model(**values, **self.master.shared, source=self.source)
        self.session.add(row)
        rows.append(row)
        rows.sort(key=attrgetter("valid_from"))
        return False

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


def _values(master: Master, line: Line) -> dict[str, Any]:
    if not line.is_whole:
        raise RowWrong("row", "columns", "列の数が見出しと違います。この行を確かめてください。")
    values: dict[str, Any] = {name: line.values.get(name) or None for name in master.columns}
    _key_and_name(master, values)
    if master.model is Facility:
        values |= _facility_values(values)
    if "position" in values:
        values["position"] = int(values["position"]) if (values["position"] or "").isdecimal() else 0
    for name, longest in LONGEST.items():
        if len(values.get(name) or "") > longest:
            raise RowWrong(name, "too_long", said("%(most)s文字を超えています。短くしてください。", most=longest))
    return values | _span(values)


def _key_and_name(master: Master, values: dict[str, Any]) -> None:
    for name in (master.key, master.name):
        if not values[name]:
            raise RowWrong(name, "missing", "番号か名称がありません。この行を確かめてください。")
    if master.number_kind:
        values["number"] = digits(values["number"])
        if not numbers.valid(master.number_kind, values["number"]):
            raise RowWrong("number", "check_digit", "番号の桁数か検証番号が合いません。番号を確かめてください。")


def _facility_values(values: Mapping[str, Any]) -> dict[str, Any]:
    code = digits(values["postal_code"] or "") or None
    if code and not (code.isascii() and code.isdigit() and len(code) == 7):
        raise RowWrong("postal_code", "format", "郵便番号は7桁です。この行を確かめてください。")
    kind = values["kind"] or _KIND_OF_TABLE.get(values["number"][2])
    if not kind:
        raise RowWrong("kind", "missing", "種別がありません。この行を確かめてください。")
    return {"postal_code": code, "kind": kind}


def _span(values: Mapping[str, Any]) -> dict[str, date | None]:
    span: dict[str, date | None] = {"valid_from": FIRST_DAY, "valid_to": None}
    for name in span:
        if values[name]:
            try:
                span[name] = parse_date(values[name])
            except NotADate as wrong:
                raise RowWrong(name, "date", "日付として読めません。この行を確かめてください。") from wrong
    if span["valid_to"] and span["valid_from"] and span["valid_to"] < span["valid_from"]:
        raise RowWrong("valid_to", "period", "終了日が開始日より前です。この行を確かめてください。")
    return span
