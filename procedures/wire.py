"""隣のシステムとの通信: the one narrow door through which the office speaks; what waits is sent, what is answered is noted.

Each message is one transaction of ours: its row is held, what it says is made from our records, it is sent, and what the
answer means is written. Killed between their commit and ours it is sent again under its id, and they give the answer they gave.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from exchange.soap import Silent, SoapFault
from models.journal import UNSEALED_CODE
from models.neighbour import OutgoingMessage
from procedures.journal import RestoredCopyIsClosed
from procedures.vault import Vault

MOST_FAULTS: Final = 12  # of their own making; a neighbour that is silent is asked for ever
LONGEST_WAIT: Final = timedelta(minutes=10)
Answer = Mapping[str, Any]


class Talks(Protocol):
    """相手: one contract of one neighbour (exchange.peer.Peer)."""

    def call(self, operation: str, request_id: str, staff_id: str, values: Mapping[str, Any]) -> Answer:
        """Return the answer's values; SoapFault, Silent."""
        ...


class NotYet(Exception):
    """It cannot be said yet: *code* says what is missing; asked again after *wait*."""

    def __init__(self, code: str, wait: timedelta) -> None:
        super().__init__(code)
        self.code, self.wait = code, wait


class NoLongerNeeded(Exception):
    """Something newer says the same; nothing is sent."""


@dataclass(frozen=True)
class Errand:
    """用件: how one operation is said, what its answer means, and what its refusal means."""

    say: Callable[[Session, OutgoingMessage, Vault, datetime], Mapping[str, Any]]
    heard: Callable[[Session, OutgoingMessage, Answer, datetime], None]
    failed: Callable[[Session, OutgoingMessage, SoapFault], None]


def deliver(engine: Engine, errands: Mapping[str, Errand], peers: Mapping[str, Talks], vault: Vault,
            now: Callable[[], datetime], most: int = 100) -> int:
    """届ける: what is due, the oldest first, at most so many; a neighbour that does not answer is left alone until later."""
    silent: set[str] = set()
    done = 0
    while done < most:
        with Session(engine) as session:
            row = _next(session, [name for name in peers if name not in silent], now())
            if row is None:
                return done
            number = row.id
            try:
                if not _deliver(session, row, errands[row.operation], peers[row.system], vault, now()):
                    silent.add(row.system)
                session.commit()
            except DBAPIError as fault:
                session.rollback()
                if getattr(fault.orig, "sqlstate", None) == UNSEALED_CODE:
                    return done  # nothing leaves while nothing is sealed
                _note_fault(session, number, "store", now())
                session.commit()
        done += 1
    return done


def _next(session: Session, systems: list[str], now: datetime) -> OutgoingMessage | None:
    return session.scalars(select(OutgoingMessage).where(
        OutgoingMessage.state == "waiting", OutgoingMessage.due_at <= now, OutgoingMessage.system.in_(systems))
        .order_by(OutgoingMessage.due_at, OutgoingMessage.id).limit(1).with_for_update(skip_locked=True)).one_or_none()


def _deliver(session: Session, row: OutgoingMessage, errand: Errand, peer: Talks, vault: Vault, now: datetime) -> bool:
    """Say it and note the answer; False where nobody answered."""
    try:
        values = errand.say(session, row, vault, now)
        answer = peer.call(row.operation, row.request_id, row.staff, values)
    except NotYet as missing:
        row.fault, row.due_at = missing.code, now + missing.wait
    except RestoredCopyIsClosed:
        row.fault, row.due_at = "restored_copy", now + LONGEST_WAIT
    except NoLongerNeeded:
        row.state, row.fault, row.answered_at = "sent", "superseded", now
    except Silent:
        _wait(row, "silent", now)
        return False
    except SoapFault as fault:
        _refused(session, row, errand, fault, now)
    else:
        row.state, row.fault, row.answered_at = "sent", None, now
        errand.heard(session, row, answer, now)
    return True


def _refused(session: Session, row: OutgoingMessage, errand: Errand, fault: SoapFault, now: datetime) -> None:
    """Their own fault is waited out for a while; ours is final."""
    _wait(row, fault.code, now)
    if fault.side == "Client" or row.tries >= MOST_FAULTS:
        row.state, row.answered_at = "refused" if fault.side == "Client" else "given_up", now
        errand.failed(session, row, fault)


def _wait(row: OutgoingMessage, code: str, now: datetime) -> None:
    row.tries, row.fault = row.tries + 1, code
    row.due_at = now + min(timedelta(seconds=2 ** min(row.tries, 20)), LONGEST_WAIT)


def _note_fault(session: Session, number: int, code: str, now: datetime) -> None:
    row = session.get_one(OutgoingMessage, number, with_for_update=True)
    _wait(row, code, now)
    if row.tries >= MOST_FAULTS:
        row.state = "given_up"
    session.flush()
