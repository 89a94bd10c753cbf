"""頁送り: WHERE (order, number) > (the last row's) instead of OFFSET; a row's number alone stands in the address."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    bindparam,
    func,
    inspect,
    literal,
    not_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from models.items import Record

PAGE_SIZE = 50
# An expression of the listed table, or of its twin when the anchor row is looked up.
Key = Callable[[Any], Any]


@dataclass(frozen=True)
class Order:
    """並び順: one indexed attribute; the row's own number breaks ties; rows without a value come last."""

    attribute: InstrumentedAttribute[Any]
    descending: bool = False


@dataclass(frozen=True)
class Position:
    """どこから: after or before a row; *blank* says that this row has no value to be sorted by."""

    anchor: int | None = None
    backwards: bool = False
    blank: bool = False


@dataclass(frozen=True)
class Half:
    """半分: one run of rows in one order; a page may need the end of one and the beginning of the next."""

    keys: tuple[Key, ...]
    ascending: bool
    anchored: bool
    only: tuple[ColumnElement[bool], ...] = ()


def ordered(statement: Select[Any], model: type[Record], order: Order, position: Position) -> Select[Any]:
    """Return one page of *statement*, and one row more when there is another."""
    up = order.descending == position.backwards
    name = order.attribute.key
    keys: tuple[Key, ...] = (_number,) if name == "id" else (lambda table: getattr(table, name), _number)
    if name == "id" or not inspect(model).columns[name].nullable:
        return _read(statement, model, position, Half(keys, up, anchored=True))
    filled = Half(keys, up, position.anchor is not None and not position.blank, (order.attribute.is_not(None),))
    blank = Half((_number,), up, position.anchor is not None and position.blank, (order.attribute.is_(None),))
    return _first_then(statement, model, position, *_halves(filled, blank, position))


def _halves(filled: Half, blank: Half, position: Position) -> tuple[Half, ...]:
    """The rows with a value come before those without; what lies on the other side of the anchor is not read."""
    if position.backwards:
        return (filled,) if filled.anchored else (blank, filled)
    return (blank,) if blank.anchored else (filled, blank)


def few_or_many(statement: Select[Any], model: type[Record], order: Order, position: Position,
                is_few: ColumnElement[bool]) -> Select[Any]:
    """Return a page of what a name search found: few are sorted, of many the newest come first.

    Walking the kana index in search of a kanji name reads the whole index when its kana lie at the end, and sorting
    tens of thousands of finds is no faster; the empty text keeps the planner from trying the former.
    """
    name = order.attribute.key
    few = Half((lambda table: getattr(table, name).concat(""), _number), order.descending == position.backwards,
               anchored=True, only=(is_few,))
    many = Half((_number,), position.backwards, anchored=True, only=(not_(is_few),))
    return _first_then(statement, model, position, few, many)


def _number(table: Any) -> Any:
    return table.id


def _first_then(statement: Select[Any], model: type[Record], position: Position, *halves: Half) -> Select[Any]:
    if len(halves) == 1:
        return _read(statement, model, position, halves[0])
    read = []
    for place, half in enumerate(halves):
        rows = _read(statement.add_columns(*(key(model).label(f"key{at}") for at, key in enumerate(half.keys))),
                     model, position, half).subquery()
        by = [rows.c[f"key{at}"] for at in range(len(half.keys))]
        rank = func.row_number().over(order_by=[key.asc() if half.ascending else key.desc() for key in by])
        kept = (column for column in rows.c if not column.name.startswith("key"))
        read.append(select(literal(place).label("half"), rank.label("rank"), *kept))
    whole = union_all(*read).subquery()
    shown = (column for column in whole.c if column.name not in ("half", "rank"))
    return select(*shown).order_by(whole.c.half, whole.c.rank).limit(PAGE_SIZE + 1)


def _read(statement: Select[Any], model: type[Record], position: Position, half: Half) -> Select[Any]:
    here = [key(model) for key in half.keys]
    if half.anchored and position.anchor is not None:
        edge = tuple_(*_anchor(model, half))
        statement = statement.where(tuple_(*here) > edge if half.ascending else tuple_(*here) < edge)
    by = (key.asc() if half.ascending else key.desc() for key in here)
    return statement.where(*half.only).order_by(*by).limit(PAGE_SIZE + 1)


def _anchor(model: type[Record], half: Half) -> list[Any]:
    """The anchor row's keys; all but its number are looked up, so that no name stands in an address."""
    twin, number = aliased(model), bindparam("anchor", type_=BigInteger)
    return [number if key is _number else select(key(twin)).where(twin.id == number).scalar_subquery()
            for key in half.keys]
