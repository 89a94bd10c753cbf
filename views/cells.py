"""升目: how a recorded value stands in a list or on a page: 和暦, separators, labels, and 不開示 where it must."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _

from procedures.columns import STATE_LABELS, WITHHELD, Column
from rules import era_date

Labels = Mapping[str, Mapping[str, str]]


@lru_cache(maxsize=50_000)
def short_date(day: date) -> str:
    """A date as office lists write it: R8.4.1."""
    era = era_date.era_of(day)
    written = era_date.era_text(day).removeprefix(era.name).replace("元年", "1年")
    return era.letter + written.replace("年", ".").replace("月", ".").removesuffix("日")


def cell(column: Column, value: Any, labels: Labels, *, is_hidden: bool = False) -> str:
    """Return the text of one value; a withheld person's whereabouts are named as such, not left out."""
    return writer(column, labels, is_hidden=is_hidden)(value)


def writer(column: Column, labels: Labels, *, is_hidden: bool = False) -> Callable[[Any], str]:
    """Return what writes the values of one column; a list asks once a column, not once a cell."""
    if is_hidden and column.tells_where:
        return _hidden
    if column.codes:
        known = labels.get(column.codes, {})
        return lambda value: _labelled(known, value)
    if column.kind == "state":
        return lambda value: _(STATE_LABELS[column.key].get(value, value))
    return _WRITERS.get(column.kind, _plain)


def _hidden(value: Any) -> str:
    return _(WITHHELD) if value else ""


def _labelled(known: Mapping[str, str], value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "・".join(known.get(each, each) for each in value)
    return known.get(value, value)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return f"{value.astimezone():%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def _postal_code(value: str | None) -> str:
    return f"{value[:3]}-{value[3:]}" if value and len(value) == 7 else value or ""


_WRITERS: dict[str, Callable[[Any], str]] = {
    "bool": lambda value: _("該当") if value else "",
    "date": lambda value: short_date(value) if value else "",
    "yen": lambda value: "" if value is None else f"{value:,}",
    "postal_code": _postal_code,
}
