"""Damage by chance, in the same order in every run: what tries a target where coverage cannot guide."""

from collections.abc import Callable
from random import Random
from time import monotonic

from tests.fuzz.targets import SEEDS

PIECES = (b"", b",", b"\r\n", b"\x1a", b'"', b"\x00", b"\x81", b"9" * 40, b"-1", b"54117015", b"GO,", b"RE,", b"KO,", b"\xef\xbb\xbf", b"\xff")


def by_chance(target: Callable[[bytes], str], seconds: float) -> int:
    """Try *target* for *seconds*; return how many files were tried."""
    chance, ends, tried = Random(1), monotonic() + seconds, 0
    while monotonic() < ends:
        raw = bytearray(chance.choice(SEEDS[target]))
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(raw) + 1)
            raw[at:at + chance.randrange(0, 9)] = chance.choice((*PIECES, bytes([chance.randrange(256)]), bytes(raw[:at][-20:])))
        target(bytes(raw))
        tried += 1
    return tried
