"""操作記録の証明: the journal as lines that anybody can verify without this database, and the verification itself."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from exchange.journal_proof import verify
from models.journal import Action
from models.seal import JournalCheckpoint
from procedures import journal
from procedures.actor import Actor
from procedures.journal_search import SHORTEST_REASON, NoReason
from procedures.sealing import log_of

_LEAVES: Final = """
SELECT '{"leaf":"' || encode(l.hash, 'hex') || CASE WHEN e.id IS NULL THEN '"}' ELSE '","entry":' || journal_text(e) || '}' END
  FROM journal_leaf l LEFT JOIN journal_entry e ON e.id = l.entry_id ORDER BY l.leaf_index"""
_UNSEALED: Final = """
SELECT '{"unsealed":' || journal_text(e) || '}' FROM journal_entry e
 WHERE NOT EXISTS (SELECT FROM journal_leaf l WHERE l.entry_id = e.id) ORDER BY e.id"""


def lines(session: Session, now: datetime) -> Iterator[bytes]:
    """操作記録の行, all of one moment: a head, the checkpoints, every leaf with its entry, then what is not sealed yet."""
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    yield json.dumps({"journal": log_of(session), "made": now.astimezone(UTC).isoformat()}).encode()
    for line in session.scalars(select(JournalCheckpoint.line).order_by(JournalCheckpoint.id)
                                .execution_options(yield_per=5000)):
        yield line.encode()
    # Leaves and entries lie in nearly the same order; sorting a million wide rows would cost more than looking each up.
    session.execute(text("SET LOCAL enable_sort = off"))
    for statement in (_LEAVES, _UNSEALED):
        cursor: Any = session.connection().connection.cursor()
        with cursor.copy(f"COPY ({statement}) TO STDOUT") as copy:
            for row in copy:
                written = bytes(row)[:-1]
                yield written.replace(b"\\\\", b"\\") if b"\\" in written else written  # the only character of JSON that COPY escapes


def prove(session: Session, keys: Sequence[bytes], outside: Sequence[bytes], now: datetime) -> dict[str, Any]:
    """検証する: ``entries`` and ``ok``, or why not and the first broken entry; a seal nobody kept outside proves nothing."""
    if not outside and session.scalar(select(JournalCheckpoint.id).limit(1)):
        return {"entries": 0, "ok": False, "why": "封印の控えがデータベースの外にありません", "leaf": None, "entry": None}
    verdict = verify(lines(session, now), keys, outside)
    verdict.pop("until", None)  # it is now
    return verdict


def take(session: Session, actor: Actor, reason: str) -> None:
    """出力を記録する: the whole journal goes out for a reason; the caller commits before a byte leaves. NoReason."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise NoReason
    journal.record(session, actor, Action.EXPORTED, reason=reason.strip()[:400], detail={"listing": "journal", "proof": True})
