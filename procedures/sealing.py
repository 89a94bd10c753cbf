"""封印: what was journalled is numbered as leaves of a Merkle tree, and a signed checkpoint says how far and with which root.

The sealer numbers the leaves itself: ids of entries are given before their transactions commit and have gaps. An entry of a
long transaction becomes visible late; every pass therefore looks at all transactions from the oldest one that was still
running at the pass before (``pg_snapshot_xmin``), and seals what has no leaf yet.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from exchange.journal_proof import NOTHING, Frontier, checkpoint_of, leaf_hash, line_of, signed_text
from models.seal import JournalCheckpoint, SealState

BATCH: Final = 20_000
IDLE_SECONDS: Final = 10  # how often a sealer without work says that it is alive

_UNSEALED: Final = text("""
SELECT e.id, journal_text(e) AS body FROM journal_entry e
 WHERE e.transaction_id >= :watermark AND NOT EXISTS (SELECT FROM journal_leaf l WHERE l.entry_id = e.id)
 ORDER BY e.transaction_id, e.id LIMIT :most""")
_SNAPSHOT: Final = text("""
SELECT pg_snapshot_xmin(s)::text::bigint AS oldest, pg_snapshot_xmax(s)::text::bigint AS newest
  FROM pg_current_snapshot() AS s""")

_WAITING: Final = text("""
SELECT pg_snapshot_xmin(now_running)::text::bigint AS oldest, EXISTS (
         SELECT FROM journal_entry e WHERE (e.transaction_id >= s.watermark OR s.watermark > pg_snapshot_xmax(now_running)::text::bigint)
            AND NOT EXISTS (SELECT FROM journal_leaf l WHERE l.entry_id = e.id)) AS waits
  FROM seal_state s CROSS JOIN pg_current_snapshot() AS now_running""")

Sign = Callable[[bytes], bytes]


class RolledBack(Exception):
    """The database holds less than what was sealed, or another journal: it was put back, or exchanged."""


@dataclass(frozen=True)
class Pass:
    """一回の封印: how many entries it sealed, and whether none waits any more."""

    sealed: int
    is_whole: bool


def seal(session: Session, sign: Sign, now: datetime) -> Pass:
    """封印する: what waits has its leaves, and a checkpoint says so; the caller commits, keeps it outside, and reports."""
    state = session.get_one(SealState, 1, with_for_update=True, populate_existing=True)
    snapshot = session.execute(_SNAPSHOT).one()
    # Transactions of a restored copy are counted anew, from below the mark: then everything is looked at once.
    watermark = state.watermark if state.watermark <= snapshot.newest else 0
    rows = session.execute(_UNSEALED, {"watermark": watermark, "most": BATCH}).all()
    if rows:
        tree = Frontier(state.size, state.frontier)
        first, leaves = tree.size, [leaf_hash(row.body.encode()) for row in rows]
        for leaf in leaves:
            tree.append(leaf)
        _store(session, first, [row.id for row in rows], leaves)
        _sign(session, sign, state, tree, now)
    if len(rows) < BATCH and state.watermark != snapshot.oldest:
        state.watermark = snapshot.oldest
    session.flush()
    return Pass(len(rows), len(rows) < BATCH)


def look(session: Session) -> tuple[bool, int]:
    """待っているか: whether anything is unsealed, and the oldest transaction that ran at that very moment; nothing is written."""
    row = session.execute(_WAITING).one()
    return bool(row.waits), int(row.oldest)


def report(session: Session, oldest: int | None = None) -> None:
    """見終えた: everything committed before this pass is sealed and kept outside.

    A pass that found nothing says so now and then only, with the mark below which, as it saw, all is sealed.
    """
    if oldest is None:
        session.execute(text("UPDATE seal_state SET at = clock_timestamp()"))
        return
    session.execute(text("UPDATE seal_state SET at = clock_timestamp(), watermark = :oldest"
                         " WHERE at < clock_timestamp() - make_interval(secs => :idle)"), {"oldest": oldest, "idle": IDLE_SECONDS})


def restore(session: Session, sign: Sign, lost: list[bytes], note: str, now: datetime) -> None:
    """復元を認める: the checkpoints that a restored copy lacks are taken in, and a signed one says from where it goes on."""
    state = session.get_one(SealState, 1, with_for_update=True, populate_existing=True)
    for line in lost:
        session.add(JournalCheckpoint(size=checkpoint_of(line)[0]["size"], line=line.decode()))
    session.flush()
    _sign(session, sign, state, Frontier(state.size, state.frontier), now, kind="restored", note=note)
    session.flush()


def lines_after(session: Session, line: bytes | None) -> list[bytes]:
    """それより後の封印, the oldest first; all of them where *line* is None. RolledBack where the database never had it."""
    after = 0
    if line is not None:
        after = session.scalar(select(JournalCheckpoint.id).where(JournalCheckpoint.line == line.decode())) or -1
        if after < 0:
            raise RolledBack
    return [each.encode() for each in session.scalars(
        select(JournalCheckpoint.line).where(JournalCheckpoint.id > after).order_by(JournalCheckpoint.id))]


def log_of(session: Session) -> str:
    """この記録の名: which journal this database holds; a copy keeps it, a new database has another."""
    return str(session.scalars(select(SealState.log)).one())


@dataclass(frozen=True)
class Seal:
    """封印の状態: how far, with which root, since when, and whether screens refuse."""

    log: str
    size: int
    waiting: int
    root: str
    at: datetime | None
    is_late: bool


def seal_of(session: Session) -> Seal:
    """封印の状態を見る; no entry is shown."""
    state = session.get_one(SealState, 1, populate_existing=True)
    last = session.scalars(select(JournalCheckpoint).order_by(JournalCheckpoint.id.desc()).limit(1)).one_or_none()
    waiting = session.scalar(text(f"SELECT count(*) FROM ({_UNSEALED.text}) AS unsealed"), {
        "watermark": state.watermark, "most": BATCH}) or 0
    return Seal(str(state.log), state.size, waiting, checkpoint_of(last.line.encode())[0]["root"] if last else "",
                last.at if last else None, is_unsealed(session))


def is_unsealed(session: Session) -> bool:
    """封印が遅れているか: whether screens that show a person refuse now."""
    return bool(session.scalar(select(func.journal_is_unsealed())))


def _store(session: Session, first: int, entries: list[int], leaves: list[bytes]) -> None:
    cursor: Any = session.connection().connection.cursor()
    with cursor.copy("COPY journal_leaf (leaf_index, entry_id, hash) FROM STDIN") as copy:
        copy.write("".join(f"{first + place}\t{entry}\t\\\\x{leaf.hex()}\n"
                           for place, (entry, leaf) in enumerate(zip(entries, leaves, strict=True))))


def _sign(session: Session, sign: Sign, state: SealState, tree: Frontier, now: datetime, kind: str = "seal",
          note: str = "") -> None:
    before = session.scalar(select(JournalCheckpoint.line).order_by(JournalCheckpoint.id.desc()).limit(1))
    checkpoint = {"kind": kind, "log": str(state.log), "note": note, "root": tree.root().hex(), "size": tree.size,
                  "previous": hashlib.sha256(before.encode()).hexdigest() if before else NOTHING,
                  "time": now.astimezone(UTC).isoformat()}
    line = line_of(checkpoint, sign(signed_text(checkpoint)))
    session.add(JournalCheckpoint(size=tree.size, line=line.decode()))
    state.size, state.frontier = tree.size, b"".join(tree.roots)
