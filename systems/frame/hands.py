"""手: the background process of a system: sends what waits, does what is due, sleeps until it hears of more."""

import signal
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Final

import psycopg
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

PAUSE_SECONDS: Final = 0.5
Work = Callable[[], bool]


def channel_of(schema: str) -> str:
    """What a commit of this system calls when there is more to do."""
    return f"nanbyo_{schema}"


def call(session: Session, schema: str) -> None:
    """The hands hear of it if the caller commits."""
    session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": channel_of(schema)})


def go_on(engine: Engine, schema: str, works: Sequence[Work]) -> None:
    """Do each work as long as it finds something; listen when none did; until the process is told to stop."""
    stopped: list[int] = []

    def leave(number: int, frame: FrameType | None) -> None:
        stopped.append(number)

    for wish in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wish, leave)
    plain = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as ear:
        ear.execute(f"LISTEN {channel_of(schema)}")
        while not stopped:
            if not any([work() for work in works]):
                for _notice in ear.notifies(timeout=PAUSE_SECONDS, stop_after=1):
                    pass
