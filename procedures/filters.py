"""保存した検索条件: conditions live in rows under a random token; the address of a list holds nothing but the token."""

import secrets

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.journal import Action
from models.listing import SavedFilter
from procedures import journal
from procedures.actor import Actor
from procedures.desk import NoSuchFilter
from procedures.refusal import Refused
from procedures.terms import Terms
from translations.wording import said

# How many unnamed searches of one user and list are kept, so that the browser's way back still works.
KEPT = 20
LONGEST_NAME = 30


class FilterNeedsName(Refused):
    """A saved filter without a usable name."""

    def __init__(self) -> None:
        super().__init__(said("検索条件の名前を1〜%(most)s字で入力してください。", most=LONGEST_NAME))


class NothingToSave(Refused):
    """A tab that would show everything."""

    def __init__(self) -> None:
        super().__init__("保存する検索条件がありません。先に条件を入力して検索してください。")


def search(session: Session, actor: Actor, listing: str, terms: Terms) -> str | None:
    """Keep *terms* under a new token and return it; journalled with the names of the items only, never the terms."""
    if not terms:
        return None
    token = secrets.token_urlsafe(12)
    session.execute(insert(SavedFilter).values(user_id=actor.user_id, listing=listing, token=token, terms=terms))
    recent = (select(SavedFilter.id).where(SavedFilter.user_id == actor.user_id, SavedFilter.listing == listing,
                                           SavedFilter.name.is_(None)).order_by(SavedFilter.id.desc()).limit(KEPT))
    session.execute(delete(SavedFilter).where(
        SavedFilter.user_id == actor.user_id, SavedFilter.listing == listing, SavedFilter.name.is_(None),
        SavedFilter.id.not_in(recent)))
    journal.record(session, actor, Action.SEARCHED, detail={"listing": listing, "items": sorted(terms)})
    return token


def save(session: Session, actor: Actor, listing: str, token: str | None, name: str, *, is_shared: bool) -> str:
    """Give the search behind *token* a name, so that it becomes a tab; the same name again replaces it."""
    if not token:
        raise NothingToSave
    if not 0 < len(name) <= LONGEST_NAME:
        raise FilterNeedsName
    found = session.scalars(select(SavedFilter).where(
        SavedFilter.token == token, SavedFilter.listing == listing,
        or_(SavedFilter.user_id == actor.user_id, SavedFilter.is_shared))).one_or_none()
    if found is None:
        raise NoSuchFilter
    kept = secrets.token_urlsafe(12)
    values = {"terms": found.terms, "is_shared": is_shared, "token": kept}
    session.execute(insert(SavedFilter).values(user_id=actor.user_id, listing=listing, name=name, **values)
                    .on_conflict_do_update(index_elements=["user_id", "listing", "name"], set_=values))
    return kept


def forget(session: Session, actor: Actor, listing: str, token: str) -> None:
    """Take a tab of one's own away; another user's shared tab stays."""
    mine = (SavedFilter.token == token, SavedFilter.listing == listing, SavedFilter.user_id == actor.user_id)
    if session.scalars(delete(SavedFilter).where(*mine).returning(SavedFilter.id)).one_or_none() is None:
        raise NoSuchFilter
