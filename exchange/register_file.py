"""住民情報・税情報のファイル: CSV with a manifest written last; read whole, checked by columns, faults by line and item.

Names and meaning follow 住民記録システム標準仕様書 (J-LIS 2020 text); the column layout of the file is our own
(docs/decisions/0008), because the official item lists were not to be had.
"""

import csv
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from io import StringIO
from operator import add
from typing import Final

import polars as pl

from exchange.table_file import EnvelopeWrong

NAME: Final = re.compile(r"(JUKI_ATENA|ZEI_JUMINZEI)_(ALL|DIF)_(\d{8})_(\d{4})\.csv")
KINDS: Final = {"JUKI_ATENA": "residents", "ZEI_JUMINZEI": "taxes"}


@dataclass(frozen=True)
class Column:
    """列: its heading, our name, its kind (number kind, date, count, yen, text, code …) and whether it may be blank."""

    heading: str
    name: str
    kind: str
    required: bool = False
    codes: str | None = None
    longest: int | None = None


@dataclass(frozen=True)
class Layout:
    """ファイルの形: its columns in order; *key* names the row."""

    record: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    def headings(self, *, is_full: bool) -> list[str]:
        """The first line of the file; a delta of residents begins with 更新区分."""
        first = ["更新区分"] if self.record == "ATENA" and not is_full else []
        return first + [column.heading for column in self.columns]


RESIDENTS: Final = Layout("ATENA", (
    Column("市区町村番号", "municipality", "municipality", True), Column("整理番号", "file_number", "addressee", True),
    Column("履歴番号", "history_number", "count", True), Column("氏名", "name", "text", True, longest=100),
    Column("生年月日", "birth_date", "date", True), Column("性別", "sex", "code", True, "sex"),
    Column("郵便番号", "postal_code", "postal"), Column("住所", "address", "text", True, longest=200),
    Column("続柄", "relationship_code", "own_code"),  # the register's own vocabulary, kept as it came
    Column("世帯番号", "household_number", "addressee"), Column("世帯主氏名", "household_head", "text", longest=100),
    Column("住登外区分", "off_register", "code", True, "off_register"), Column("外国人フラグ", "is_foreigner", "flag"),
    Column("住民となった日", "resident_from", "date"), Column("住民でなくなった日", "resident_to", "date"),
    Column("最新異動区分", "latest_movement", "code", False, "movement"),
    Column("最新異動日", "latest_movement_date", "date"),
    Column("最新異動届出日", "latest_movement_notice_date", "date"),
    Column("住民異動区分", "resident_movement", "code", False, "movement"),
    Column("住民異動日", "resident_movement_date", "date"), Column("取消区分", "cancellation", "code", True, "cancellation"),
    Column("転入前住所", "address_before", "text", longest=200), Column("転出後住所", "address_after", "text", longest=200),
), ("municipality", "file_number", "history_number"))
TAXES: Final = Layout("ZEI", (
    Column("市区町村番号", "municipality", "municipality", True), Column("整理番号", "file_number", "addressee", True),
    Column("税賦課年度", "tax_year", "year", True), Column("履歴番号", "history_number", "count", True),
    Column("市町村民税課税区分", "taxation", "taxed", True), Column("市町村民税所得割額", "income_levy_yen", "yen", True),
    Column("市町村民税均等割額", "per_capita_levy_yen", "yen", True), Column("合計所得金額", "total_income_yen", "yen", True),
    Column("公的年金等の収入金額", "pension_yen", "yen", True), Column("更正年月日", "corrected_on", "date"),
    Column("取消区分", "cancellation", "code", True, "cancellation"),
), ("municipality", "file_number", "tax_year", "history_number"))
LAYOUTS: Final = {"residents": RESIDENTS, "taxes": TAXES}
UPDATES: Final = ("I", "U", "C")  # 更新区分: 新しい人・新しい履歴・取消; 履歴は削除されない

MESSAGES: Final = {
    "missing": "空欄です。この項目は必須です。送り元に確かめてください。",
    "format": "桁数か文字の種類が違います。送り元に確かめてください。",
    "check_digit": "検査数字が合いません。番号を送り元に確かめてください。",
    "date": "日付として読めません (例 2026-11-01)。送り元に確かめてください。",
    "unknown_code": "コード表にない値です。コード表を確かめてください。",
    "too_long": "長すぎます。送り元に確かめてください。",
    "update": "更新区分は I・U・C のどれかです。送り元に確かめてください。",
    "fields": "項目の数が見出しと違います。この行を確かめてください。",
}


@dataclass(frozen=True)
class Set:
    """一組: what the name of the file says, and what its manifest promises."""

    kind: str
    is_full: bool
    made_on: date
    sequence: int
    file_name: str
    sha256: str
    declared: int


@dataclass(frozen=True)
class Fault:
    """誤り: line of the file, heading, code."""

    line: int
    item: str
    code: str


@dataclass(frozen=True)
class Read:
    """読んだもの: good rows under our column names with their line, faults, and how many rows there were."""

    rows: pl.DataFrame
    faults: tuple[Fault, ...]
    count: int
    faulty_lines: frozenset[int] = field(default_factory=frozenset)


def set_of(file_name: str, raw: bytes, manifest: bytes | None) -> Set:
    """一組を確かめる: name, manifest and checksum agree; EnvelopeWrong says what does not."""
    named = NAME.fullmatch(file_name)
    if named is None:
        raise EnvelopeWrong("name", "ファイル名が決まりと違います (例 JUKI_ATENA_ALL_20261123_0001.csv)。送り元に確かめてください。")
    if manifest is None:
        raise EnvelopeWrong("manifest", "完了ファイル (.end) がありません。送信が終わってから取り込んでください。")
    promised = dict(line.split("=", 1) for line in manifest.decode("ascii", "replace").split() if "=" in line)
    if promised.get("file") != file_name or not promised.get("records", "").isdigit():
        raise EnvelopeWrong("manifest", "完了ファイル (.end) の内容がこのファイルのものではありません。送り元に確かめてください。")
    digest = hashlib.sha256(raw).hexdigest()
    if promised.get("sha256") != digest:
        raise EnvelopeWrong("checksum", "ファイルの中身が完了ファイル (.end) の検査値と合いません。送り直してもらってください。")
    try:
        made_on = date(int(named[3][:4]), int(named[3][4:6]), int(named[3][6:]))
    except ValueError as wrong:
        raise EnvelopeWrong("name", "ファイル名の日付が正しくありません。送り元に確かめてください。") from wrong
    return Set(KINDS[named[1]], named[2] == "ALL", made_on, int(named[4]), file_name, digest, int(promised["records"]))


def read_set(found: Set, raw: bytes, codes: Mapping[str, Mapping[str, str]]) -> Read:
    """行を読む: every row is good or named with line, item and code; EnvelopeWrong where the table itself is broken."""
    layout = LAYOUTS[found.kind]
    text = _text(raw)
    heading = layout.headings(is_full=found.is_full)
    first, _, _ = text.partition("\r\n")
    if first.split(",") != heading:
        raise EnvelopeWrong("heading", "見出しの行が決まりと違います。送り元に様式の版を確かめてください。")
    frame, ragged = _frame(text, heading)
    if frame.height != found.declared:
        raise EnvelopeWrong("count", "行数が完了ファイル (.end) の件数と合いません。送り直してもらってください。")
    names = (["update"] if heading[0] == "更新区分" else []) + [column.name for column in layout.columns]
    frame = frame.rename(dict(zip(frame.columns, names, strict=True))).with_columns(
        line=pl.int_range(2, frame.height + 2, dtype=pl.Int32))
    faults = [Fault(line, "", "fields") for line in ragged]
    if names[0] == "update":
        faults += _failing(frame, "更新区分", "update", ~pl.col("update").is_in(UPDATES))
    for column in layout.columns:
        faults += _judge(frame, column, codes)
    faulty = frozenset(fault.line for fault in faults)
    good = frame.filter(~pl.col("line").is_in(list(faulty))) if faulty else frame
    return Read(good, tuple(sorted(faults, key=lambda each: each.line)), frame.height, faulty)


def m11(column: str, length: int) -> pl.Expr:
    """検査数字 (M11 W2–7): true where the last digit is right; a remainder of 0 or 1 gives 0."""
    weights = [2 + place % 6 for place in range(length - 1)]
    digits = [pl.col(column).str.slice(length - 2 - place, 1).cast(pl.Int16, strict=False) * weight
              for place, weight in enumerate(weights)]
    rest = reduce(add, digits) % 11
    expected = pl.when(rest <= 1).then(0).otherwise(11 - rest)
    return expected == pl.col(column).str.slice(length - 1, 1).cast(pl.Int16, strict=False)


def municipality_digit(column: str) -> pl.Expr:
    """全国地方公共団体コードの検査数字: weights 6 to 2, the last digit of 11 less the remainder."""
    digits = [pl.col(column).str.slice(place, 1).cast(pl.Int16, strict=False) * (6 - place) for place in range(5)]
    expected = (11 - reduce(add, digits) % 11) % 10
    return expected == pl.col(column).str.slice(5, 1).cast(pl.Int16, strict=False)


def _text(raw: bytes) -> str:
    if raw.startswith(b"\xef\xbb\xbf"):
        raise EnvelopeWrong("encoding", "文字コードに BOM が付いています。BOM なしの UTF-8 で送り直してもらってください。")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise EnvelopeWrong("encoding", "文字コードが UTF-8 ではないか、途中で切れています。送り直してもらってください。") from wrong
    if not text.endswith("\r\n") or text.count("\n") != text.count("\r\n"):
        raise EnvelopeWrong("truncated", "行の終わりが CRLF でないか、最後の行が途中で切れています。送り直してもらってください。")
    if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text):
        raise EnvelopeWrong("encoding", "制御文字が混じっています。送り直してもらってください。")
    return text


def _frame(text: str, heading: list[str]) -> tuple[pl.DataFrame, list[int]]:
    """All rows as text, and the lines that have another number of fields than the heading (blanked here)."""
    width = len(heading)
    if '"' in text:
        try:
            rows = list(csv.reader(StringIO(text, newline=""), strict=True))[1:]
        except csv.Error as broken:
            raise EnvelopeWrong("truncated", "引用符が閉じていません。ファイルが途中で切れていないか確かめてください。") from broken
        if text.count("\n") != len(rows) + 1:
            raise EnvelopeWrong("truncated", "項目の中に改行があります。送り直してもらってください。")
        ragged = [at for at, row in enumerate(rows, start=2) if len(row) != width]
        even = [row if len(row) == width else [""] * width for row in rows]
        return pl.DataFrame(even, schema=dict.fromkeys(heading, pl.String), orient="row"), ragged
    lines = pl.Series(text[:-2].split("\r\n")[1:], dtype=pl.String)
    counts = lines.str.count_matches(",", literal=True)
    ragged = [at + 2 for at in (counts != width - 1).arg_true()]
    if ragged:
        lines = lines.zip_with(counts == width - 1, pl.Series(["," * (width - 1)], dtype=pl.String))
    split = lines.str.split_exact(",", width - 1).struct.rename_fields(heading)
    return split.struct.unnest(), ragged


def _judge(frame: pl.DataFrame, column: Column, codes: Mapping[str, Mapping[str, str]]) -> list[Fault]:
    value, faults = pl.col(column.name), []
    if column.required:
        faults += _failing(frame, column.heading, "missing", value == "")
    for code, failing in _checks(column, codes):
        faults += _failing(frame, column.heading, code, (value != "") & failing)
    return faults


def _checks(column: Column, codes: Mapping[str, Mapping[str, str]]) -> list[tuple[str, pl.Expr]]:
    """What makes a value of this kind wrong, the first that applies."""
    value = pl.col(column.name)
    digits = {"municipality": 6, "addressee": 15, "postal": 7, "year": 4}
    if column.kind in digits:
        shape = value.str.contains(rf"^[0-9]{{{digits[column.kind]}}}$")
        checked = {"municipality": municipality_digit(column.name), "addressee": m11(column.name, 15)}.get(column.kind)
        return [("format", ~shape), *([("check_digit", shape & ~checked)] if checked is not None else [])]
    if column.kind == "count":
        return [("format", ~value.str.contains(r"^[1-9][0-9]{0,5}$"))]
    if column.kind == "own_code":
        return [("format", ~value.str.contains(r"^[0-9]{1,4}$"))]
    if column.kind == "yen":
        return [("format", ~value.str.contains(r"^(0|[1-9][0-9]{0,11})$"))]
    if column.kind == "date":
        shape = value.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
        return [("date", ~shape | value.str.to_date("%Y-%m-%d", strict=False).is_null())]
    if column.kind in ("flag", "taxed"):
        return [("format", ~value.is_in(["0", "1"]))]
    if column.kind == "code":
        return [("unknown_code", ~value.is_in(list(codes[str(column.codes)])))]
    return [("too_long", value.str.len_chars() > (column.longest or 0))]


def _failing(frame: pl.DataFrame, item: str, code: str, failing: pl.Expr) -> list[Fault]:
    lines = frame.filter(failing.fill_null(True)).get_column("line") if frame.height else pl.Series([], dtype=pl.Int32)
    return [Fault(int(line), item, code) for line in lines]
