"""送信箱: a message to a neighbour is asked for in the transaction that needs it, and sent by the worker after the commit."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models.items import Record
from models.journal import Action
from models.neighbour import OutgoingMessage
from procedures import journal
from procedures.actor import Actor
from procedures.jobs import CHANNEL
from procedures.refusal import Refused

OURSELVES: Final = "core"  # 職員ID of what no person asked for
MENDABLE: Final = ("pmh",)  # may refuse for the city's own settings: what it refused is made anew when they are mended


class NotGivenUp(Refused):
    """Only what was given up or sent back is sent again."""

    message = "この電文は送り直せません。画面を開き直してください。"


@dataclass(frozen=True)
class Waiting:
    """送信箱の様子 of one neighbour: how many wait, since when, how many came to nothing, and the last faults."""

    system: str
    waiting: int
    oldest: datetime | None
    stopped: int


def send(session: Session, operation: str, subject: Record, recipient_id: int | None, due_at: datetime | None = None, *,
         staff: str = OURSELVES, tries: int = 0, system: str = "numberlink", request_id: str | None = None) -> OutgoingMessage:
    """送信を頼む: it is sent if the caller commits, and the worker hears of it then; content is made from *subject* at sending."""
    row = OutgoingMessage(request_id=request_id or str(uuid.uuid4()), system=system, operation=operation, subject_id=subject.id,
                          recipient_id=recipient_id, staff=staff, tries=tries, due_at=due_at or func.now())
    session.add(row)
    session.flush()
    session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})
    return row


def staff_id(session: Session, actor: Actor) -> str:
    """職員ID of whoever acts, as the neighbours know people; our own where no person does."""
    found = session.scalar(select(User.username).where(User.id == actor.user_id)) if actor.user_id else None
    return str(found or OURSELVES)


def is_waiting(session: Session, operation: str, subject_id: int) -> bool:
    """Whether such a message about this row waits already."""
    return session.scalar(select(OutgoingMessage.id).where(
        OutgoingMessage.operation == operation, OutgoingMessage.subject_id == subject_id,
        OutgoingMessage.state == "waiting").limit(1)) is not None


def overview(session: Session) -> list[Waiting]:
    """送信箱の様子, by neighbour; counts and nobody's content."""
    rows = session.execute(text("""
        SELECT system, count(*) FILTER (WHERE state = 'waiting') AS waiting,
               min(created_at) FILTER (WHERE state = 'waiting') AS oldest,
               count(*) FILTER (WHERE state IN ('refused', 'given_up')) AS stopped
          FROM outgoing_message GROUP BY system ORDER BY system"""))
    return [Waiting(row.system, row.waiting, row.oldest, row.stopped) for row in rows]


def reasons(session: Session, system: str) -> dict[str, int]:
    """待つわけ: how many messages to *system* wait, by the short word of why; nobody's content."""
    rows = session.execute(select(OutgoingMessage.fault, func.count().label("waiting")).where(
        OutgoingMessage.system == system, OutgoingMessage.state == "waiting", OutgoingMessage.fault.is_not(None))
        .group_by(OutgoingMessage.fault).order_by(OutgoingMessage.fault))
    return {str(row.fault): row.waiting for row in rows}


def stopped(session: Session, most: int = 100) -> list[OutgoingMessage]:
    """送れなかったもの, the latest first: operation, fault and moment, for administrators; nobody's content."""
    return list(session.scalars(select(OutgoingMessage).where(OutgoingMessage.state.in_(("refused", "given_up")))
                                .order_by(OutgoingMessage.id.desc()).limit(most)))


def may_be_sent_again(row: OutgoingMessage) -> bool:
    """Whether it was given up, or refused by somebody whose refusal can be mended here."""
    return row.state == "given_up" or (row.state == "refused" and row.system in MENDABLE)


def send_again(session: Session, actor: Actor, number: int) -> None:
    """送り直す: what was given up, or refused for what can be mended, waits again under its own request id, so that nothing is done twice; NotGivenUp."""
    row = session.get(OutgoingMessage, number, with_for_update=True)
    if row is None or not may_be_sent_again(row):
        raise NotGivenUp
    row.state, row.tries, row.due_at = "waiting", 0, func.now()
    journal.record(session, actor, Action.ADMINISTERED, row, detail={"message": row.operation, "act": "again"})
    session.flush()
    session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})
