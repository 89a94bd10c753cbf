"""システムを動かす: real processes on free ports, with a trial's certificates, for tests of several together."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Final

from bench.town import Town, free_ports
from systems.frame.settings import NAMES

__all__ = ["Town", "free_ports", "town", "until"]
PATIENCE_SECONDS: Final = 60.0
LOOK_AGAIN_SECONDS: Final = 0.02


def until(find: Callable[[], object]) -> object:
    """What *find* returns once it is something; fails when a minute has brought nothing."""
    ends, between = monotonic() + PATIENCE_SECONDS, Event()
    while not (found := find()):
        if monotonic() > ends:
            raise AssertionError("it never came")
        between.wait(LOOK_AGAIN_SECONDS)  # the processes looked at need the machine
    return found


@contextmanager
def town(database_url: str, folder: Path) -> Iterator[Town]:
    """All systems' addresses and certificates; nothing runs until ``start``."""
    made = Town(database_url, folder, dict(zip(NAMES, free_ports(len(NAMES)), strict=True)))
    try:
        yield made
    finally:
        made.stop()
