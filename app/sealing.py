"""封印する者: one pass after another with its own key, its own role in the database, and its own memory outside of it."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from config import SEALER_ROLE, Settings
from procedures.checkpoints import Checkpoints
from procedures.seal_key import KeyIsOpen, seal_key
from procedures.sealing import RolledBack, lines_after, log_of, look, report, restore, seal

log = logging.getLogger("nanbyo")
SECONDS_BETWEEN = 0.5
SEALER_LOCK = 5_403_002  # one sealer at a time, on whatever machine


class NewLog(Exception):
    """The sealer knows another journal than this database's, and nobody said that this is meant."""


@dataclass(frozen=True)
class Memory:
    """控え: what the sealer itself remembers of each journal, beside its key."""

    folder: Path

    def last(self, name: str) -> bytes | None:
        """The last checkpoint it signed for this journal."""
        path = self.folder / name
        return path.read_bytes() if path.exists() else None

    def keep(self, name: str, line: bytes) -> None:
        """Remember it; a killed sealer remembers the one before."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        written = self.folder / f".{name}"
        written.write_bytes(line)
        written.rename(self.folder / name)

    def knows_others(self, name: str) -> bool:
        """Whether it ever sealed another journal."""
        return self.folder.is_dir() and any(not path.name.startswith(".") for path in self.folder.iterdir()
                                            if path.name != name)


class Sealer:
    """封印する者 of one database; made while nobody else seals it."""

    def __init__(self, engine: Engine, settings: Settings, now: Callable[[], datetime], *, is_trial: bool) -> None:
        self.engine, self.now = engine, now
        self.key: Ed25519PrivateKey = seal_key(settings.seal_key)
        self.memory = Memory(settings.seal_key.parent / "memory")
        with Session(engine) as session:
            self.log = log_of(session)
        self.places = [Checkpoints(folder / self.log) for folder in (settings.checkpoints, settings.checkpoint_copy) if folder]
        if not is_trial and self.memory.last(self.log) is None and self.memory.knows_others(self.log):
            raise NewLog(self.log)

    def step(self) -> bool:
        """One pass; return whether nothing waits. RolledBack where the database holds less than was sealed."""
        with Session(self.engine) as session:
            known = self.memory.last(self.log)
            behind = lines_after(session, known)
            waits, oldest = look(session)
            if not waits and not behind:
                report(session, oldest)
                session.commit()
                return True
            done = seal(session, self.key.sign, self.now())
            session.commit()
            self._keep_outside(session, lines_after(session, known))
            if done.is_whole:
                report(session)
                session.commit()
        return done.is_whole

    def accept(self, note: str) -> None:
        """復元を認める: what the database lacks is taken from outside, and a signed checkpoint says why it goes on from less."""
        with Session(self.engine) as session:
            outside = self.places[0].lines()
            own = set(lines_after(session, None))
            restore(session, self.key.sign, [line for line in outside if line not in own], note, self.now())
            session.commit()
            line = lines_after(session, None)[-1]
            self.places[0].add([line])
            self.memory.keep(self.log, line)

    def _keep_outside(self, session: Session, made: list[bytes]) -> None:
        """The first place must take them; the second one is made up for as soon as it answers again."""
        first, *others = self.places
        self._catch_up(session, first)
        for place in others:
            try:
                self._catch_up(session, place)
            except OSError as fault:
                log.warning("second place of checkpoints: %s", type(fault).__name__)
        if made:
            self.memory.keep(self.log, made[-1])

    def _catch_up(self, session: Session, place: Checkpoints) -> None:
        lines = lines_after(session, place.last())
        if lines:
            place.add(lines)
            place.publish_key(self.key.public_key().public_bytes_raw())


def sealer_engine(settings: Settings) -> Engine:
    """The sealer's own way into the database: it reads the journal and adds leaves and checkpoints, nothing else."""
    return create_engine(str(settings.database_url), hide_parameters=True, pool_pre_ping=True,
                         connect_args={"options": f"-c role={SEALER_ROLE}"})


def is_migrated(settings: Settings) -> bool:
    """Whether there is a journal to seal."""
    engine = create_engine(str(settings.database_url), hide_parameters=True)
    try:
        with engine.connect() as connection:
            return connection.scalar(text("SELECT to_regclass('seal_state')")) is not None
    finally:
        engine.dispose()


def hold(connection: Connection) -> bool:
    """Whether this process is the one that seals, until *connection* closes."""
    return bool(connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": SEALER_LOCK}))


def seal_what_waits(settings: Settings, now: Callable[[], datetime]) -> None:
    """内蔵データベースの封印: commands of a trial seal what they wrote, unless a sealer is at work; never in the way of them."""
    if not is_migrated(settings):
        return
    engine = sealer_engine(settings)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if hold(connection):
                sealer = Sealer(engine, settings, now, is_trial=True)
                while not sealer.step():
                    pass
    except (DBAPIError, RolledBack, NewLog, KeyIsOpen, OSError) as stopped:
        log.warning("the journal is not sealed: %s", _cause(stopped))
    finally:
        engine.dispose()


@contextmanager
def sealed_meanwhile(settings: Settings, now: Callable[[], datetime]) -> Iterator[None]:
    """Inside, what a trial journals is sealed within a second, so that a long piece of work does not outlast the minute."""
    stop, engine = Event(), sealer_engine(settings)
    sealer = Sealer(engine, settings, now, is_trial=True)
    sealer.step()

    def work() -> None:
        while not stop.wait(SECONDS_BETWEEN):
            sealer.step()

    thread = Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        engine.dispose()


def _cause(stopped: Any) -> str:
    return type(getattr(stopped, "orig", None) or stopped).__name__
