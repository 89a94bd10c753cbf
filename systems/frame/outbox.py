"""送信箱: what a transaction wants sent is sent after its commit, until it is answered; answered exactly once."""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from exchange.soap import SoapFault
from systems.frame.client import Peer, Silent
from systems.frame.hands import call
from systems.frame.store import Outgoing

MOST_TRIES: Final = 12
LONGEST_WAIT: Final = timedelta(minutes=10)
Reply = Callable[[Session, Outgoing, Mapping[str, Any] | SoapFault], None]
Say = Callable[[Session, Outgoing], Mapping[str, Any]]


def send(session: Session, table: type[Outgoing], peer: str, operation: str, content: Mapping[str, Any], purpose: str,
         subject_id: int | None = None) -> Outgoing:
    """送信を頼む: it is sent if the caller commits."""
    row = table(request_id=uuid.uuid4().hex, peer=peer, operation=operation, content=dict(content), purpose=purpose,
                subject_id=subject_id)
    session.add(row)
    session.flush()
    call(session, str(table.__table__.schema))
    return row


def deliver_one(engine: Engine, table: type[Outgoing], peers: Mapping[str, Peer], replies: Mapping[str, Reply],
                staff_id: str, now: datetime, say: Mapping[str, Say] | None = None) -> bool:
    """Send the oldest message that is due and carry out what its answer means, in one transaction; False: none is due.

    Killed between the peer's commit and ours, it is sent again under its id, and the peer gives the answer it gave.
    *say* (by purpose) makes what is sent at the moment of sending, where the row must not hold it.
    """
    with Session(engine) as session:
        row = session.scalars(select(table).where(table.state == "waiting", table.due_at <= now).order_by(table.id)
                              .limit(1).with_for_update(skip_locked=True)).one_or_none()
        if row is None:
            return False
        try:
            answer: Mapping[str, Any] | SoapFault = peers[row.peer].call(
                row.operation, row.request_id, staff_id, _said(session, row, say or {}))
        except SoapFault as refused:
            answer = refused
        except Silent as silent:
            answer = SoapFault(str(silent), "", "Server")
        if isinstance(answer, SoapFault) and answer.side == "Server":
            _wait(row, answer.code, now)
            if row.state == "given_up":
                replies[row.purpose](session, row, answer)
        else:
            row.state, row.fault = ("refused", answer.code) if isinstance(answer, SoapFault) else ("sent", None)
            replies[row.purpose](session, row, answer)
        session.commit()
    return True


def _said(session: Session, row: Outgoing, say: Mapping[str, Say]) -> Mapping[str, Any]:
    return say[row.purpose](session, row) if row.purpose in say else row.content


def _wait(row: Outgoing, code: str, now: datetime) -> None:
    row.tries, row.fault = row.tries + 1, code
    row.due_at = now + min(timedelta(seconds=2 ** row.tries), LONGEST_WAIT)
    if row.tries >= MOST_TRIES:
        row.state = "given_up"
