"""操作記録: every act leaves its row in the transaction that did it; a look leaves its row before the page leaves."""

from typing import Any, Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models.items import Record
from models.journal import Action, JournalEntry
from models.restored_copy import RestoredCopy
from procedures.actor import Actor
from procedures.refusal import Refused

# What leaves the office leaves one of these lines first; the table refuses them in a restored copy too (migrations).
LEAVING: Final = frozenset({Action.EXPORTED, Action.PRINTED, Action.ISSUED})
_OPEN: Final = "nothing here is a restored copy that waits"


class RestoredCopyIsClosed(Refused):
    """Two people have not yet said that this restored copy is the office that counts."""

    message = "この設置は控えから復元したもので、まだ解除されていません。二人が「システムの状態」で解除するまで、支払・出力・印刷はできません。"


def record(session: Session, actor: Actor, action: Action | str, subject: Record | None = None, *,
           seen: tuple[type[Record], int] | None = None, recipient_id: int | None = None, detail: dict[str, Any] | None = None,
           reason: str = "") -> None:
    """記録する: add one row; *detail* holds keys and counts, never personal data; RestoredCopyIsClosed where something would leave.

    *seen* names a subject by table and number, where it was read without being loaded.
    """
    if action in LEAVING:
        _may_leave(session)
    if subject is not None and recipient_id is None:
        recipient_id = getattr(subject, "recipient_id", None)
    kind, number = (subject.__tablename__, subject.id) if subject is not None else (seen[0].__tablename__, seen[1]) if seen else (None, None)
    session.add(JournalEntry(
        actor_id=actor.user_id, actor_name=actor.name, terminal=actor.terminal, screen=actor.screen, action=str(action),
        subject_kind=kind, subject_id=number, recipient_id=recipient_id, detail=detail, reason=reason))


def _may_leave(session: Session) -> None:
    """Asked once a session: what was open stays open, for only a restore closes it, and it takes the whole database."""
    if _OPEN not in session.info:
        if session.scalar(select(exists().where(RestoredCopy.released_by.is_(None)))):
            raise RestoredCopyIsClosed
        session.info[_OPEN] = True
