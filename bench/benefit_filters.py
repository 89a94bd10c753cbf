"""給付の一覧の条件: every filter the screen offers, and every two of them, as a user sends them and as SQL by hand."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from bench.benefit_floor import Asked, of_filter
from procedures.columns import Column
from procedures.pii_uses import may_be_searched
from procedures.terms import RANGES
from rules.spelling import search_key
from views.records import BenefitRecords

AMOUNTS: Final = ("yen", "count")
Form = dict[str, str]
_MIDDLE: Final = """SELECT b.*, r.name, r.name_kana, r.birth_date FROM benefit b JOIN recipient r ON r.id = b.recipient_id
WHERE b.id = (SELECT max(id) / 2 FROM benefit)"""


def filters(connection: psycopg.Connection[Any], *, with_pairs: bool) -> Iterator[tuple[str, Form, tuple[Asked, ...]]]:
    """Each condition by itself, and each two together: its name, what the form sends, what is asked by hand.

    The values are those of the receipt in the middle of all, so that something is always found.
    """
    row = connection.cursor(row_factory=dict_row).execute(_MIDDLE).fetchone() or {}
    single = [each for column in BenefitRecords.listing.columns if may_be_searched(column.pii)
              for each in _of_column(column, row.get(column.attribute.key))]
    for some in (*((each,) for each in single), *(combinations(single, 2) if with_pairs else ())):
        if len({name.split()[0] for name, _, _, _ in some}) == len(some):
            yield (" + ".join(name for name, _, _, _ in some), {key: text for _, form, _, _ in some for key, text in form.items()},
                   of_filter(" AND ".join(where for _, _, where, _ in some), {key: value for *_, values in some for key, value in values.items()}))


def _of_column(column: Column, value: Any) -> Iterator[tuple[str, Form, str, dict[str, Any]]]:
    """What is looked for in one column: the value itself; of an amount or a month also everything from it on."""
    if value is None:
        return
    name = column.key.replace(".", "_")
    place = f"{'r' if column.key.startswith('recipient.') else 'b'}.{column.attribute.key}"
    if column.kind == "name":
        yield column.key, {column.key: str(value)[:2]}, f"r.grams @> ARRAY[%({name})s]::varchar[]", {name: search_key(str(value)[:2])}
        return
    if column.kind == "kana":
        yield column.key, {column.key: str(value)[:2]}, f"r.kana_key LIKE %({name})s", {name: f"{search_key(str(value)[:2])}%"}
        return
    typed = f"{value:%Y-%m-%d}" if column.kind == "date" else str(value)
    ends = (f"{column.key}.from", f"{column.key}.to") if column.kind in RANGES else (column.key,)
    yield column.key, dict.fromkeys(ends, typed), f"{place} = %({name})s", {name: value}
    if column.kind in (*AMOUNTS, "month"):
        yield f"{column.key} from", {ends[0]: typed}, f"{place} >= %({name})s", {name: value}
