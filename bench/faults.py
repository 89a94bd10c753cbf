"""故障: application, worker and database are killed (SIGKILL), the disk fills up and the clock of all of them jumps in the middle of
keying, importing, printing and paying; after every round what was promised is counted anew.

Every call of the database fails once in tests/procedures/test_every_call_fails.py. A killed process does not prove what a power
cut leaves: the pages it wrote stay with the operating system.
"""

import os
import signal
import tempfile
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any, Final

from sqlalchemy import NullPool, create_engine
from sqlalchemy.orm import Session

from app.sealing import sealed_meanwhile
from bench.cluster import Server, ServerWouldNot, own
from bench.false_time import FalseTime, false_time
from bench.fault_city import KEPT, City
from bench.fault_crew import Crew
from bench.fault_hands import JUMPS, OF_THE_MACHINE, STANDS
from bench.fault_kinds import KINDS
from bench.small_disk import fill, small_disk

SEED: Final = 20261124
LONGEST_FULL: Final = 20.0  # seconds that a hand has to run into the full disk
FEW: Final = 10  # the full disk and the clock are tried once where the others are killed so many times
JUMPS_A_ROUND: Final = 6
PAIRS: Final = tuple((kind, victim) for kind, way in KINDS.items() for victim in way.victims)


class _Bench:
    """一回の測定: the server, the office in it, and what was found so far."""

    def __init__(self, folder: Path, is_small: bool) -> None:
        self.is_small, self.chance, self.time = is_small, Random(SEED), false_time(folder)
        self.server = Server(folder, "office")
        self.city = City(self.server, folder)
        self.found: dict[str, Any] = {
            "saved": 0, "lost": 0, "halves": 0, "refused": 0, "recovery_max_s": 0.0, "clock_jumps_seen": 0,
            "full_disk": "tried" if is_small else "not tried: nothing can be mounted here",
            "clock_of_the_database": "moved" if self.time.library else "not moved: libfaketime is not installed; the hands' own was"}

    def rounds_of(self, kind: str, victim: str, rounds: int) -> int:
        """How many rounds of this are tried; each has its own words in the result."""
        if victim in ("disk", "clock"):
            return max(1, rounds // FEW) if victim != "disk" or self.is_small else 0
        return rounds

    def block(self, kind: str, victim: str, rounds: int) -> None:
        """*rounds* interruptions of the same kind, with hands that were warmed once."""
        told = self.time if victim == "clock" else None
        clock = STANDS if told is None else OF_THE_MACHINE if told.library else JUMPS
        self._restart(told)
        name = "round" if KINDS[kind].fresh else KEPT
        with Crew(self.city.driver(name), kind, clock, told.environment if told else {}) as crew:
            for _number in range(rounds):
                self._round(kind, victim, name, crew)
        self.time.back()

    def _round(self, kind: str, victim: str, name: str, crew: Crew) -> None:
        way, folder = KINDS[kind], self.city.files(name)
        url = self.city.copy(name) if way.fresh else self.city.driver(name)
        with _session(url) as session:
            begin = way.begin(session)
        hand = crew.begin(begin, folder)
        told = crew.listen(until=way.cue[0] if victim == "worker" else "")
        if not told:
            raise ServerWouldNot(f"the hand of {kind} ended before it did anything")
        self._interrupt(victim, way.cue[1] if victim == "worker" and way.cue[0] else way.longest, hand, crew)
        told += crew.listen_to_the_end()
        self.time.back()
        self.city.seal(name)
        with sealed_meanwhile(self.city.settings(name), lambda: datetime.now(UTC)), _session(url) as session:  # a slow machine takes longer than the minute
            way.make_good(session, folder)
            session.rollback()
            lost, halves = way.broken(session, told, folder)
        self.found["saved"] += len(told)
        self.found["lost"] += lost
        self.found["halves"] += halves

    def _interrupt(self, victim: str, longest: float, hand: int, crew: Crew) -> None:
        if victim == "clock":
            self._jump(longest)
        else:
            threading.Event().wait(self.chance.random() * longest)
        if victim == "disk":
            self._fill_up(crew)
        elif victim == "database":
            self.server.kill()
            self._start_again()
        with suppress(ProcessLookupError):
            os.kill(hand, signal.SIGKILL)

    def _jump(self, longest: float) -> None:
        for _number in range(JUMPS_A_ROUND):
            self.time.jump(self.chance)
            threading.Event().wait(longest / JUMPS_A_ROUND)
            away = self.server.ask("SELECT abs(extract(epoch FROM clock_timestamp()) - extract(epoch FROM pg_postmaster_start_time())) > 3600")
            self.found["clock_jumps_seen"] += bool(away)

    def _fill_up(self, crew: Crew) -> None:
        """Nothing fits any more, somebody makes room, and the office is back without anything done by hand but starting the server."""
        ballast = fill(self.server.folder.parent)
        self.found["refused"] += crew.ends_within(LONGEST_FULL)
        ballast.unlink()
        if self.server.ask("SELECT 1") is None:
            self.server.kill()
            self._start_again()

    def _start_again(self) -> None:
        begun = monotonic()
        self.server.start()
        self.found["recovery_max_s"] = max(self.found["recovery_max_s"], round(monotonic() - begun, 2))

    def _restart(self, told: FalseTime | None) -> None:
        self.server.kill()
        self.server.environment = told.environment if told else {}
        self.server.start()


def measure(rounds: int, tell: Callable[[str], None], pairs: Collection[tuple[str, str]] = PAIRS) -> dict[str, Any]:
    """*rounds* kills of each process in each kind of work (a tenth of them with a full disk, a tenth with a jumping clock): acts told
    as saved, how many of them are missing, halves found, and which rounds were tried."""
    tried: dict[str, int] = {}
    with tempfile.TemporaryDirectory(prefix="nanbyo-faults-") as name, small_disk(Path(name)) as is_small:
        own(Path(name))
        bench = _Bench(Path(name), is_small)
        try:
            bench.server.make()
            bench.server.start()
            bench.city.found()
            for kind, victim in pairs:
                tried[f"{kind}, {victim}"] = count = bench.rounds_of(kind, victim, rounds)
                bench.block(kind, victim, count)
                tell(f"{kind}, {victim}: {count} rounds; {bench.found['saved']:,} saved, {bench.found['lost']} lost, "
                     f"{bench.found['halves']} halves so far")
        finally:
            bench.server.remove()
    return {**bench.found, "rounds": tried, "ok": _holds(bench, tried)}


def _holds(bench: _Bench, tried: dict[str, int]) -> bool:
    """A disk that was full and stopped nobody was not full; a clock that nobody saw jump did not."""
    found = bench.found
    is_full = not any(count for name, count in tried.items() if name.endswith("disk")) or found["refused"] > 0
    has_jumped = bench.time.library is None or not any(name.endswith("clock") for name in tried) or found["clock_jumps_seen"] > 0
    return found["lost"] == 0 and found["halves"] == 0 and found["saved"] >= sum(tried.values()) and is_full and has_jumped


def _session(url: str) -> Session:
    """A session whose connection is gone with it: the server is killed between two rounds."""
    return Session(create_engine(url, poolclass=NullPool))
