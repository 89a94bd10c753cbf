"""作業の列: what waits for a keying or for settlement, and what the next sheet of this clerk is."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session

from models.sheet import Keying, ReceivedSheet, SheetKind, SheetVersion
from procedures.actor import Actor
from procedures.batches import within_reach
from procedures.keying import HeldBySomebody, NotWaiting, claim
from procedures.vault import LOCKED, Vault

STEPS = ("first", "second", "settling")


@dataclass(frozen=True)
class Waiting:
    """待っている一枚: a sheet and the step this clerk would do on it; is_mine where she has begun it."""

    sheet_id: int
    acceptance_number: str
    received: date
    label: str
    step: str
    batch: str | None
    is_mine: bool


def keyed_by(actor: Actor) -> ColumnElement[bool]:
    """Whether this clerk has a keying of the sheet, drafted or submitted."""
    return exists().where(Keying.sheet_id == ReceivedSheet.id, Keying.clerk_id == actor.user_id)


def step_for(actor: Actor) -> dict[str, ColumnElement[bool]]:
    """段階ごとの条件: which sheets this clerk may do which step on; never one that she keyed, save her own draft.

    A paper that bears an 個人番号 is offered only to those who may handle it, one of a pile that is not hers never to who keys piles only.
    """
    mine = exists().where(Keying.sheet_id == ReceivedSheet.id, Keying.clerk_id == actor.user_id,
                          Keying.submitted_at.is_(None))
    may_handle = true() if actor.handles_numbers else ReceivedSheet.version_id.not_in(
        select(SheetVersion.id).join(SheetKind).where(SheetKind.holds_numbers))
    steps = {
        "first": or_(ReceivedSheet.state == "waiting_first", and_(ReceivedSheet.state == "first", mine)),
        "second": or_(and_(ReceivedSheet.state == "waiting_second", ~keyed_by(actor)),
                      and_(ReceivedSheet.state == "second", mine)),
        "settling": and_(ReceivedSheet.state == "settling", ~keyed_by(actor)),
    }
    return {step: and_(condition, may_handle, within_reach(actor)) for step, condition in steps.items()}


def sheet_at_hand(session: Session, actor: Actor, sheet_id: int) -> ReceivedSheet | None:
    """その票: to name it on a page about it; None where there is none in her reach."""
    return session.scalar(select(ReceivedSheet).where(ReceivedSheet.id == sheet_id, within_reach(actor)))


def counts(session: Session, actor: Actor) -> dict[str, int]:
    """件数: how many sheets wait for each step of this clerk."""
    steps = step_for(actor)
    row = session.execute(select(*(
        func.count().filter(condition).label(step) for step, condition in steps.items())).select_from(ReceivedSheet)).one()
    return {step: int(getattr(row, step)) for step in steps}


def waiting(session: Session, actor: Actor, step: str, most: int = 50) -> list[Waiting]:
    """待ち行列: the oldest sheets of one step, this clerk's own unfinished one first."""
    own = exists().where(Keying.sheet_id == ReceivedSheet.id, Keying.clerk_id == actor.user_id).label("own")
    rows = session.execute(select(
        ReceivedSheet.id, ReceivedSheet.acceptance_number, ReceivedSheet.received_date, SheetKind.label,
        ReceivedSheet.batch, own,
    ).join(SheetVersion, SheetVersion.id == ReceivedSheet.version_id).join(SheetKind).where(step_for(actor)[step])
        .order_by(own.desc(), ReceivedSheet.received_date, ReceivedSheet.id).limit(most))
    return [Waiting(row.id, row.acceptance_number, row.received_date, row.label, step, row.batch, row.own)
            for row in rows]


def next_sheet(session: Session, actor: Actor) -> Waiting | None:
    """次の一枚: an unfinished own keying first, then second keyings, settlements and first keyings, oldest first."""
    heads = [each for step in ("second", "settling", "first") for each in waiting(session, actor, step, most=1)]
    return next((each for each in heads if each.is_mine), heads[0] if heads else None)


def take_next(session: Session, actor: Actor, now: datetime, vault: Vault = LOCKED) -> Waiting | None:
    """次の一枚を取る: the next sheet, begun by this clerk unless it is one to settle; None where nothing waits.

    Where somebody else takes the same sheet in the same moment, the one after it is taken.
    """
    while (head := next_sheet(session, actor)) is not None:
        if head.step == "settling":
            return head
        try:
            claim(session, actor, head.sheet_id, now, vault)
        except (HeldBySomebody, NotWaiting):
            continue
        return head
    return None
