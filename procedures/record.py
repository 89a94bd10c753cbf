"""記録の閲覧: a page of a list, or one row with all its items; journalled as seen before anything leaves."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from models.journal import Action
from procedures import journal
from procedures.actor import Actor
from procedures.columns import Column
from procedures.listing import Listing, Page, Question, base, page, selection


@dataclass(frozen=True)
class Seen:
    """見た記録: the row's number, whose it is, and every value a list may show."""

    number: int
    person: int | None
    is_hidden: bool
    values: tuple[tuple[Column, Any], ...]


def look(session: Session, actor: Actor, listing: Listing, asked: Question) -> Page:
    """Return 一頁 and journal which persons it showed; numbers of rows only, never what was searched for."""
    shown = page(session, listing, asked)
    whom = {"recipients": [row[1] for row in shown.rows]} if listing.has_person else {"ids": [row[0] for row in shown.rows]}
    journal.record(session, actor, Action.LISTED, detail={
        "listing": listing.name, "rows": len(shown.rows), "filtered_by": sorted(asked.terms), **whom})
    return shown


def see(session: Session, actor: Actor, listing: Listing, number: int, *, sees_withheld: bool) -> Seen | None:
    """Return one row of a list with all its columns, or None; the look is journalled."""
    statement = base(listing, selection(listing, listing.columns), {}, sees_withheld=sees_withheld)
    row = session.execute(statement.where(listing.model.id == number)).one_or_none()
    if row is None:
        return None
    whom = {} if listing.has_person else {"listing": listing.name, "ids": [number]}
    journal.record(session, actor, Action.SAW, recipient_id=row.person,
                   detail={"kind": listing.model.__tablename__, "id": number, **whom})
    return Seen(number, row.person, bool(row.withheld) and not sees_withheld,
                tuple(zip(listing.columns, row[4:], strict=True)))
