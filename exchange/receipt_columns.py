"""レセプトの列: raw texts become typed values column by column; what cannot be read is named by line, record and item."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import polars as pl

from exchange.receipt_rows import Fault

# 年号区分: the western year before an era's first; a year past the era's end still means one year only.
_ERA_BEFORE: Final = {"1": 1867, "2": 1911, "3": 1925, "4": 1988, "5": 2018}
_MONTH: Final = re.compile(r"(\d{4})[-/.]?(\d{2})|([1-5])(\d{2})(\d{2})", re.ASCII)
_DATE: Final = re.compile(r"(\d{4})([-/.]?)(\d{2})\2(\d{2})|([1-5])(\d{2})(\d{2})(\d{2})", re.ASCII)
FEW: Final = 200  # so few texts are read one by one
CHECKED: Final = frozenset({"payer", "recipient", "insurer"})  # 検証番号: numbers that end in one


@dataclass(frozen=True)
class Column:
    """列: the item it fills, the record a fault names, how it is written, and the column that holds its line."""

    item: str
    record: str
    kind: str
    required: bool = False
    line: str = "line"
    longest: int = 100
    codes: Mapping[str, str] = field(default_factory=dict)  # what the file writes → our code; blank: our codes


def month_of(text: str) -> str | None:
    """年月: YYYYMM, YYYY-MM or 和暦 GYYMM as 'YYYY-MM'; None where it names no month."""
    found = _MONTH.fullmatch(text)
    if found is None:
        return None
    year = int(found[1]) if found[1] else _ERA_BEFORE[found[3]] + int(found[4])
    month = int(found[2] or found[5])
    return f"{year}-{month:02}" if 1 <= month <= 12 and year >= 1868 else None


def date_of(text: str) -> date | None:
    """年月日: YYYYMMDD, YYYY-MM-DD or 和暦 GYYMMDD; None where it names no day."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year = int(found[1]) if found[1] else _ERA_BEFORE[found[5]] + int(found[6])
    try:
        return date(year, int(found[3] or found[7]), int(found[4] or found[8]))
    except ValueError:
        return None


def closes(number: pl.Expr) -> pl.Expr:
    """検証番号: whether the last digit of *number* (at most twelve digits and nothing else) is the right one."""
    return number.map_batches(_closing, return_dtype=pl.Boolean)


def judged(raw: pl.DataFrame, columns: Sequence[Column]) -> tuple[pl.DataFrame, list[Fault], set[int]]:
    """列を読む: the values of every row (of a row with a fault they mean nothing), all faults, and the rows that have one.

    The raw text of each item stays beside it as "… raw".
    """
    types = raw.schema
    values = raw.with_columns(expression for each in columns for expression in (
        pl.col(each.item).alias(f"{each.item} raw"), _value(each, types[each.item]).alias(each.item)))
    checks = [check for each in columns for check in _checks(each, types[each.item])]
    found = values.select(failing.any().alias(str(at)) for at, (_, _, failing) in enumerate(checks)).row(0)
    faults: list[Fault] = []
    named: set[tuple[int, str]] = set()
    for (column, code, failing), is_found in zip(checks, found, strict=True):
        if is_found:
            flags = values.select(failing.fill_null(False)).to_series()
            places = [place for place in flags.arg_true() if (place, column.item) not in named]
            named |= {(place, column.item) for place in places}
            faults += [Fault(line, column.record, column.item, code) for line in values[column.line].gather(places)]
    return values, faults, {place for place, _ in named}


def _value(column: Column, dtype: pl.DataType) -> pl.Expr:
    """The typed value of what reads well; a mere shape is judged, not made."""
    raw = pl.col(column.item)
    if column.kind == "code" and any(own != ours for own, ours in column.codes.items()):
        return raw.replace_strict(list(column.codes), list(column.codes.values()), default=None, return_dtype=pl.String)
    if column.kind in _EACH:
        return _EACH[column.kind](raw)
    if column.kind in _AMOUNTS:
        _, most, kept, made = _AMOUNTS[column.kind]
        return made(raw if dtype.is_integer() else raw.cast(pl.Int64, strict=False)).cast(kept, strict=False)
    return raw


def _checks(column: Column, dtype: pl.DataType) -> Iterable[tuple[Column, str, pl.Expr]]:
    """What makes a text wrong, the first that applies."""
    raw, value = pl.col(f"{column.item} raw"), pl.col(column.item)
    if column.required:
        yield column, "missing", raw.is_null()
    if column.kind in _EACH:
        yield column, column.kind, raw.is_not_null() & value.is_null()
    elif column.kind == "code":
        yield column, "unknown_code", ~raw.is_in(list(column.codes))
    elif column.kind == "text":
        yield column, "too_long", raw.str.len_chars() > column.longest
    elif dtype.is_integer():
        yield column, "format", ~raw.is_between(0, _AMOUNTS[column.kind][1])
    else:
        yield column, "format", ~raw.str.contains(f"^(?:{SHAPES.get(column.kind) or _AMOUNTS[column.kind][0]})$")
    if column.kind in CHECKED:
        yield column, "check_digit", ~closes(raw)


def _closing(numbers: pl.Series) -> pl.Series:
    # Four digits at a time: their weighted sums are looked up; an unreadable number was named before this.
    value = numbers.cast(pl.Int64, strict=False).fill_null(0).clip(0, 10**12 - 1)
    parts = [_FOUR_DIGITS.gather((value // 10**place % 10_000).cast(pl.UInt32)) for place in (0, 4, 8)]
    return (parts[0] + parts[1] + parts[2]) % 10 == 0


def _weighed(number: int) -> int:
    """Of four digits: 2, 1, 2, 1 from the left, the digits of each product added."""
    twos = [int(digit) * 2 for digit in f"{number:04}"[::2]]
    return sum(each - 9 if each > 9 else each for each in twos) + sum(int(digit) for digit in f"{number:04}"[1::2])


def each_once(read: Callable[[str], Any], kept: Any) -> Callable[[pl.Expr], pl.Expr]:
    """Read each different text once."""
    def mapped(texts: pl.Series) -> pl.Series:
        if len(texts) <= FEW:
            return pl.Series(texts.name, [None if text is None else read(text) for text in texts], dtype=kept)
        different = texts.drop_nulls().unique()
        return texts.replace_strict(different, pl.Series([read(each) for each in different], dtype=kept),
                                    default=None, return_dtype=kept)
    return lambda raw: raw.map_batches(mapped, return_dtype=kept)


def _dates(raw: pl.Expr) -> pl.Expr:
    def mapped(texts: pl.Series) -> pl.Series:
        if len(texts) > FEW and texts.str.contains("^[0-9]{8}$").all():
            return texts.str.to_date("%Y%m%d", strict=False)
        return pl.select(each_once(date_of, pl.Date)(pl.lit(texts))).to_series()
    return raw.map_batches(mapped, return_dtype=pl.Date)


_FOUR_DIGITS: Final = pl.Series([_weighed(number) for number in range(10_000)], dtype=pl.UInt8)
_EACH: Final[Mapping[str, Callable[[pl.Expr], pl.Expr]]] = {"month": each_once(month_of, pl.String), "date": _dates}
# Shape of the text, highest number, type, and what becomes of the number.
_AMOUNTS: Final[Mapping[str, tuple[str, int, Any, Callable[[pl.Expr], pl.Expr]]]] = {
    "count": ("[0-9]{1,9}", 10**9 - 1, pl.Int32, lambda number: number),
    "yen": ("[0-9]{1,11}", 10**11 - 1, pl.Int64, lambda number: number),
    "tenths": ("[0-3]", 3, pl.Int8, lambda share: share),  # 負担割合 (割)
    "percent": ("[0-3]0", 30, pl.Int8, lambda share: share // 10),  # 負担割合 (%)
    "benefit_rate": ("0?[7-9]0|100", 100, pl.Int8, lambda rate: 10 - rate // 10)}  # 給付割合 (%)
SHAPES: Final = {
    "payer": "[0-9]{8}", "recipient": "[0-9]{7}", "facility": "[0-9]{10}", "insurer": "[0-9]{6}|[0-9]{8}",
    "claim_kind": "[1346][1-4][1-5][0-9]",  # レセプト種別: 点数表, 保険・公費, 併用の数, 本人家族・入外
    "notes": "(?:[0-9A-Z]{2}){1,5}"}  # 特記事項
KINDS: Final = frozenset({*_EACH, *_AMOUNTS, *SHAPES, "code", "text"})
