"""レセプトの物理行: lines of a claim file with their number and place; strictly Shift_JIS, CRLF, one 0x1A at the end."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, NoReturn

from exchange.table_file import NEVER, EnvelopeWrong, looks_like_utf_8
from translations.wording import said

LONGEST: Final = 65_536  # bytes; no record of any edition comes near
_CONTROL: Final = re.compile(rb"[\x00-\x1f\x7f]")
_RECORD: Final = re.compile(rb"[A-Z]{2}(?:,|$)")
_SAMPLE: Final = 4096  # bytes of Japanese text by which the character set is judged


@dataclass(frozen=True, slots=True)
class Line:
    """行: its number, its first byte in the file, its bytes without the line end, and the record it holds."""

    number: int
    offset: int
    raw: bytes
    record: str


def claim_lines(source: BinaryIO) -> Iterator[Line]:
    """行を読む: every line in order; EnvelopeWrong where an end is missing or a byte has no place in Shift_JIS."""
    number, offset, sample = 0, 0, b""
    while True:
        raw = source.readline(LONGEST)
        if raw == b"\x1a" and number:
            break
        number += 1
        if not raw.endswith(b"\r\n"):
            raise EnvelopeWrong("truncated", said("%(line)s行目が途中で切れているか、行の終わりが CRLF ではありません。"
                                                  "末尾の 0x1A を含めて送り直してもらってください。", line=number))
        line = Line(number, offset, raw[:-2], raw[:2].decode("latin-1"))
        if not line.raw.isascii():
            _judge_text(line)
            sample = (sample + line.raw)[:_SAMPLE]
        if _CONTROL.search(line.raw):
            _unreadable(number)
        if not _RECORD.match(line.raw):
            raise EnvelopeWrong("record", said("%(line)s行目はレコードの形をしていません。送り直してもらってください。", line=number))
        yield line
        offset += len(raw)
    if sample and looks_like_utf_8(sample):
        raise EnvelopeWrong("encoding", "文字コードが UTF-8 です。Shift_JIS で送り直してもらってください。")


def _judge_text(line: Line) -> None:
    try:
        text = line.raw.decode("cp932")
    except UnicodeDecodeError:
        _unreadable(line.number)
    if NEVER.intersection(text):
        _unreadable(line.number)


def _unreadable(number: int) -> NoReturn:
    raise EnvelopeWrong("encoding", said("%(line)s行目に Shift_JIS ではない文字か、使えない文字があります。送り直してもらってください。", line=number))
