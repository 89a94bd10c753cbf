"""鍵の更新: every sealed number under the newest keys, a chunk at a time, while the office goes on; a second person agreed."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models.job import Job
from models.number_report import IndividualNumber, SealedNumber
from procedures import jobs, two_person
from procedures.actor import Actor
from procedures.keyring import Keyring
from procedures.vault import Vault

KIND: Final = "rotate_keys"
CHUNK: Final = 10_000  # each chunk looks past what is done already, so few large ones
STORES: Final = (IndividualNumber, SealedNumber)
_WRITE: Final = {IndividualNumber: "numbering.individual_number", SealedNumber: "numbering.sealed_number"}


def begin(session: Session, actor: Actor, ring: Keyring, now: datetime) -> Job:
    """鍵を更新する: new keys hold from now on, the job seals anew what lies under the old ones; NotConfirmed.

    The keys are on disk before the caller commits: without the commit they are merely there, and nothing is lost.
    """
    two_person.use(session, actor, two_person.ROTATE_KEYS, {}, now)
    version = ring.add()
    return jobs.ask_for(session, actor, KIND, {"version": version})


def left(session: Session, vault: Vault) -> int:
    """残り: how many rows lie under older keys."""
    return sum(session.scalar(select(func.count()).select_from(store).where(store.key_version < vault.newest)) or 0
               for store in STORES)


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
        for store in STORES:
            rows = list(session.scalars(select(store).where(store.key_version < self.vault.newest).order_by(store.id)
                                        .limit(CHUNK).with_for_update()))
            if rows:
                self._write(session, _WRITE[store], self.vault.seal_anew(rows))
                for row in rows:
                    session.expunge(row)  # what it held is not what the table holds now
                return len(rows)
        return 0

    def _write(self, session: Session, table: str, sealed: list[tuple[int, bytes, bytes]]) -> None:
        ids, ciphertexts, hashes = zip(*sealed, strict=True)
        values: dict[str, Any] = {"ids": list(ids), "ciphertexts": list(ciphertexts), "hashes": list(hashes), "key": self.vault.newest}
        session.execute(text(f"UPDATE {table} AS n SET ciphertext = s.c, blind_index = s.h, key_version = :key FROM unnest("
                             "CAST(:ids AS bigint[]), CAST(:ciphertexts AS bytea[]), CAST(:hashes AS bytea[])) AS s(id, c, h) "
                             "WHERE n.id = s.id"), values)
