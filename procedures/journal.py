"""操作記録: every act is written down in the transaction that does it."""

from typing import Any

from sqlalchemy.orm import Session

from models.items import Record
from models.journal import Action, JournalEntry
from procedures.actor import Actor


def record(session: Session, actor: Actor, action: Action | str, subject: Record | None = None, *,
           recipient_id: int | None = None, detail: dict[str, Any] | None = None, reason: str = "") -> JournalEntry:
    """Add one line to the journal; *detail* holds keys and counts, never what they stand for."""
    entry = JournalEntry(
        actor_id=actor.user_id, actor_name=actor.name, terminal=actor.terminal, action=str(action),
        subject_kind=subject.__tablename__ if subject is not None else None,
        subject_id=subject.id if subject is not None else None,
        recipient_id=recipient_id, reason=reason, detail=detail)
    session.add(entry)
    return entry
