"""升目: how a recorded value stands in a list or on a page: 和暦, separators, labels, and 不開示 where it must."""

from collections.abc import Mapping, Sequence
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
    if value is None or value == "":
        return ""
    if is_hidden and column.tells_where:
        return _(WITHHELD)
    if column.codes:
        known = labels.get(column.codes, {})
        return "・".join(known.get(each, each) for each in (value if isinstance(value, list) else [value]))
    if column.kind == "state":
        return _(STATE_LABELS[column.key].get(value, value))
    return _plain(column.kind, value)


def _plain(kind: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("該当") if value else ""
    if isinstance(value, datetime):
        return f"{value.astimezone():%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return short_date(value)
    if kind == "yen":
        return f"{value:,}"
    if kind == "postal_code" and len(value) == 7:
        return f"{value[:3]}-{value[3:]}"
    return str(value)


def row(columns: Sequence[Column], values: Sequence[Any], labels: Labels, *, is_hidden: bool) -> list[str]:
    """Return the texts of one row of a list."""
    return [cell(column, value, labels, is_hidden=is_hidden) for column, value in zip(columns, values, strict=True)]
