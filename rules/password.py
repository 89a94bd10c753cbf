"""パスワードの善し悪し: judged by its length and by whether everybody tries it, never by kinds of letters."""

import gzip
import re
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Final

LISTED: Final = Path(__file__).parent / "common_passwords.txt.gz"
# Rows of a keyboard and of the alphabet; somebody who follows one with her finger has chosen nothing.
_RUNS: Final = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop@[", "asdfghjkl;:]", "zxcvbnm,./")
# 文脈の語: the system, its law and its office, as somebody who guesses for this very place would begin (docs/door.md has the list).
CONTEXT_WORDS: Final = frozenset(Path(__file__).with_name("context_words.txt").read_text(encoding="utf-8").split())
_LEAST_OWN: Final = 8
_LEAST_RUN: Final = 4
_LETTERS_ENOUGH: Final = 5


@cache
def common_passwords() -> frozenset[str]:
    """よく使われるパスワード: those that guessers try first, in small letters (source and licence: NOTICE)."""
    return frozenset(gzip.decompress(LISTED.read_bytes()).decode().split())


def is_guessable(password: str) -> bool:
    """推測されやすい: it is a common password, two of them in a row, one repeated, or a run of the keyboard."""
    small = password.casefold()
    return len(set(small)) < _LETTERS_ENOUGH or _is_common(small) or _is_common(_without_runs(small)) or any(
        _is_common(small[:cut]) and _is_common(small[cut:]) for cut in range(1, len(small)))


def leans_on(password: str, words: Collection[str]) -> bool:
    """文脈の語に頼る: without *words* (and what only joins them) fewer than eight letters are left, or something guessable."""
    rest = password.casefold()
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word.casefold(), "")
    if rest == password.casefold():
        return False
    own = re.sub(r"[\W_\d]", "", rest)
    return len(own) < _LEAST_OWN or is_guessable(rest)


def _is_common(text: str) -> bool:
    """Nothing left, a listed word, or one listed word over and over."""
    repeated = re.fullmatch(r"(.{2,}?)\1+", text)
    return not text or text in common_passwords() or bool(repeated and (
        len(repeated[1]) < _LETTERS_ENOUGH or repeated[1] in common_passwords()))


def _without_runs(text: str) -> str:
    """*text* without what follows a row of the keyboard, the digits or the alphabet, forwards or backwards."""
    rows = [*_RUNS, *(row[::-1] for row in _RUNS)]
    left, at = [], 0
    while at < len(text):
        run = max((_shared(text, at, row) for row in rows), default=0)
        if run < _LEAST_RUN:
            left.append(text[at])
            run = 1
        at += run
    return "".join(left)


def _shared(text: str, at: int, row: str) -> int:
    """How many letters from *at* on follow *row*."""
    start = row.find(text[at])
    length = 0
    while start >= 0 and at + length < len(text) and start + length < len(row) and text[at + length] == row[start + length]:
        length += 1
    return length
