"""情報照会の電文: sent when the person's code is there, asked again until there is an answer, noted with its digest."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from exchange import numberlink_calls as calls
from exchange.soap import SoapFault
from models.journal import Action
from models.neighbour import NetworkInquiry, OutgoingMessage
from procedures import journal, outbox
from procedures.actor import SYSTEM
from procedures.integrated_numbers import demand
from procedures.vault import Vault
from procedures.wire import Answer, Errand, NoLongerNeeded

LONGEST: Final = timedelta(minutes=10)
OPEN: Final = ("waiting", "asked")


def _ask(session: Session, row: OutgoingMessage, vault: Vault, now: datetime) -> Mapping[str, Any]:
    inquiry = session.get_one(NetworkInquiry, row.subject_id, with_for_update=True)
    if inquiry.state != "waiting":
        raise NoLongerNeeded
    number = demand(session, inquiry.file_number, now)
    journal.record(session, SYSTEM, Action.EXPORTED, inquiry, reason=inquiry.purpose, detail={"message": row.operation})
    return calls.question(number, inquiry)


def _asked(session: Session, row: OutgoingMessage, answer: Answer, now: datetime) -> None:
    inquiry = session.get_one(NetworkInquiry, row.subject_id, with_for_update=True)
    inquiry.reference = calls.reference_in(answer)
    if not _closed(session, inquiry, calls.result_in(answer), now):
        inquiry.state = "asked"
        session.flush()
        outbox.send(session, "ShokaiKekka", inquiry, row.recipient_id, now + timedelta(seconds=2), staff=row.staff)


def _poll(session: Session, row: OutgoingMessage, vault: Vault, now: datetime) -> Mapping[str, Any]:
    return calls.by_reference(str(session.get_one(NetworkInquiry, row.subject_id).reference))


def _polled(session: Session, row: OutgoingMessage, answer: Answer, now: datetime) -> None:
    """An answer that is not there yet is asked for again, under a new request id, after twice the time."""
    inquiry = session.get_one(NetworkInquiry, row.subject_id, with_for_update=True)
    if inquiry.state in OPEN and not _closed(session, inquiry, calls.result_in(answer), now):
        again = min(timedelta(seconds=2 ** min(row.tries + 2, 20)), LONGEST)
        outbox.send(session, "ShokaiKekka", inquiry, row.recipient_id, now + again, staff=row.staff, tries=row.tries + 1)


def _closed(session: Session, inquiry: NetworkInquiry, result: calls.Result, now: datetime) -> bool:
    """Note the outcome, if there is one."""
    if result.outcome is None:
        return False
    inquiry.state, inquiry.refusal = result.outcome, result.refusal
    inquiry.answer, inquiry.digest = result.information, result.digest
    inquiry.answered_at = now
    session.flush()
    journal.record(session, SYSTEM, Action.IMPORTED, inquiry, detail={"outcome": result.outcome})
    return True


def _failed(session: Session, row: OutgoingMessage, fault: SoapFault) -> None:
    inquiry = session.get_one(NetworkInquiry, row.subject_id, with_for_update=True)
    if inquiry.state in OPEN:
        inquiry.state, inquiry.refusal = "failed", fault.code
        session.flush()
        journal.record(session, SYSTEM, Action.IMPORTED, inquiry, detail={"outcome": "failed"})


ERRANDS: Final = {"ShokaiYokyu": Errand(_ask, _asked, _failed), "ShokaiKekka": Errand(_poll, _polled, _failed)}
