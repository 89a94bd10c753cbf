"""仕事の種類: each kind of work that is interrupted, who does it, and what must hold afterwards whatever happened."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from bench import fault_keying, fault_money, fault_papers

Acts = Callable[[Session, Callable[[], datetime], int, Path], Iterator[str]]


@dataclass(frozen=True)
class Kind:
    """一種類の仕事.

    *acts* yields a line after each commit. *make_good* is what the next process does at its start. *broken* counts what was told
    and is missing, and halves. *fresh*: each round begins with an office nobody has worked in. *cue*: how the line begins after
    which the worker is killed, and how long that may take. *warm* does once what every hand would do first.
    """

    acts: Acts
    broken: Callable[[Session, list[str], Path], tuple[int, int]]
    victims: tuple[str, ...]
    longest: float  # seconds between the first act of a hand and its end
    begin: Callable[[Session], int] = lambda session: 1
    make_good: Callable[[Session, Path], None] = lambda session, folder: None
    warm: Callable[[], None] = lambda: None
    fresh: bool = False
    cue: tuple[str, float] = ("", 0.0)


KINDS: Final[Mapping[str, Kind]] = {
    "keying": Kind(fault_keying.key, fault_keying.keyed, ("application", "database", "disk", "clock"), 0.3),
    "import": Kind(fault_keying.take_in, fault_keying.imported, ("worker", "database", "disk", "clock"), 0.3,
                   begin=fault_keying.next_file),
    "print": Kind(fault_papers.prints, fault_papers.printed, ("worker", "database", "clock"), 2.2,
                  make_good=fault_papers.make_good, warm=fault_papers.warm, fresh=True),
    "payment": Kind(fault_money.pay, fault_money.paid, ("application", "worker", "database", "clock"), 0.6,
                    make_good=fault_money.make_good, fresh=True, cue=("released", 0.04))}
