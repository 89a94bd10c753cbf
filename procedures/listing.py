"""一覧: pages of any recorded table by keyset (the same cost on every page), with an honest count, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    cast,
    column,
    func,
    inspect,
    literal,
    literal_column,
    or_,
    select,
    table,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from models.addressee import Addressee
from models.application import Application
from models.codes import Disease
from models.items import Record
from models.recipient import Recipient
from procedures import keyset
from procedures.columns import Column, columns_of, person_columns
from procedures.terms import Terms, conditions, seeks_name

COUNT_CAP = 1000
MOST_BUILT = 500
_BUILT: dict[tuple[Any, ...], Select[Any]] = {}
_SELECTED: dict[tuple[Any, ...], list[ColumnElement[Any]]] = {}
_PG_CLASS = table("pg_class", column("oid"), column("reltuples"))
_PG_INHERITS = table("pg_inherits", column("inhrelid"), column("inhparent"))


@dataclass(frozen=True)
class Listing:
    """一覧の定義: which table, which columns, which orders; nothing of it is said twice."""

    name: str
    title: str
    model: type[Record]
    columns: tuple[Column, ...]
    orders: tuple[InstrumentedAttribute[Any], ...]
    descending: bool
    usual: tuple[str, ...] = ()  # where not those marked *listed*, in the items' order

    def order(self, name: str | None, *, descending: bool | None = None) -> keyset.Order:
        """Return 並び順 by its attribute's name; anything unknown is the list's own first order."""
        known = {each.key: each for each in self.orders}
        if name not in known:
            return keyset.Order(self.orders[0], self.descending)
        return keyset.Order(known[name], bool(descending))

    @property
    def has_person(self) -> bool:
        return self.model is Recipient or any(column.attribute.class_ is Recipient for column in self.columns)


@dataclass(frozen=True)
class Question:
    """What is asked of a list: conditions, order, position, columns, and the saved filters to be counted beside it."""

    terms: Terms
    order: keyset.Order
    position: keyset.Position = field(default_factory=keyset.Position)
    columns: tuple[Column, ...] = ()
    tabs: tuple[Terms, ...] = ()
    sees_withheld: bool = False


@dataclass(frozen=True)
class Page:
    """一頁: rows as plain tuples (number, person, withheld, blank, *columns), and what is known of how many."""

    rows: list[tuple[Any, ...]]
    counted: int
    estimated: int | None
    tabs: tuple[int, ...]
    has_next: bool
    has_previous: bool
    by_number: bool = False  # too many of one name: the newest come first, not the kana order

    @property
    def is_exact(self) -> bool:
        return self.counted <= COUNT_CAP


def listing(name: str, title: str, model: type[Record], *, orders: Sequence[InstrumentedAttribute[Any]] = (),
            descending: bool = True, usual: Sequence[InstrumentedAttribute[Any]] = ()) -> Listing:
    """Derive 一覧の定義 from the items of *model*; case records show whose they are first."""
    own = columns_of(model)
    columns = person_columns() + own if _reaches_person(model) else own
    return Listing(name, title, model, columns, tuple(orders) or (_id(model),), descending,
                   tuple(f"{each.class_.__tablename__}.{each.key}" for each in usual))


def _id(model: type[Record]) -> InstrumentedAttribute[Any]:
    return model.id


def _reaches_person(model: type[Record]) -> bool:
    return model is not Recipient and bool({"recipient_id", "application_id"} & set(inspect(model).columns.keys()))


def base(listing: Listing, selected: Sequence[Any], terms: Terms, *, sees_withheld: bool) -> Select[Any]:
    """SELECT … FROM the list's table and the person it belongs to, WHERE the conditions hold; no order, no limit."""
    statement = select(*selected).select_from(listing.model)
    columns = inspect(listing.model).columns
    if listing.model is not Recipient and listing.has_person:
        if "recipient_id" in columns:
            statement = statement.outerjoin(Recipient, Recipient.id == listing.model.recipient_id)
        else:
            statement = statement.join(Application, Application.id == listing.model.application_id)
            statement = statement.outerjoin(Recipient, Recipient.id == Application.recipient_id)
    hidden = None if sees_withheld else withheld_of(listing)
    return statement.where(*conditions(listing.columns, terms, hidden))


def selection(listing: Listing, columns: Sequence[Column],
              order: keyset.Order | None = None) -> list[ColumnElement[Any]]:
    """Return what a row holds: its number, whether the person is withheld, whether the sort value is blank, columns."""
    withheld = withheld_of(listing) if listing.has_person or listing.model is Addressee else literal(False)
    blank = order.attribute.is_(None) if order else literal(False)
    person = _person_id(listing)
    return [_id(listing.model).label("id"), person.label("person"), withheld.label("withheld"), blank.label("blank"),
            *(_value(column).label(f"c{place}") for place, column in enumerate(columns))]


def withheld_of(listing: Listing) -> ColumnElement[bool]:
    """不開示か: the person's own mark; in the register the mark of anybody who lives in the same household."""
    if listing.model is not Addressee:
        return Recipient.is_withheld.expression
    person, known = aliased(Recipient), aliased(Addressee)
    own = select(person.id).where(person.is_withheld, person.file_number == Addressee.file_number)
    together = (select(person.id).join(known, known.file_number == person.file_number)
                .where(person.is_withheld, known.household_number == Addressee.household_number))
    return or_(own.exists(), together.exists())


def _person_id(listing: Listing) -> ColumnElement[Any]:
    return Recipient.id.expression if listing.has_person else literal(None)


def _value(column: Column) -> ColumnElement[Any]:
    if column.kind != "disease":
        return column.attribute.expression
    disease = aliased(Disease)
    name = (select(disease.name).where(disease.number == column.attribute)
            .order_by(disease.valid_from.desc()).limit(1).scalar_subquery())
    return func.concat_ws(" ", column.attribute, name)


def page(session: Session, listing: Listing, asked: Question) -> Page:
    """Return 一頁 and all counts in one statement; the cost does not depend on how deep the page lies."""
    statement = _unfiltered(listing, asked) if not asked.terms and not asked.tabs else _statement(listing, asked)
    found = session.execute(statement, {"anchor": asked.position.anchor})
    return _page(listing, asked, [tuple(row) for row in found])


def _unfiltered(listing: Listing, asked: Question) -> Select[Any]:
    """The statement of a list without conditions; asked all day long, so built once. Terms are kept nowhere."""
    place = asked.position
    key = (listing.name, tuple(column.key for column in asked.columns), asked.order.attribute.key,
           asked.order.descending, place.anchor is None, place.backwards, place.blank, asked.sees_withheld)
    if key not in _BUILT:
        if len(_BUILT) > MOST_BUILT:
            _BUILT.clear()
        _BUILT[key] = _statement(listing, asked)
    return _BUILT[key]


def _statement(listing: Listing, asked: Question) -> Select[Any]:
    counted = _count(listing, asked.terms, asked.sees_withheld).cte("counted")
    total = select(counted.c.n).scalar_subquery()
    rows = _slice(listing, asked, total).subquery("page")
    tabs = [_count(listing, terms, asked.sees_withheld).scalar_subquery() for terms in asked.tabs]
    estimate = _estimate(listing) if not asked.terms else literal(None)
    return select(total.label("total"), estimate.label("estimated"),
                  *(count.label(f"n{place}") for place, count in enumerate(tabs)), *rows.c,
                  ).select_from(select(literal(1)).subquery("one").outerjoin(rows, true()))


def _page(listing: Listing, asked: Question, found: list[tuple[Any, ...]]) -> Page:
    total, estimated = found[0][:2]
    width, backwards = 2 + len(asked.tabs), asked.position.backwards
    present = [row[width:] for row in found if row[width] is not None]
    more, present = len(present) > keyset.PAGE_SIZE, present[:keyset.PAGE_SIZE]
    started = asked.position.anchor is not None
    return Page(present[::-1] if backwards else present, total,
                estimated if estimated is not None and estimated > COUNT_CAP else None, found[0][2:width],
                has_next=started if backwards else more, has_previous=more if backwards else started,
                by_number=total > COUNT_CAP and _by_name(listing, asked))


def _count(listing: Listing, terms: Terms, sees_withheld: bool) -> Select[Any]:
    some = base(listing, [literal(1)], terms, sees_withheld=sees_withheld).limit(COUNT_CAP + 1).subquery()
    return select(func.count().label("n")).select_from(some)


def _estimate(listing: Listing) -> Any:
    known: ColumnElement[int] = literal_column(f"'{listing.model.__tablename__}'::regclass")
    if listing.model.__table__.dialect_options["postgresql"]["partition_by"]:  # its parts are counted, it is not
        parts = select(_PG_INHERITS.c.inhrelid).where(_PG_INHERITS.c.inhparent == known)
        return select(cast(func.sum(_PG_CLASS.c.reltuples), BigInteger)).where(_PG_CLASS.c.oid.in_(parts)).scalar_subquery()
    return select(cast(_PG_CLASS.c.reltuples, BigInteger)).where(_PG_CLASS.c.oid == known).scalar_subquery()


def _by_name(listing: Listing, asked: Question) -> bool:
    return asked.order.attribute is Recipient.kana_key and seeks_name(listing.columns, asked.terms)


def _selected(listing: Listing, asked: Question) -> list[ColumnElement[Any]]:
    key = (listing.name, tuple(column.key for column in asked.columns), asked.order.attribute.key)
    if key not in _SELECTED:
        if len(_SELECTED) > MOST_BUILT:
            _SELECTED.clear()
        _SELECTED[key] = selection(listing, asked.columns, asked.order)
    return _SELECTED[key]


def _slice(listing: Listing, asked: Question, total: ColumnElement[int]) -> Select[Any]:
    selected = _selected(listing, asked)
    statement = base(listing, selected, asked.terms, sees_withheld=asked.sees_withheld)
    if _by_name(listing, asked):
        return keyset.few_or_many(statement, listing.model, asked.order, asked.position, total <= COUNT_CAP)
    return keyset.ordered(statement, listing.model, asked.order, asked.position)
