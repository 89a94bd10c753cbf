"""升目: how a recorded value stands in a list or on a page: 和暦, separators, labels, and 不開示 where it must."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from app.words import day_writer, short_moment
from procedures.columns import STATE_LABELS, WITHHELD, Column

Labels = Mapping[str, Mapping[str, str]]


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
    if column.kind == "date":
        write = day_writer()
        return lambda value: write(value) if value else ""
    if column.kind == "state":
        states = {state: _(label) for state, label in STATE_LABELS[column.key].items()}
        return lambda value: states.get(value, value)
    if column.kind == "bool":
        applies = _("該当")
        return lambda value: applies if value else ""
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
    return short_moment(value) if isinstance(value, datetime) else str(value)


def _postal_code(value: str | None) -> str:
    return f"{value[:3]}-{value[3:]}" if value and len(value) == 7 else value or ""


_WRITERS: dict[str, Callable[[Any], str]] = {
    "yen": lambda value: "" if value is None else f"{value:,}",
    "postal_code": _postal_code,
}
