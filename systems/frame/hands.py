"""手: the background process of a system: sends what waits, does what is due, sleeps until there is more."""

import signal
import threading
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Final

PAUSE_SECONDS: Final = 0.2
Work = Callable[[], bool]


def go_on(works: Sequence[Work]) -> None:
    """Do each work as long as it finds something; pause when none did; until the process is told to stop."""
    stopped = threading.Event()

    def leave(number: int, frame: FrameType | None) -> None:
        stopped.set()

    for wish in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wish, leave)
    while not stopped.is_set():
        if not any([work() for work in works]):
            stopped.wait(PAUSE_SECONDS)
