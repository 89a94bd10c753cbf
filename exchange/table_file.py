"""表ファイル: a CSV table with headings, as other offices send it, in UTF-8 or Shift_JIS (cp932)."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final

from translations.wording import said

# Control characters, the replacement character, and what cp932 makes of bytes that mean nothing.
NEVER = (frozenset(map(chr, range(32))) - {"\t", "\r", "\n"}) | {"\ufffd", "\x80", "\xa0", *"\uf8f0\uf8f1\uf8f2\uf8f3"}

_ASCII: Final = bytes(range(128))


class EnvelopeWrong(Exception):
    """The file as a whole cannot be trusted; nothing of it may be stored."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

# A text that a spreadsheet would read as a formula gets an apostrophe in front.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Line:
    """One row: the line of the file it ends on, its values by column, and whether it has as many as the heading."""

    number: int
    values: Mapping[str, str]
    is_whole: bool


def decode(raw: bytes) -> str:
    """Return the text of *raw*; strictly UTF-8 or else strictly cp932, never with a character replaced."""
    try:
        text = raw.decode("utf-8-sig") if looks_like_utf_8(raw) else raw.decode("cp932")
    except UnicodeDecodeError as wrong:
        raise _unreadable() from wrong
    if NEVER.intersection(text):
        raise _unreadable()
    return text


def looks_like_utf_8(raw: bytes) -> bool:
    """Damaged UTF-8 must not pass as odd cp932: nine tenths of what is not ASCII fitting is no accident."""
    not_ascii = len(raw.translate(None, _ASCII))
    fitting = len(raw.decode("utf-8", "ignore").encode()) - (len(raw) - not_ascii)
    return fitting >= 0.9 * not_ascii


def _unreadable() -> EnvelopeWrong:
    return EnvelopeWrong("encoding", "文字コードが UTF-8 でも Shift_JIS でもないか、文字が壊れています。"
                                     "文字コードを確かめて、送り直してもらってください。")


def read_table(raw: bytes, columns: Mapping[str, Iterable[str]], required: Iterable[str]) -> list[Line]:
    """Return the rows of *raw* under our column names; *columns* names the headings each one may have."""
    reader = csv.reader(StringIO(decode(raw), newline=""), strict=True)
    try:
        heading = next(reader, [])
        places = _places(heading, columns)
        missing = [name for name in required if name not in places]
        if missing:
            wanted = "、".join(next(iter(columns[name])) for name in missing)
            raise EnvelopeWrong("heading", said("見出しの行に「%(wanted)s」がありません。1行目に見出しを付けてください。", wanted=wanted))
        return [Line(reader.line_num, {name: row[at].strip() if at < len(row) else "" for name, at in places.items()},
                     len(row) == len(heading)) for row in reader if any(each.strip() for each in row)]
    except csv.Error as broken:
        raise EnvelopeWrong("truncated", said("%(line)s行目で表の形が崩れています。ファイルが途中で切れていないか確かめてください。", line=reader.line_num)) from broken


def _places(heading: list[str], columns: Mapping[str, Iterable[str]]) -> dict[str, int]:
    plain = [each.strip() for each in heading]
    found = {name: next((plain.index(each) for each in (*headings, name) if each in plain), -1)
             for name, headings in columns.items()}
    return {name: at for name, at in found.items() if at >= 0}


def defused(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; numbers and dates stay what they are."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def write_table(heading: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """Return a CSV table, lines ending CRLF, blank where a value is None, holding no formula."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(heading)
    writer.writerows(["" if value is None else defused(value) for value in row] for row in rows)
    return text.getvalue()
