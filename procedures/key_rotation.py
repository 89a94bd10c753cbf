"""鍵の更新: every sealed number under the newest keys, a chunk at a time, while the office goes on; a second person agreed."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.job import Job
from models.number_report import IndividualNumber, SealedNumber
from procedures import jobs, two_person
from procedures.actor import Actor
from procedures.frames import driver
from procedures.keyring import Keyring
from procedures.number_store import DRAFTS, NUMBERS, in_store
from procedures.vault import Sealed, Vault, draft_place, number_place

KIND: Final = "rotate_keys"
CHUNK: Final = 10_000  # each chunk looks past what is done already, so few large ones
_STORES: Final[tuple[tuple[str, str, Callable[..., str]], ...]] = (
    (NUMBERS, "line_id", number_place), (DRAFTS, "sheet_id, field, turn", draft_place))


def begin(session: Session, actor: Actor, ring: Keyring, now: datetime) -> Job:
    """鍵を更新する: new keys hold from now on, the job seals anew what lies under the old ones; NotConfirmed.

    The keys are on disk before the caller commits: without the commit they are merely there, and nothing is lost.
    """
    two_person.use(session, actor, two_person.ROTATE_KEYS, {}, now)
    version = ring.add()
    return jobs.ask_for(session, actor, KIND, {"version": version})


def left(session: Session, vault: Vault) -> int:
    """残り: how many rows lie under older keys."""
    with in_store(session):
        return sum(session.scalar(select(func.count()).select_from(store).where(store.key_version < vault.newest)) or 0
                   for store in (IndividualNumber, SealedNumber))


class RotationJob:
    """封じ直す仕事: goes by what is left and not by a counter, so that a killed one goes on where it was."""

    def __init__(self, vault: Vault) -> None:
        self.vault = vault

    def plan(self, session: Session, job: Job) -> int:
        """How many rows lie under older keys."""
        return left(session, self.vault)

    def step(self, session: Session, job: Job) -> int:
        """The next chunk; where the office itself sealed the rest meanwhile, all of them count as done."""
        return self.seal_some(session) or job.total - job.done - job.failed

    def finish(self, session: Session, job: Job) -> str | None:
        """What was written under older keys since the plan was made, by a screen that was open then."""
        while self.seal_some(session):
            pass
        return None

    def seal_some(self, session: Session) -> int:
        """One chunk under the newest keys; return how many rows it had."""
        with in_store(session):
            return next((done for store in _STORES if (done := self._seal_of(session, *store))), 0)

    def _seal_of(self, session: Session, table: str, columns: str, place: Callable[..., str]) -> int:
        """A row is a tuple here and travels in binary: a hundred thousand of them are waited for."""
        with driver(session).cursor(binary=True) as cursor:
            cursor.execute(f"SELECT id, ciphertext, key_version, {columns} FROM {table} WHERE key_version < %s "
                           "ORDER BY id LIMIT %s FOR UPDATE", (self.vault.newest, CHUNK))
            rows = [Sealed(number, ciphertext, version, place(*parts)) for number, ciphertext, version, *parts in cursor]
            if rows:
                ids, ciphertexts, hashes = zip(*self.vault.seal_anew(rows), strict=True)
                cursor.execute(
                    f"UPDATE {table} AS n SET ciphertext = s.c, blind_index = s.h, key_version = %s "
                    "FROM unnest(%b::bigint[], %b::bytea[], %b::bytea[]) AS s(id, c, h) WHERE n.id = s.id",
                    (self.vault.newest, list(ids), list(ciphertexts), list(hashes)))
        return len(rows)
