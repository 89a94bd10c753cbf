"""束: which papers somebody may key who keys for the office under contract; given by a manager, pile by pile, and taken back."""

from dataclasses import dataclass
from datetime import datetime

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from models.journal import Action
from models.sheet import BatchAssignment, ReceivedSheet
from procedures import journal
from procedures.actor import Actor, full_name
from procedures.permissions import matrix
from procedures.refusal import Overstepped, Refused

KEYS, KEYS_EVERYTHING = "sheet.key", "sheet.key_every_batch"  # rights
WAITING = ("waiting_first", "first", "waiting_second", "second")


class NotYourBatch(Overstepped):
    """The paper lies in a pile that was not given to her."""

    message = "この票はあなたに割り当てられた束のものではありません。"


class NoSuchBatch(Refused):
    """No paper of such a pile waits to be keyed, or it is hers already."""

    message = "入力を待つ票のある束と、束ごとに入力する人を選んでください。すでに割り当てた束は選べません。"


class NotGiven(Refused):
    """The assignment was ended already."""

    message = "この割当はもう終わっています。一覧を開き直してください。"


@dataclass(frozen=True)
class Batch:
    """束: its name, how many papers of it wait to be keyed, and whom it is given to (assignment, name)."""

    name: str
    waiting: int
    given: tuple[tuple[int, str], ...]


def within_reach(actor: Actor) -> ColumnElement[bool]:
    """届く票: every paper, or those of her piles for who keys piles only. A paper without a pile is nobody's of them."""
    if not actor.keys_batches_only:
        return true()
    return ReceivedSheet.batch.in_(select(BatchAssignment.batch).where(
        BatchAssignment.user_id == actor.user_id, BatchAssignment.ended_at.is_(None)))


def demand_reach(session: Session, actor: Actor, sheet: ReceivedSheet) -> None:
    """NotYourBatch where the paper is out of her reach; asked anew at every act, so that a pile taken back is gone at once."""
    if actor.keys_batches_only and not session.scalar(select(ReceivedSheet.id).where(
            ReceivedSheet.id == sheet.id, within_reach(actor))):
        raise NotYourBatch


def batches(session: Session) -> list[Batch]:
    """束の一覧: those with papers that wait and those that are given to somebody, by name; no paper is shown."""
    waiting = {batch: count for batch, count in session.execute(select(ReceivedSheet.batch, func.count()).where(
        ReceivedSheet.state.in_(WAITING)).group_by(ReceivedSheet.batch)).tuples() if batch}
    given: dict[str, list[tuple[int, str]]] = {}
    for assignment, user in session.execute(select(BatchAssignment, User).join(User, User.id == BatchAssignment.user_id).where(
            BatchAssignment.ended_at.is_(None)).order_by(BatchAssignment.id)):
        given.setdefault(assignment.batch, []).append((assignment.id, full_name(user)))
    return [Batch(name, waiting.get(name, 0), tuple(given.get(name, ()))) for name in sorted({*waiting, *given})]


def clerks(session: Session) -> list[tuple[int, str]]:
    """束ごとに入力する人: active, may key, and may not key everything."""
    ticks = matrix(session)
    found = []
    for user in session.scalars(select(User).where(User.active.is_(True)).order_by(User.username)):
        held = {code for role in user.roles for code in ticks.get(role.name, ())}
        if KEYS in held and KEYS_EVERYTHING not in held:
            found.append((user.id, full_name(user)))
    return found


def give(session: Session, actor: Actor, batch: str, user_id: int) -> BatchAssignment:
    """束を割り当てる: its papers, those of it that come later too, are in her reach from the next request on. NoSuchBatch."""
    known = next((each for each in batches(session) if each.name == batch), None)
    taken = session.scalar(select(BatchAssignment.id).where(
        BatchAssignment.batch == batch, BatchAssignment.user_id == user_id, BatchAssignment.ended_at.is_(None)))
    if known is None or taken or user_id not in dict(clerks(session)):
        raise NoSuchBatch
    made = BatchAssignment(batch=batch, user_id=user_id, given_by=actor.user_id)
    session.add(made)
    session.flush()
    journal.record(session, actor, Action.ADMINISTERED, made, detail={"act": "batch_given", "user": user_id})
    return made


def take_back(session: Session, actor: Actor, assignment_id: int, now: datetime) -> None:
    """割当を終える: nothing of the pile is in her reach any more, her unfinished keying included. NotGiven."""
    found = session.get(BatchAssignment, assignment_id, with_for_update=True, populate_existing=True)
    if found is None or found.ended_at is not None:
        raise NotGiven
    found.ended_by, found.ended_at = actor.user_id, now
    journal.record(session, actor, Action.ADMINISTERED, found, detail={"act": "batch_taken_back", "user": found.user_id})
    session.flush()
