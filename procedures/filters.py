"""保存した検索条件: conditions live in rows under a random token; the address of a list holds nothing but the token."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    Date,
    Integer,
    Select,
    String,
    and_,
    any_,
    bindparam,
    delete,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from models.codes import CodeEntry, CodeList
from models.journal import Action
from models.listing import ColumnChoice, SavedFilter
from procedures import journal
from procedures.actor import Actor
from procedures.columns import Column
from procedures.refusal import Refused
from procedures.terms import Terms

# How many unnamed searches of one user and list are kept, so that the browser's way back still works.
KEPT = 20
LONGEST_NAME = 30


class NoSuchFilter(Refused):
    """The search is another user's, or was cleared away."""

    def __init__(self) -> None:
        super().__init__("この検索条件はもうありません。条件を入力し直してください。")


class FilterNeedsName(Refused):
    """A saved filter without a usable name."""

    def __init__(self) -> None:
        super().__init__(f"検索条件の名前を1〜{LONGEST_NAME}字で入力してください。")


class NothingToSave(Refused):
    """A tab that would show everything."""

    def __init__(self) -> None:
        super().__init__("保存する検索条件がありません。先に条件を入力して検索してください。")


@dataclass(frozen=True)
class Tab:
    """見出し: one saved filter as it stands above the list."""

    id: int
    token: str
    name: str
    terms: Terms
    is_shared: bool
    is_own: bool


@dataclass(frozen=True)
class Desk:
    """机上: what belongs to this user and this list, read in one statement."""

    token: str | None
    terms: Terms
    tabs: tuple[Tab, ...]
    chosen: tuple[str, ...] | None
    is_dense: bool
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def desk(session: Session, user_id: int, listing: str, columns: Iterable[Column], token: str | None, on: date, *,
         language: str = "ja") -> Desk:
    """Return 机上 of a list: the terms behind *token*, tabs, chosen columns and the code labels it needs."""
    lists = sorted({column.codes for column in columns if column.codes})
    row = session.execute(_DESKS[language == "en"], {
        "user_id": user_id, "listing": listing, "token": token or "", "on": on, "lists": lists}).one()
    filters, choice, codes = row[0] or [], row[1] or {}, row[2] or []
    current = next((each for each in filters if token and each["token"] == token), None)
    if token and current is None:
        raise NoSuchFilter
    tabs = tuple(Tab(each["id"], each["token"], each["name"], each["terms"], each["shared"], each["own"])
                 for each in sorted(filters, key=lambda each: (not each["own"], each["id"])) if each["name"])
    labels, choices = _label_maps(codes)
    return Desk(token, current["terms"] if current else {}, tabs, choice.get("columns"),
                bool(choice.get("dense")), labels, choices)


def _filters() -> Select[Any]:
    mine = SavedFilter.user_id == bindparam("user_id", type_=Integer)
    shown = and_(SavedFilter.name.is_not(None), or_(mine, SavedFilter.is_shared))
    return select(func.jsonb_agg(func.jsonb_build_object(
        literal("id"), SavedFilter.id, literal("token"), SavedFilter.token, literal("name"), SavedFilter.name,
        literal("terms"), SavedFilter.terms, literal("shared"), SavedFilter.is_shared, literal("own"), mine,
    ))).where(SavedFilter.listing == bindparam("listing", type_=String),
              or_(shown, and_(mine, SavedFilter.token == bindparam("token", type_=String))))


def _choice() -> Select[Any]:
    return select(func.jsonb_build_object(
        literal("columns"), ColumnChoice.columns, literal("dense"), ColumnChoice.is_dense,
    )).where(ColumnChoice.user_id == bindparam("user_id", type_=Integer),
             ColumnChoice.listing == bindparam("listing", type_=String))


def _codes(*, english: bool) -> Select[Any]:
    on = bindparam("on", type_=Date)
    label = func.coalesce(CodeEntry.label_en, CodeEntry.label) if english else CodeEntry.label
    holds = and_(CodeEntry.valid_from <= on, or_(CodeEntry.valid_to.is_(None), CodeEntry.valid_to >= on))
    rows = (select(CodeList.name, CodeEntry.code, label.label("label"), holds.label("holds"))
            .join(CodeList, CodeList.id == CodeEntry.list_id)
            .where(CodeList.name == any_(bindparam("lists", type_=ARRAY(String))))
            .order_by(CodeList.name, CodeEntry.position, CodeEntry.code, CodeEntry.valid_from).subquery())
    return select(func.jsonb_agg(func.jsonb_build_array(rows.c.name, rows.c.code, rows.c.label, rows.c.holds)))


# Built once: the very same statement objects keep their place in SQLAlchemy's cache without being hashed again.
_DESKS = {english: select(_filters().scalar_subquery(), _choice().scalar_subquery(),
                          _codes(english=english).scalar_subquery()) for english in (False, True)}


def labels(session: Session, lists: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the labels of every code ever valid in *lists*, list by list."""
    rows = session.execute(select(CodeList.name, CodeEntry.code, CodeEntry.label, literal(True))
                           .join(CodeList, CodeList.id == CodeEntry.list_id).where(CodeList.name.in_(list(lists)))
                           .order_by(CodeEntry.valid_from))
    return _label_maps(tuple(row) for row in rows)[0]


def _label_maps(codes: Iterable[tuple[str, str, str, bool]]) -> tuple[dict[str, dict[str, str]], ...]:
    """Labels of every code ever valid, for showing; and those valid now, for choosing."""
    labels: dict[str, dict[str, str]] = {}
    choices: dict[str, dict[str, str]] = {}
    for name, code, label, holds in codes:
        labels.setdefault(name, {})[code] = label
        if holds:
            choices.setdefault(name, {})[code] = label
    return labels, choices


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
