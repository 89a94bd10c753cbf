"""表形式のレセプト (CSV): read in blocks by a city's profile, column by column; totals decide whether the file holds."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from typing import BinaryIO, Final, NoReturn

import polars as pl

from exchange.receipt_columns import judged
from exchange.receipt_meaning import completed, whole
from exchange.receipt_profile import FIRST, GIVEN, LAST, Profile
from exchange.receipt_rows import BATCH, SCHEMA, Batch, Fault, Totals
from exchange.table_file import EnvelopeWrong, looks_like_utf_8
from translations.wording import said

BLOCK: Final = 4 * 1024 * 1024  # bytes of the first block; the next ones are as long as a batch
LONGEST: Final = 16 * 1024 * 1024
_CONTROL: Final = bytes([*range(32), 127])
_DOUBTFUL: Final = b"\x80\xa0\xfd\xfe\xff"
_NEVER: Final = "\x80\xa0\ufffd\uf8f0\uf8f1\uf8f2\uf8f3"  # what Python makes of bytes that mean nothing
_ASCII: Final = bytes(range(128))
_SAMPLE: Final = 65_536  # bytes by which the character set is judged
_NUMBERS: Final[Mapping[str, type[pl.DataType]]] = {"count": pl.Int32, "yen": pl.Int64, "tenths": pl.Int8}


@dataclass(frozen=True)
class _Block:
    """一区切り: whole lines, the number of the first and its first byte."""

    raw: bytes
    line: int
    offset: int


@dataclass
class Table:
    """表形式のファイル in the form of *profile*; *given* are the invoice's totals where the profile takes them from paper."""

    source: BinaryIO
    profile: Profile
    given: Totals | None = None
    declared: Totals = Totals()
    counted: Totals = field(default_factory=lambda: Totals(0, 0, 0))
    unknown: Counter[str] = field(default_factory=Counter)

    @property
    def agency(self) -> str | None:
        """審査支払機関: what the profile says of every file of its kind."""
        return self.profile.agency

    def batches(self) -> Iterator[Batch]:
        """The rows in the order of the file; the file may be kept only when this has come to its end."""
        if self.profile.control.where == GIVEN:
            if self.given is None or self.given.count is None:
                raise EnvelopeWrong("totals", "請求書の件数と金額 (または点数) を入力してください。合計の合わないファイルは取り込みません。")
            self.declared = self.given
        for block in self._blocks():
            yield from self._read(block)
        self._verdict()

    def _blocks(self) -> Iterator[_Block]:
        """Whole lines of rows: headings and totals are taken off, the last line waits for the end of the file."""
        held, line, offset, is_first, size = b"", 1, 0, True, BLOCK
        while True:
            more = self.source.read(size)
            held += more
            last = held.rfind(b"\n", 0, held.rfind(b"\n")) + 1 if more else len(held)
            if is_first and (last or not more):
                is_first = False
                skipped = self._opening(held)
                line, offset = line + skipped[0], skipped[1]
                held, last = held[skipped[1]:], last - skipped[1]
            if not more:
                break
            if last > 0:
                yield _Block(held[:last], line, offset)
                count = held.count(b"\n", 0, last)
                size = min(LONGEST, last * BATCH * 19 // (count * 20))  # a little less, so that no block makes two batches
                line, offset, held = line + count, offset + last, held[last:]
        rows = held.removesuffix(b"\x1a")
        if not rows.endswith(b"\r\n") and (rows or self.profile.control.where == LAST):
            raise EnvelopeWrong("truncated", "最後の行が途中で切れています。送り直してもらってください。")
        if self.profile.control.where == LAST:
            cut = rows.rfind(b"\n", 0, len(rows) - 1) + 1
            self._totals(rows[cut:-2], line + rows.count(b"\n", 0, cut))
            rows = rows[:cut]
        if rows:
            yield _Block(rows, line, offset)

    def _opening(self, raw: bytes) -> tuple[int, int]:
        """How many lines and bytes stand before the rows; what they say agrees with the profile."""
        if self.profile.encoding != "utf-8" and looks_like_utf_8(raw[:_SAMPLE]) and not raw[:_SAMPLE].isascii():
            raise EnvelopeWrong("encoding", "文字コードが UTF-8 です。様式の文字コードを確かめてください。")
        at, line = (3, 0) if self.profile.encoding == "utf-8" and raw.startswith(b"\xef\xbb\xbf") else (0, 0)
        if self.profile.headings:
            end = raw.find(b"\r\n", at)
            if tuple(self._text(raw[at:max(end, 0)], 1).split(",")) != self.profile.headings:
                raise EnvelopeWrong("heading", "見出しの行が様式と違います。様式の列を確かめてください。")
            at, line = end + 2, line + 1
        if self.profile.control.where == FIRST:
            end = raw.find(b"\r\n", at)
            self._totals(raw[at:max(end, 0)], line + 1)
            at, line = end + 2, line + 1
        return line, at

    def _totals(self, raw: bytes, line: int) -> None:
        control, fields = self.profile.control, self._text(raw, line).rstrip(",").split(",")  # spreadsheets pad short lines
        wanted = {name: fields[place - 1] if place <= len(fields) else "" for name, place in (
            ("count", control.count), ("points", control.points), ("yen", control.yen)) if place}
        if fields[0] != control.mark or (control.width and len(fields) > control.width) or not all(each.isascii() and each.isdigit() for each in wanted.values()):
            raise EnvelopeWrong("end", said("%(line)s行目が合計の行ではないか、合計が数字ではありません。送り直してもらってください。", line=line))
        self.declared = Totals(**{name: int(each) for name, each in wanted.items()})

    def _read(self, block: _Block) -> Iterator[Batch]:
        count = block.raw.count(b"\n")
        if (len(block.raw) - len(block.raw.translate(None, _CONTROL)) != 2 * count
                or block.raw.count(b"\r\n") != count):
            _refuse_line(block)
        text = self._utf_8(block.raw)
        frame, ragged = self._frame(block, count, text)
        frame = frame.with_columns(self._place(block, text))
        columns = self.profile.judged_columns()
        values, faults, rows = judged(frame, columns)
        blank = {block.line + at for at in ragged}
        faults = [fault for fault in faults if fault.line not in blank]
        faults += [Fault(line, self.profile.name, "", "fields") for line in blank]
        self._count(values, count, {fault.item for fault in faults})
        bad = rows | set(ragged)
        if bad:
            values = values.with_row_index("at").filter(~pl.col("at").is_in(list(bad))).drop("at")
        done, missing = whole(completed(self._fixed(values)), self.profile.name)
        faults += missing
        faults.sort(key=lambda fault: fault.line)
        for start in range(0, max(count, 1), BATCH):
            first = block.line + start
            part = done if count <= BATCH else done.filter(pl.col("line").is_between(first, first + BATCH - 1))
            yield Batch(part, tuple(each for each in faults if first <= each.line < first + BATCH), min(BATCH, count - start))

    def _utf_8(self, raw: bytes) -> bytes:
        """The same fields as polars can cut them: one letter for each byte until a column is decoded."""
        return raw if self.profile.encoding == "utf-8" else raw.decode("latin-1").encode()

    def _frame(self, block: _Block, count: int, text: bytes) -> tuple[pl.DataFrame, list[int]]:
        """Every field as text (amounts as numbers where all of them are); the rows with another number of fields."""
        names = self._names()
        ragged: list[int] = []
        raw = block.raw
        if b'"' in raw:
            return self._quoted(block, count)
        if raw.count(b",") != count * (self.profile.width - 1):
            raw, ragged = self._even(raw)
            text = self._utf_8(raw)
        is_plain = not ragged and b"+" not in raw and b" " not in raw
        kinds = {column.item: column.kind for column in self.profile.judged_columns()}
        typed = {name: _NUMBERS.get(kinds.get(name, ""), pl.String) if is_plain else pl.String for name in names}
        try:
            frame = _parsed(text, typed)
        except pl.exceptions.PolarsError:
            frame = self._strings(raw, ragged)
        return self._decoded(frame, block), ragged

    def _strings(self, raw: bytes, ragged: list[int]) -> pl.DataFrame:
        """Once more, all as text: an amount is not a number, or lines have too many and too few fields in turn."""
        even, found = self._even(raw)
        ragged += [each for each in found if each not in ragged]
        try:
            return _parsed(self._utf_8(even), dict.fromkeys(self._names(), pl.String))
        except pl.exceptions.PolarsError as wrong:
            raise EnvelopeWrong("encoding", "文字コードが様式と違います。様式の文字コードを確かめてください。") from wrong

    def _names(self) -> list[str]:
        named = {each.place: each.item for each in self.profile.columns}
        return [named.get(place, f"column {place}") for place in range(1, self.profile.width + 1)]

    def _even(self, raw: bytes) -> tuple[bytes, list[int]]:
        """The same lines; those with another number of fields are blank."""
        lines, commas = raw.split(b"\r\n")[:-1], self.profile.width - 1
        ragged = [at for at, line in enumerate(lines) if line.count(b",") != commas]
        for at in ragged:
            lines[at] = b"," * commas
        return b"".join(line + b"\r\n" for line in lines), ragged

    def _quoted(self, block: _Block, count: int) -> tuple[pl.DataFrame, list[int]]:
        width = self.profile.width
        text = self._text(block.raw, block.line)
        try:
            rows = list(csv.reader(StringIO(text, newline=""), strict=True))
        except csv.Error as broken:
            raise EnvelopeWrong("truncated", "引用符が閉じていません。ファイルが途中で切れていないか確かめてください。") from broken
        if len(rows) != count:
            raise EnvelopeWrong("truncated", "項目の中に改行があります。送り直してもらってください。")
        ragged = [at for at, row in enumerate(rows) if len(row) != width]
        even = [[each or None for each in row] if len(row) == width else [None] * width for row in rows]
        return pl.DataFrame(even, schema=dict.fromkeys(self._names(), pl.String), orient="row"), ragged

    def _decoded(self, frame: pl.DataFrame, block: _Block) -> pl.DataFrame:
        """Columns with anything but ASCII in their own letters; looked for until every such byte is accounted for."""
        if self.profile.encoding == "utf-8" or block.raw.isascii():
            return frame
        left = len(block.raw.translate(None, _ASCII))
        kinds = {column.item: column.kind for column in self.profile.judged_columns()}
        texts = sorted((name for name, dtype in frame.schema.items() if dtype == pl.String),
                       key=lambda name: kinds.get(name) != "text")
        for name in texts:
            if left <= 0:
                break
            found = int(frame[name].str.len_bytes().sum() or 0) - int(frame[name].str.len_chars().sum() or 0)
            if found:
                whole = (frame[name].fill_null("").str.join("\n").item() or "").encode("latin-1")
                frame = frame.with_columns(pl.Series(name, self._text(whole, block.line).split("\n"), pl.String).replace("", None))
            left -= found
        return frame

    def _text(self, raw: bytes, line: int) -> str:
        try:
            text = raw.decode(self.profile.encoding)
        except UnicodeDecodeError as wrong:
            _unreadable(line + raw.count(b"\n", 0, wrong.start))
        if self.profile.encoding == "utf-8" or any(byte in raw for byte in _DOUBTFUL):
            for never in _NEVER:
                if never in text:
                    _unreadable(line + text.count("\n", 0, text.index(never)))
        return text

    def _place(self, block: _Block, text: bytes) -> list[pl.Series]:
        """Line, first byte and length of every row."""
        lines = pl.read_csv(text, schema={"line": pl.String}, has_header=False, quote_char=None, separator="\x1f")["line"].fill_null("")
        size = (lines.str.len_bytes() if self.profile.encoding == "utf-8" else lines.str.len_chars()).cast(pl.Int64) + 2
        return [pl.int_range(block.line, block.line + len(lines), dtype=pl.Int64, eager=True).alias("line"),
                (size.cum_sum() - size + block.offset).alias("offset"), size.cast(pl.Int32).alias("size")]

    def _fixed(self, values: pl.DataFrame) -> pl.DataFrame:
        """With what holds for every row, and 医療機関番号 put together where the file writes it in parts."""
        held = values.with_columns(pl.lit(each).cast(SCHEMA.get(item, pl.String)).alias(item)
                                   for item, each in self.profile.fixed.items())
        if "institution" in held.columns and "facility_number" not in held.columns:
            held = held.with_columns(facility_number=pl.concat_str("prefecture", "point_table", "institution"))
        return held

    def _count(self, values: pl.DataFrame, count: int, faulty: set[str]) -> None:
        """Add what these rows say; a sum with an unreadable part stays unknown."""
        item = self.profile.control.yen_item
        sums = {name: int(values[name].cast(pl.Int64).sum()) if name in values.columns and not {name, ""} & faulty else None
                for name in ("points", item)}
        held = self.counted
        self.counted = Totals((held.count or 0) + count, _plus(held.points, sums["points"]), _plus(held.yen, sums[item]))

    def _verdict(self) -> None:
        words = {"count": "件数", "points": "点数", "yen": "金額"}
        for name, word in words.items():
            declared, counted = getattr(self.declared, name), getattr(self.counted, name)
            if declared is not None and counted is not None and declared != counted:
                raise EnvelopeWrong("totals", said("%(word)sの合計 %(declared)s が、数えた %(counted)s と合いません。送り直してもらってください。",
                                                   word=word, declared=declared, counted=counted))


def _parsed(text: bytes, schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    return pl.read_csv(text, schema=dict(schema), has_header=False, quote_char=None)


def _plus(held: int | None, more: int | None) -> int | None:
    return None if held is None or more is None else held + more


def _refuse_line(block: _Block) -> NoReturn:
    """Name the first line that holds a character no text has, or does not end in CRLF."""
    lines = block.raw.split(b"\n")[:-1]
    bad = next(at for at, line in enumerate(lines) if not line.endswith(b"\r") or line[:-1].translate(None, _CONTROL) != line[:-1])
    if not lines[bad].endswith(b"\r"):
        raise EnvelopeWrong("truncated", said("%(line)s行目の終わりが CRLF ではありません。送り直してもらってください。", line=block.line + bad))
    _unreadable(block.line + bad)


def _unreadable(line: int) -> NoReturn:
    raise EnvelopeWrong("encoding", said("%(line)s行目に、様式の文字コードにない文字か使えない文字があります。送り直してもらってください。", line=line))

