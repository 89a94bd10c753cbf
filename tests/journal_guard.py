"""記録のない変更: in every test of a screen, a commit that changed a recorded table has its journal row in the same transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from models.items import recorded_models
from models.journal import JournalEntry

_MARK = "changed without a row"
_ROW = "journalled"


@contextmanager
def watching(sessions: Any) -> Iterator[list[str]]:
    """Inside, *sessions* are watched; the list names the tables of every commit without its row."""
    recorded, found = tuple(recorded_models()), list[str]()

    def flushed(session: Session, _context: Any) -> None:
        session.info.setdefault(_MARK, set()).update(_touched(session, recorded))
        session.info[_ROW] = session.info.get(_ROW, False) or any(isinstance(row, JournalEntry) for row in session.new)

    def committed(session: Session) -> None:
        if not session.in_nested_transaction():  # the end of a savepoint is no commit
            found.extend(_unjournalled(session))

    def rolled_back(session: Session) -> None:
        _unjournalled(session)

    listeners = (("after_flush", flushed), ("after_commit", committed), ("after_rollback", rolled_back))
    for name, listener in listeners:
        event.listen(sessions, name, listener)
    try:
        yield found
    finally:
        for name, listener in listeners:
            event.remove(sessions, name, listener)


def _touched(session: Session, recorded: tuple[type, ...]) -> set[str]:
    return {type(row).__tablename__ for rows in (session.new, session.dirty, session.deleted) for row in rows
            if isinstance(row, recorded) and (row not in session.dirty or session.is_modified(row))}


def _unjournalled(session: Session) -> list[str]:
    """What this transaction changed where nothing says so; the next one begins with nothing."""
    changed, journalled = session.info.pop(_MARK, set()), session.info.pop(_ROW, False)
    return [", ".join(sorted(changed))] if changed and not journalled else []
