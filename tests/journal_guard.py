"""記録のない変更: in every test of a screen, a commit that changed a recorded table has its journal row in the same transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from models.items import recorded_models
from models.journal import JournalEntry

_MARK = "changed without a row"


@contextmanager
def watching(sessions: Any) -> Iterator[list[str]]:
    """Inside, *sessions* are watched; the list names the tables of every commit without its row."""
    recorded, found = tuple(recorded_models()), list[str]()

    def flushed(session: Session, _context: Any) -> None:
        touched = {type(row).__tablename__ for rows in (session.new, session.dirty, session.deleted) for row in rows
                   if isinstance(row, recorded) and (row not in session.dirty or session.is_modified(row))}
        session.info.setdefault(_MARK, set()).update(touched)
        if any(isinstance(row, JournalEntry) for row in session.new):
            session.info["journalled"] = True

    def committed(session: Session) -> None:
        if session.in_nested_transaction():
            return  # a savepoint ends; the act goes on
        changed, journalled = session.info.pop(_MARK, set()), session.info.pop("journalled", False)
        if changed and not journalled:
            found.append(", ".join(sorted(changed)))

    def rolled_back(session: Session) -> None:
        session.info.pop(_MARK, None)
        session.info.pop("journalled", None)

    listeners = (("after_flush", flushed), ("after_commit", committed), ("after_rollback", rolled_back))
    for name, listener in listeners:
        event.listen(sessions, name, listener)
    try:
        yield found
    finally:
        for name, listener in listeners:
            event.remove(sessions, name, listener)
