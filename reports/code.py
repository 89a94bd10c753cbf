"""二次元コード: the modules of a short token, put together from what each of its letters adds to an empty code.

With one mask for all, every module is a sum (without carry) of bits of the text, because masking and error correction are:
so a token is the code of a blank one with the difference that each pair of its letters makes. Any reader accepts one mask.
"""

from functools import cache
from typing import Final

import segno

BLANK: Final = "R000000000"  # 更新申請書の符号: a letter and nine digits


def modules(text: str) -> tuple[int, ...]:
    """The rows of the code, top to bottom, each a number whose highest bit is the leftmost module."""
    if len(text) != len(BLANK) or text[0] != BLANK[0] or not text[1:].isdigit():
        return _drawn(text)
    rows = _whole(_drawn(BLANK))
    for at in range(0, len(text), 2):  # letters are encoded in pairs
        rows ^= _adds(at, text[at:at + 2])
    size = len(_drawn(BLANK))
    return tuple((rows >> (size * (size - 1 - row))) & ((1 << size) - 1) for row in range(size))


@cache
def _adds(at: int, pair: str) -> int:
    """What this pair of letters at this place changes in the blank code."""
    return _whole(_drawn(BLANK[:at] + pair + BLANK[at + 2:])) ^ _whole(_drawn(BLANK))


def _whole(rows: tuple[int, ...]) -> int:
    size, found = len(rows), 0
    for row in rows:
        found = found << size | row
    return found


@cache
def _drawn(text: str) -> tuple[int, ...]:
    matrix = segno.make(text, error="m", micro=False, mask=0, boost_error=False).matrix
    return tuple(int("".join(str(module) for module in row), 2) for row in matrix)
