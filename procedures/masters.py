"""台帳の管理: code lists and masters as dated rows; a row is added, corrected or ended, never deleted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Boolean, Date, Integer, func, inspect, or_, select
from sqlalchemy.orm import Session

from models.codes import (
    Bank,
    BankBranch,
    CodeEntry,
    CodeList,
    Disease,
    Facility,
    Insurer,
    Municipality,
    RequiredAttachment,
)
from models.journal import Action
from procedures import journal
from procedures.actor import Actor
from procedures.checklist import CIRCUMSTANCES
from procedures.lookup import codes_of
from procedures.model_row import RowRefused, check_version
from rules import numbers
from rules.era_date import NotADate, parse_date
from rules.spelling import grams
from translations.wording import said

_KEPT_BY_US: Final = ("id", "created_at", "version", "list_id", "grams")


@dataclass(frozen=True)
class Column:
    """列: one column of a master as its form shows it."""

    name: str
    label: str
    kind: str
    is_required: bool
    length: int | None


@dataclass(frozen=True)
class Master:
    """台帳: one table of masters, or one code list."""

    noun: str
    label: str
    model: Any
    keys: tuple[str, ...]
    title: str = "name"
    number_kind: str | None = None
    code_list: CodeList | None = None

    @property
    def columns(self) -> list[Column]:
        """Every column the office may write, in the order of the table."""
        return columns_of(self.model)

    @property
    def shared(self) -> dict[str, Any]:
        """What all rows of this master have in common."""
        return {"list_id": self.code_list.id} if self.code_list else {}


MASTERS: Final[dict[str, Master]] = {each.noun: each for each in (
    Master("diseases", "指定難病", Disease, ("number",)),
    Master("facilities", "指定医療機関", Facility, ("number",), number_kind="facility"),
    Master("insurers", "保険者", Insurer, ("number",), number_kind="insurer"),
    Master("municipalities", "市区町村", Municipality, ("number",)),
    Master("banks", "金融機関", Bank, ("number",)),
    Master("branches", "金融機関の支店", BankBranch, ("bank_number", "number", "name")),
    Master("attachments", "必要な添付書類", RequiredAttachment, ("application_kind", "attachment", "circumstance"),
           "attachment"),
)}


def columns_of(model: Any) -> list[Column]:
    """台帳の列: every column of a master's table that the office may write, in the order of the table."""
    return [_column(each) for each in inspect(model).columns if each.key not in _KEPT_BY_US]


def natural_order(model: Any) -> tuple[Any, ...]:
    """台帳の順: code lists as they are printed, everything else by its number, 9 before 10."""
    if model is CodeEntry:
        return model.position, model.code, model.id
    if model is BankBranch:
        return model.bank_number, model.number, model.id
    if model is RequiredAttachment:
        return func.length(model.application_kind), model.application_kind, model.attachment, model.id
    return func.length(model.number), model.number, model.id


def _column(column: Any) -> Column:
    kinds = ((Date, "date"), (Boolean, "bool"), (Integer, "count"))
    kind = next((name for type_, name in kinds if isinstance(column.type, type_)), "text")
    return Column(column.key, column.comment or column.key, kind, not column.nullable and column.server_default is None,
                  getattr(column.type, "length", None))


def open_master(session: Session, noun: str) -> Master | None:
    """台帳を開く: a master by its noun or a code list by its name; None where there is none."""
    if noun in MASTERS:
        return MASTERS[noun]
    found = session.scalars(select(CodeList).where(CodeList.name == noun)).one_or_none()
    return Master(noun, found.label, CodeEntry, ("code",), "label", code_list=found) if found else None


def overview(session: Session, on: date) -> tuple[list[tuple[Master, int]], list[tuple[CodeList, int]]]:
    """台帳の一覧: masters with their number of rows, code lists with the choices they offer on the day *on*."""
    counts = [(master, session.scalar(select(func.count()).select_from(master.model)) or 0)
              for master in MASTERS.values()]
    held = (CodeEntry.valid_from <= on) & or_(CodeEntry.valid_to.is_(None), CodeEntry.valid_to >= on)
    lists = session.execute(select(CodeList, func.count(CodeEntry.id)).outerjoin(
        CodeEntry, (CodeEntry.list_id == CodeList.id) & held).group_by(CodeList.id).order_by(CodeList.id))
    return counts, [(row[0], row[1]) for row in lists]


def save(session: Session, actor: Actor, master: Master, typed: Mapping[str, str], row: Any = None) -> Any:
    """行の登録・訂正: store what was typed; a new row ends the open one of the same key the day before."""
    if row is not None:
        check_version(row, typed.get("version", ""))
    values = {column.name: _read(column, typed.get(column.name, "")) for column in master.columns}
    if row is not None:
        values |= {name: getattr(row, name) for name in master.keys}
    _judge(session, master, values)
    _make_room(session, master, values, row)
    if master.model is Disease:
        values["grams"] = grams(values["name"])
    act = "changed" if row is not None else "added"
    row = row if row is not None else master.model(**master.shared)
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    journal.record(session, actor, Action.ADMINISTERED, row, detail={"master": master.noun, "act": act})
    return row


def _read(column: Column, text: str) -> Any:
    text = text.strip()
    if column.kind == "bool":
        return text == "1"
    if not text:
        if column.is_required:
            raise RowRefused(column.name, said("「%(label)s」を入力してください。", label=said(column.label)))
        return 0 if column.kind == "count" else None
    if column.kind == "count" and not (text.isascii() and text.isdecimal() and len(text) < 9):
        raise RowRefused(column.name, said("「%(label)s」は0以上の整数で入力してください。", label=said(column.label)))
    if column.length and len(text) > column.length:
        raise RowRefused(column.name, said("「%(label)s」は%(most)s文字までです。", label=said(column.label), most=column.length))
    if column.kind == "date":
        try:
            return parse_date(text)
        except NotADate as wrong:
            raise RowRefused(column.name, said("「%(label)s」: %(fault)s", label=said(column.label), fault=wrong.message)) from wrong
    return int(text) if column.kind == "count" else text


def _judge(session: Session, master: Master, values: Mapping[str, Any]) -> None:
    if master.model is RequiredAttachment:
        _judge_attachment(session, values)
    if master.number_kind and not numbers.valid(master.number_kind, values["number"]):
        raise RowRefused("number", "番号の桁数か検証番号が合いません。番号を確かめてください。")
    if values["valid_to"] and values["valid_to"] < values["valid_from"]:
        raise RowRefused("valid_to", "終了日が開始日より前です。期間を確かめてください。")


def _make_room(session: Session, master: Master, values: Mapping[str, Any], row: Any) -> None:
    """The rows of one key never overlap; an open one ends the day before a new one begins."""
    same_key = {name: values[name] for name in master.keys}
    others = [each for each in session.scalars(select(master.model).filter_by(**same_key, **master.shared))
              if each is not row]
    for other in _overlapping(values, others):
        if row is not None or other.valid_to is not None or other.valid_from >= values["valid_from"]:
            raise RowRefused("valid_from", "同じ番号の別の行と期間が重なります。期間を確かめてください。")
        other.valid_to = values["valid_from"] - timedelta(days=1)
    session.flush()


def _overlapping(values: Mapping[str, Any], others: Iterable[Any]) -> list[Any]:
    first, last = values["valid_from"], values["valid_to"] or date.max
    return [each for each in others if each.valid_from <= last and (each.valid_to or date.max) >= first]


def _judge_attachment(session: Session, values: Mapping[str, Any]) -> None:
    """A line of the checklist names a kind, a document and a circumstance that exist."""
    known = codes_of(session, {"application_kind", "attachment"}, values["valid_from"])
    for name in known:
        if values[name] not in known[name]:
            raise RowRefused(name, "コード表にないコードです。コード表の番号を入力してください。")
    if values["circumstance"] not in CIRCUMSTANCES:
        raise RowRefused("circumstance", said("必要になる場合は、次のどれかです: %(list)s", list=", ".join(CIRCUMSTANCES)))
