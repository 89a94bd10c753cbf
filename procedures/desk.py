"""机上: what a user has laid out for a list: search terms, saved tabs, chosen columns, and the code labels it needs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Date, Integer, Select, String, and_, any_, bindparam, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from models.codes import CodeEntry, CodeList
from models.listing import ColumnChoice, SavedFilter
from procedures.columns import Column
from procedures.refusal import Refused
from procedures.terms import Terms


class NoSuchFilter(Refused):
    """The search is another user's, or was cleared away."""

    def __init__(self) -> None:
        super().__init__("この検索条件はもうありません。条件を入力し直してください。")


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


def labels(session: Session, lists: Iterable[str], language: str = "ja") -> dict[str, dict[str, str]]:
    """Return the labels of every code ever valid in *lists*, list by list; English where there is one."""
    rows = session.execute(_LABELS[language == "en"], {"lists": list(lists)})
    return _label_maps((*row, True) for row in rows)[0]


def _labels(*, english: bool) -> Select[Any]:
    said = func.coalesce(CodeEntry.label_en, CodeEntry.label) if english else CodeEntry.label
    return (select(CodeList.name, CodeEntry.code, said).join(CodeList, CodeList.id == CodeEntry.list_id)
            .where(CodeList.name == any_(bindparam("lists", type_=ARRAY(String)))).order_by(CodeEntry.valid_from))


_LABELS = {english: _labels(english=english) for english in (False, True)}


def _label_maps(codes: Iterable[tuple[str, str, str, bool]]) -> tuple[dict[str, dict[str, str]], ...]:
    """Labels of every code ever valid, for showing; and those valid now, for choosing."""
    labels: dict[str, dict[str, str]] = {}
    choices: dict[str, dict[str, str]] = {}
    for name, code, label, holds in codes:
        labels.setdefault(name, {})[code] = label
        if holds:
            choices.setdefault(name, {})[code] = label
    return labels, choices
