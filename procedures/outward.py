"""外へ出す: from a restored copy nothing is paid, exported or printed before two people said that it is the office that counts."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models.journal import Action
from models.restored_copy import RestoredCopy
from procedures import journal
from procedures.actor import Actor
from procedures.refusal import Overstepped, Refused


class NothingToRelease(Refused):
    """No restored copy waits in that state."""

    message = "解除を待つ復元はありません。画面を開き直して確かめてください。"


class SamePerson(Overstepped):
    """Whoever asked cannot release."""

    message = "解除を求めた人とは別の人が解除してください。"


def copies(session: Session) -> list[RestoredCopy]:
    """復元の記録: the latest first."""
    return list(session.scalars(select(RestoredCopy).order_by(RestoredCopy.id.desc())))


def is_open(session: Session) -> bool:
    """外へ出せるか: whether this is no restored copy, or one that was released."""
    return not session.scalar(select(exists().where(RestoredCopy.released_by.is_(None))))


def ask(session: Session, actor: Actor, number: int, now: datetime) -> RestoredCopy:
    """解除を求める: the first of two people says that this copy takes the place of the office; NothingToRelease."""
    copy = _locked(session, number)
    if copy.asked_by is not None:
        raise NothingToRelease
    copy.asked_by, copy.asked_at = actor.user_id, now
    session.flush()
    journal.record(session, actor, Action.ADMINISTERED, copy, detail={"act": "release_asked"})
    return copy


def release(session: Session, actor: Actor, number: int, now: datetime) -> RestoredCopy:
    """解除する: from the next act on this copy pays, exports and prints; NothingToRelease, SamePerson."""
    copy = _locked(session, number)
    if copy.asked_by is None:
        raise NothingToRelease
    if copy.asked_by == actor.user_id:
        raise SamePerson
    copy.released_by, copy.released_at = actor.user_id, now
    session.flush()
    journal.record(session, actor, Action.ADMINISTERED, copy, detail={"act": "released"})
    return copy


def _locked(session: Session, number: int) -> RestoredCopy:
    copy = session.get(RestoredCopy, number, with_for_update=True, populate_existing=True)
    if copy is None or copy.released_by is not None:
        raise NothingToRelease
    return copy
