"""手: a process that keys, imports, prints or pays without a pause and says what it was told is saved; it may be killed at any moment.

``python -m bench.fault_hands URL KIND`` has everything in its memory already and forks one hand for each line ``BEGIN FOLDER`` it
reads; the hand prints its number, one line for each act that was committed, and the one that forked it ``gone`` afterwards.
"""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from bench.fault_kinds import KINDS

NOW = datetime(2026, 11, 24, tzinfo=UTC)
LONGEST_JUMP = 86_400  # seconds, either way
GONE: Final = "gone"
# What the hand believes the time to be: always the same, the machine's (which somebody moves), or a jump at each look.
STANDS, OF_THE_MACHINE, JUMPS = "stands", "machine", "jumps"


class Clock:
    """時計: stands still, is the machine's, or jumps up to a day ahead or back each time it is asked."""

    def __init__(self, kind: str, seed: int) -> None:
        self.kind, self.chance = kind, Random(seed)

    def __call__(self) -> datetime:
        if self.kind == OF_THE_MACHINE:
            return datetime.now(UTC)
        return NOW + timedelta(seconds=self.chance.randint(-LONGEST_JUMP, LONGEST_JUMP) if self.kind == JUMPS else 0)


def work(url: str, kind: str, clock: Clock, begin: int, folder: Path) -> None:
    """One act after the other until there is no more to do or somebody ends us."""
    _say(str(os.getpid()))
    with Session(create_engine(url)) as session:
        for told in KINDS[kind].acts(session, clock, begin, folder):
            _say(told)


def _say(line: str) -> None:
    os.write(1, f"{line}\n".encode())  # whole or not at all, whenever we die


def main(url: str, kind: str, clock: str) -> None:
    """Fork hands for as long as somebody asks."""
    KINDS[kind].warm()
    for line in sys.stdin:
        begin, folder = line.split(maxsplit=1)
        hand = os.fork()
        if hand == 0:
            try:
                work(url, kind, Clock(clock, int(begin)), int(begin), Path(folder.strip()))
            finally:
                os._exit(0)
        os.waitpid(hand, 0)
        _say(GONE)


if __name__ == "__main__":
    main(*sys.argv[1:])
