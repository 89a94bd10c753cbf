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
CHECKED: Final = {"payer": 8, "recipient": 7, "insurer": 8}  # 検証番号: longest form of numbers that end in one


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


def closes(number: pl.Expr, longest: int) -> pl.Expr:
    """検証番号: whether the last digit of *number* (digits only, at most *longest*) is the right one."""
    value = number.cast(pl.Int64)
    total = value % 10
    for place in range(1, longest):
        digit = value // 10**place % 10
        total = total + (digit * 2 - 9 * (digit > 4).cast(pl.Int64) if place % 2 else digit)
    return total % 10 == 0


def judged(raw: pl.DataFrame, columns: Sequence[Column]) -> tuple[pl.DataFrame, list[Fault], set[int]]:
    """列を読む: the values of every row (null where blank or unreadable), all faults, and the rows that have one."""
    values = raw.with_columns(*(_value(each, raw.schema[each.item]).alias(each.item) for each in columns))
    checks = [check for each in columns for check in _checks(each)]
    both = values.with_columns(raw.select(pl.col(each.item for each in columns).name.suffix(" raw")))
    flags = both.select(failing.alias(str(at)) for at, (_, _, failing) in enumerate(checks))
    found = flags.select(pl.all().any()).row(0) if flags.height else ()
    faults, rows = [], set()
    for at, is_found in enumerate(found):
        if is_found:
            column, code, _ = checks[at]
            places = flags[str(at)].arg_true()
            rows |= set(places)
            faults += [Fault(line, column.record, column.item, code) for line in values[column.line].gather(places)]
    return values, faults, rows


def _checks(column: Column) -> Iterable[tuple[Column, str, pl.Expr]]:
    raw, value = pl.col(f"{column.item} raw"), pl.col(column.item)
    if column.required:
        yield column, "missing", raw.is_null()
    yield column, _CODES.get(column.kind, "format"), raw.is_not_null() & value.is_null()
    if column.kind in CHECKED:
        yield column, "check_digit", value.is_not_null() & ~closes(value, CHECKED[column.kind])


def _value(column: Column, dtype: pl.DataType) -> pl.Expr:
    raw = pl.col(column.item)
    if column.kind == "code":
        return raw.replace_strict(list(column.codes), list(column.codes.values()), default=None, return_dtype=pl.String)
    if column.kind == "text":
        return pl.when(raw.str.len_chars() <= column.longest).then(raw)
    if dtype.is_integer():
        most, kept = (10**9 - 1, pl.Int32) if column.kind == "count" else (10**11 - 1, pl.Int64)
        return pl.when(raw.is_between(0, most)).then(raw).cast(kept)
    return _READ[column.kind](raw)


def _shaped(pattern: str) -> Callable[[pl.Expr], pl.Expr]:
    return lambda raw: pl.when(raw.str.contains(f"^(?:{pattern})$")).then(raw)


def _amount(longest: int, kept: Any) -> Callable[[pl.Expr], pl.Expr]:
    return lambda raw: _shaped(f"[0-9]{{1,{longest}}}")(raw).cast(kept)


def _each(read: Callable[[str], Any], kept: Any) -> Callable[[pl.Expr], pl.Expr]:
    """Read each different text once."""
    def mapped(texts: pl.Series) -> pl.Series:
        different = texts.drop_nulls().unique()
        return texts.replace_strict(different, pl.Series([read(each) for each in different], dtype=kept),
                                    default=None, return_dtype=kept)
    return lambda raw: raw.map_batches(mapped, return_dtype=kept)


def _dates(raw: pl.Expr) -> pl.Expr:
    def mapped(texts: pl.Series) -> pl.Series:
        if texts.str.contains("^[0-9]{8}$").all():
            return texts.str.to_date("%Y%m%d", strict=False)
        return pl.select(_each(date_of, pl.Date)(pl.lit(texts))).to_series()
    return raw.map_batches(mapped, return_dtype=pl.Date)


def _share(pattern: str, tenths: Callable[[pl.Expr], pl.Expr]) -> Callable[[pl.Expr], pl.Expr]:
    return lambda raw: tenths(_shaped(pattern)(raw).cast(pl.Int16)).cast(pl.Int8)


_CODES: Final = {"month": "month", "date": "date", "code": "unknown_code", "text": "too_long"}
_READ: Final[Mapping[str, Callable[[pl.Expr], pl.Expr]]] = {
    "payer": _shaped("[0-9]{8}"), "recipient": _shaped("[0-9]{7}"), "facility": _shaped("[0-9]{10}"),
    "insurer": _shaped("[0-9]{6}|[0-9]{8}"), "count": _amount(9, pl.Int32), "yen": _amount(11, pl.Int64),
    "month": _each(month_of, pl.String), "date": _dates,
    "tenths": _share("[0-3]", lambda share: share),  # 負担割合 (割)
    "percent": _share("[0-3]0", lambda share: share // 10),  # 負担割合 (%)
    "benefit_rate": _share("0?[7-9]0|100", lambda rate: 10 - rate // 10),  # 給付割合 (%)
    "claim_kind": _shaped("[1-6][1-4][1-5][0-9]"),  # レセプト種別: 点数表, 保険・公費, 併用の数, 本人家族・入外
    "notes": _shaped("(?:[0-9A-Z]{2}){1,5}"),  # 特記事項
}
KINDS: Final = frozenset({*_READ, "code", "text"})
