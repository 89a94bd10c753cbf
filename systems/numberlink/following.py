"""追いかける: what was handed to 中間サーバ is asked after, soon at first and then less often, until it has ended."""

import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from exchange.soap import SoapFault
from systems.frame.client import Peer, Silent
from systems.numberlink.tables import SCHEMA, CodeRequest, Inquiry, Notice

FIRST: Final = timedelta(milliseconds=200)
LONGEST: Final = timedelta(minutes=5)
Followed = CodeRequest | Inquiry | Notice


@dataclass(frozen=True)
class Follow:
    """What is followed: its table, what is asked, in which words, and what the answer means."""

    table: type[Any]
    operation: str
    words: Callable[[Session, Any], Mapping[str, Any]]
    take: Callable[[Session, Any, Mapping[str, Any]], None]


def soon(row: Followed, now: datetime) -> None:
    """Asked after as soon as possible."""
    row.looks, row.next_look_at = 0, now


def no_more(row: Followed) -> None:
    """It has ended."""
    row.next_look_at = None


def look_one(engine: Engine, peer: Peer, follow: Follow, now: datetime) -> bool:
    """Ask after the row that is due longest; False: none is due. A peer that is silent is asked again later.

    Nobody waits for the row while the peer is asked: the next look is set first, what was said is taken afterwards.
    """
    table = follow.table
    with Session(engine) as session:
        row = session.scalars(select(table).where(table.next_look_at <= now).order_by(table.next_look_at).limit(1)
                              .with_for_update(skip_locked=True)).one_or_none()
        if row is None:
            return False
        row.next_look_at, row.looks = now + min(FIRST * 2 ** min(row.looks, 20), LONGEST), row.looks + 1
        place, words = row.id, follow.words(session, row)
        session.commit()
    with suppress(SoapFault, Silent):
        said = peer.call(follow.operation, uuid.uuid4().hex, SCHEMA, words)
        with Session(engine) as session:
            row = session.get_one(table, place, with_for_update=True)
            if row.next_look_at is not None:
                follow.take(session, row, said)
            session.commit()
    return True
