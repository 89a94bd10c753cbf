"""台帳の一行: what a line of a master's file must say, and what it is stored as."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from exchange.table_file import Line
from models.codes import CodeEntry, Disease, Facility, Municipality
from procedures.master_files import KIND_OF_TABLE, MasterFile
from rules import numbers
from rules.era_date import NotADate, parse_date
from rules.spelling import digits, grams
from translations.wording import said

FIRST_DAY: Final = date(2015, 1, 1)  # 難病法の施行日; a list without first days means "since the law"
LONGEST: Final = {"name": 100, "name_kana": 100, "address": 200, "phone": 20, "kind": 100, "code": 10, "label": 100,
                  "label_en": 100, "own_code": 30, "group_code": 10, "groups": 100}
SPAN: Final = ("valid_from", "valid_to")
_TRUE: Final = frozenset({"1", "true", "○", "該当"})


class RowWrong(Exception):
    """One row cannot be taken; the others can."""

    def __init__(self, item: str, code: str, message: str) -> None:
        super().__init__(message)
        self.item, self.code, self.message = item, code, message


def values_of(master: MasterFile, line: Line) -> dict[str, Any]:
    """行の値: what is stored of one line; RowWrong."""
    if not line.is_whole:
        raise RowWrong("row", "columns", "列の数が見出しと違います。この行を確かめてください。")
    values: dict[str, Any] = {name: line.values.get(name) or None for name in master.columns}
    _demand(master, values)
    _judge_numbers(master, values)
    if master.model in _MADE:
        values |= _MADE[master.model](values)
    for name, longest in LONGEST.items():
        if len(values.get(name) or "") > longest:
            raise RowWrong(name, "too_long", said("%(most)s文字を超えています。短くしてください。", most=longest))
    return values | _span(values)


def _demand(master: MasterFile, values: Mapping[str, Any]) -> None:
    for name in (*master.keys, master.name):
        if not values[name]:
            raise RowWrong(name, "missing", "番号か名称がありません。この行を確かめてください。")
    for name in master.demanded:
        if not values[name]:
            raise RowWrong(name, "missing", "記入のない列があります。この行を確かめてください。")


def _judge_numbers(master: MasterFile, values: dict[str, Any]) -> None:
    for name, length in master.lengths.items():
        values[name] = digits(values[name])
        if not (values[name].isascii() and values[name].isdecimal() and len(values[name]) == length):
            raise RowWrong(name, "format", said("%(lengths)s桁の数字で入力してください。", lengths=length))
    if master.number_kind:
        values["number"] = digits(values["number"])
        if not numbers.valid(master.number_kind, values["number"]):
            raise RowWrong("number", "check_digit", "番号の桁数か検証番号が合いません。番号を確かめてください。")


def _facility(values: Mapping[str, Any]) -> dict[str, Any]:
    code = digits(values["postal_code"] or "") or None
    if code and not (code.isascii() and code.isdigit() and len(code) == 7):
        raise RowWrong("postal_code", "format", "郵便番号は7桁です。この行を確かめてください。")
    kind = values["kind"] or KIND_OF_TABLE.get(values["number"][2])
    if not kind:
        raise RowWrong("kind", "missing", "種別がありません。この行を確かめてください。")
    return {"postal_code": code, "kind": kind}


def _municipality(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"is_designated_city": (values["is_designated_city"] or "").lower() in _TRUE}


def _disease(values: Mapping[str, Any]) -> dict[str, Any]:
    number = digits(values["number"])
    if not (number.isascii() and number.isdecimal() and 0 < int(number) < 10_000):
        raise RowWrong("number", "format", "告示番号は数字です。この行を確かめてください。")
    return {"number": str(int(number)), "grams": grams(values["name"])}


def _code(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"position": int(values["position"]) if (values["position"] or "").isdecimal() else 0}


_MADE: Final[dict[Any, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
    Facility: _facility, Municipality: _municipality, Disease: _disease, CodeEntry: _code}


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
