"""操作記録: every act leaves its row in the transaction that did it; a look leaves its row before the page leaves."""

from typing import Any

from sqlalchemy.orm import Session

from models.items import Record
from models.journal import Action, JournalEntry
from procedures.actor import Actor


def record(session: Session, actor: Actor, action: Action | str, subject: Record | None = None, *,
           recipient_id: int | None = None, detail: dict[str, Any] | None = None, reason: str = "") -> None:
    """記録する: add one row; *detail* holds keys and counts, never personal data."""
    if subject is not None and recipient_id is None:
        recipient_id = getattr(subject, "recipient_id", None)
    session.add(JournalEntry(
        actor_id=actor.user_id, actor_name=actor.name, terminal=actor.terminal, action=str(action),
        subject_kind=subject.__tablename__ if subject is not None else None,
        subject_id=subject.id if subject is not None else None,
        recipient_id=recipient_id, detail=detail, reason=reason))
