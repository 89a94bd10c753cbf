"""作業の一覧: what changed elsewhere and needs a person's eye; a cause is told once, and closed with what was done."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.application import Application
from models.household import HouseholdMember
from models.journal import Action
from models.recipient import Recipient
from models.work_item import KINDS, WorkItem
from procedures import journal
from procedures.actor import Actor
from procedures.refusal import Refused
from rules.parameters import figures


class NoSuchWork(Refused):
    """Somebody closed it already, or it never was."""

    message = "この作業はもう終わっています。一覧を開き直してください。"


class SayWhat(Refused):
    """A work item is closed with what was done about it."""

    message = "どう対応したかを入力してください。"


@dataclass(frozen=True)
class Open:
    """待っている作業: one line of the list."""

    item: WorkItem
    person: Recipient
    days: int


def tell(session: Session, recipient_id: int, kind: str, cause: str, on: date,
         detail: dict[str, Any] | None = None) -> bool:
    """知らせる: the work waits, once for each cause; return whether it is new."""
    return session.execute(insert(WorkItem).values(
        recipient_id=recipient_id, kind=kind, cause=cause, detail=detail, due_on=on + timedelta(days=figures("office_days", on)["work"]),
    ).on_conflict_do_nothing().returning(WorkItem.id)).scalar() is not None


def propose_shared_caps(session: Session, application: Application, on: date) -> int:
    """按分の見直しを知らせる: everybody who shares the household's cap with this person, told once a certification."""
    person = session.get_one(Recipient, application.recipient_id)
    numbers = set(session.scalars(select(HouseholdMember.other_recipient_number).where(
        HouseholdMember.application_id == application.id, HouseholdMember.other_recipient_number.is_not(None))))
    named_by = select(Application.recipient_id).join(
        HouseholdMember, HouseholdMember.application_id == Application.id).where(
        HouseholdMember.other_recipient_number == person.recipient_number)
    others = session.scalars(select(Recipient.id).where(
        Recipient.id != person.id, Recipient.state == "certified",
        Recipient.recipient_number.in_(numbers) | Recipient.id.in_(named_by)))
    return sum(tell(session, other, "shared_cap", f"application:{application.id}", on,
                    {"because_of": person.recipient_number}) for other in others)


def waiting(session: Session, actor: Actor, on: date, kind: str | None = None, most: int = 200) -> list[Open]:
    """待っている作業, the oldest first; whom the list showed is journalled."""
    query = (select(WorkItem, Recipient).join(Recipient, Recipient.id == WorkItem.recipient_id)
             .where(WorkItem.closed_at.is_(None)).order_by(WorkItem.due_on, WorkItem.id).limit(most))
    rows = session.execute(query.where(WorkItem.kind == kind) if kind else query).all()
    journal.record(session, actor, Action.LISTED, detail={
        "work": kind or "all", "rows": len(rows), "recipients": [person.id for _, person in rows]})
    return [Open(item, person, (item.due_on - on).days if item.due_on else 0) for item, person in rows]


def counts(session: Session) -> dict[str, int]:
    """How many of each kind wait, in the order of the kinds."""
    found = dict(session.execute(select(WorkItem.kind, func.count()).where(
        WorkItem.closed_at.is_(None)).group_by(WorkItem.kind)).tuples().all())
    return {kind: found[kind] for kind in KINDS if kind in found}


def close(session: Session, actor: Actor, number: int, note: str, now: datetime,
          application: Application | None = None) -> WorkItem:
    """終える: who closed it, when, and what was done. NoSuchWork, SayWhat."""
    if not note.strip():
        raise SayWhat
    item = session.get(WorkItem, number, with_for_update=True)
    if item is None or item.closed_at is not None:
        raise NoSuchWork
    item.closed_at, item.closed_by, item.closing_note = now, actor.user_id, note.strip()
    item.application_id = application.id if application else None
    journal.record(session, actor, Action.CHANGED, item, detail={"work": item.kind})
    session.flush()
    return item
