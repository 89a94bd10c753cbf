"""壊れたファイル: every kind of damage a file can take on its way, made from the seeds without chance, and what became of each.

Run as a module it judges them all and prints how many of each kind were refused, named or read, as one JSON object.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from tests.fuzz.targets import SEEDS, claim_file, receipt_table, residents, table_file, taxes

Target = Callable[[bytes], str]
Mutant = tuple[str, bytes]
# Damage that no file hides: it is refused whole or named by line and item.
NOTICED = ("field dropped", "field doubled", "field too long", "field foreign", "check digit", "total")
_DIGITS = {claim_file: (b"54117015", b"0000018", b"06119994"), receipt_table: (b"54117015", b"0000018"),
           residents: (b"000000000000019",), taxes: (b"000000000000019",)}
_TOTALS = {claim_file: (b"GO,2,", b",3000,99", b",800,99"), receipt_table: (b",2,6000,60000\r\n", b",6000,60000\r\n", b",60000\r\n")}
SAMPLES = Path(__file__).parents[1] / "exchange" / "samples"
BYTES = 250  # of each seed: single bytes changed, left out or put in by chance


def mutants(target: Target, seed: bytes, chance: Random) -> Iterator[Mutant]:
    """Every damage of one file, in a fixed order."""
    yield from (("cut", seed[:length]) for length in range(len(seed)))
    yield from _fields(seed)
    lines = seed.splitlines(keepends=True)
    for at in range(len(lines)):
        yield "line dropped", b"".join(lines[:at] + lines[at + 1:])
        yield "line doubled", b"".join(lines[:at + 1] + lines[at:])
    yield "other charset", seed.decode("cp932" if target not in (residents, taxes) else "utf-8").encode("utf-16-le")
    for kind, found in (("check digit", _DIGITS), ("total", _TOTALS)):
        for part in found.get(target, ()):
            yield from _counted_up(kind, seed, part)
    for _ in range(BYTES):
        at, byte = chance.randrange(len(seed)), bytes([chance.randrange(256)])
        yield "byte", chance.choice((seed[:at] + byte + seed[at + 1:], seed[:at] + seed[at + 1:], seed[:at] + byte + seed[at:]))


def _fields(seed: bytes) -> Iterator[Mutant]:
    lines = seed.split(b"\r\n")
    for at, line in enumerate(lines[:-1]):
        fields = line.split(b",")
        for place, each in enumerate(fields):
            for kind, put in (("field dropped", []), ("field doubled", [each, each]), ("field too long", [each + b"9" * 3000]),
                              ("field foreign", [each + b"\x81"])):
                held = b",".join([*fields[:place], *put, *fields[place + 1:]])
                yield kind, b"\r\n".join([*lines[:at], held, *lines[at + 1:]])


def _counted_up(kind: str, seed: bytes, part: bytes) -> Iterator[Mutant]:
    """Each digit of *part* one higher, where the file holds it."""
    start = seed.find(part)
    for at in range(start, start + len(part) if start >= 0 else start):
        if seed[at:at + 1].isdigit():
            yield kind, seed[:at] + str((int(seed[at:at + 1]) + 1) % 10).encode() + seed[at + 1:]


def everything() -> Iterator[tuple[Target, str, bytes]]:
    """All mutants of all targets; the longer samples are cut at every length besides."""
    for target, seeds in SEEDS.items():
        for seed in seeds:
            yield from ((target, kind, raw) for kind, raw in mutants(target, seed, Random(seed)))
    for path in sorted(SAMPLES.iterdir()):
        if "_" not in path.stem.removesuffix("_wareki"):
            target, raw = claim_file if path.suffix == ".UKE" else receipt_table, path.read_bytes()
            yield from ((target, "cut", raw[:length]) for length in range(len(raw)))


def outcome_of(target: Target, kind: str, raw: bytes) -> str:
    """What became of one: refused, named, read; or what breaks the promise, with the bytes to try again."""
    try:
        outcome = target(raw)
    except Exception as wrong:  # the point of the exercise: whatever comes is told
        return f"BROKEN {target.__name__} {wrong!r} {raw!r}"
    hidden = target is not table_file and ((kind in NOTICED and outcome == "read") or (kind == "cut" and outcome != "refused"))
    return f"UNNOTICED {target.__name__} {raw!r}" if hidden else outcome


def judged() -> dict[str, Counter[str]]:
    """Kind of damage → outcome → how many."""
    found: dict[str, Counter[str]] = {}
    for target, kind, raw in everything():
        found.setdefault(kind, Counter())[outcome_of(target, kind, raw)] += 1
    return found


if __name__ == "__main__":
    json.dump(judged(), sys.stdout)
