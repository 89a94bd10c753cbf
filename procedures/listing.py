"""一覧: pages of any recorded table by keyset (the same cost on every page), with an honest count, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, func, inspect, literal, literal_column, select, true, tuple_, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from models.application import Application
from models.codes import Disease
from models.items import Record
from models.recipient import Recipient
from procedures.columns import Column, columns_of, person_columns
from procedures.terms import Terms, conditions

PAGE_SIZE = 50
COUNT_CAP = 1000


@dataclass(frozen=True)
class Listing:
    """一覧の定義: which table, which columns, which orders; nothing of it is said twice."""

    name: str
    title: str
    model: type[Record]
    columns: tuple[Column, ...]
    orders: tuple[InstrumentedAttribute[Any], ...]
    descending: bool

    def order(self, name: str | None, *, descending: bool | None = None) -> "Order":
        """Return 並び順 by its attribute's name; anything unknown is the list's own first order."""
        known = {each.key: each for each in self.orders}
        if name not in known:
            return Order(self.orders[0], self.descending)
        return Order(known[name], bool(descending))

    @property
    def has_person(self) -> bool:
        return self.model is Recipient or any(column.attribute.class_ is Recipient for column in self.columns)


@dataclass(frozen=True)
class Order:
    """並び順: one indexed attribute; the row's own number breaks ties."""

    attribute: InstrumentedAttribute[Any]
    descending: bool = False


@dataclass(frozen=True)
class Position:
    """どこから: after or before a row, whose number alone stands in the address; *blank* says it has no sort value."""

    anchor: int | None = None
    backwards: bool = False
    blank: bool = False


@dataclass(frozen=True)
class Question:
    """What is asked of a list: conditions, order, position, columns, and the saved filters to be counted beside it."""

    terms: Terms
    order: Order
    position: Position = field(default_factory=Position)
    columns: tuple[Column, ...] = ()
    tabs: tuple[Terms, ...] = ()
    sees_withheld: bool = False


@dataclass(frozen=True)
class Page:
    """一頁: rows as plain tuples (number, person, withheld, blank, *columns), and what is known about how many there are."""

    rows: list[tuple[Any, ...]]
    counted: int
    estimated: int | None
    tabs: tuple[int, ...]
    has_next: bool
    has_previous: bool

    @property
    def is_exact(self) -> bool:
        return self.counted <= COUNT_CAP


def listing(name: str, title: str, model: type[Record], *, orders: Sequence[InstrumentedAttribute[Any]] = (),
            descending: bool = True) -> Listing:
    """Derive 一覧の定義 from the items of *model*; case records show whose they are first."""
    own = columns_of(model)
    columns = person_columns() + own if _reaches_person(model) else own
    return Listing(name, title, model, columns, tuple(orders) or (_id(model),), descending)


def _id(model: type[Record]) -> InstrumentedAttribute[Any]:
    return model.id  # type: ignore[return-value]  # declared_attr hides that it is mapped


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
    return statement.where(*conditions(listing.columns, terms, sees_withheld=sees_withheld))


def selection(listing: Listing, columns: Sequence[Column], order: Order | None = None) -> list[ColumnElement[Any]]:
    """Return what a row holds: its number, whether the person is withheld, whether the sort value is blank, columns."""
    withheld = Recipient.is_withheld if listing.has_person else literal(False)
    blank = order.attribute.is_(None) if order else literal(False)
    person = _person_id(listing)
    return [_id(listing.model).label("id"), person.label("person"), withheld.label("withheld"), blank.label("blank"),
            *(_value(column).label(f"c{place}") for place, column in enumerate(columns))]


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
    rows = _slice(listing, asked).subquery("page")
    one = select(literal(1)).subquery("one")
    counts = [_count(listing, terms, asked.sees_withheld) for terms in (asked.terms, *asked.tabs)]
    estimate = _estimate(listing) if not asked.terms else literal(None)
    statement = select(*(count.label(f"n{i}") for i, count in enumerate(counts)), estimate.label("estimated"),
                       *rows.c).select_from(one.outerjoin(rows, true()))
    found = list(session.execute(statement))
    first, width = found[0], len(counts) + 1
    counted, *tabs = (int(first[i]) for i in range(len(counts)))
    estimated = first.estimated if first.estimated is not None and first.estimated > COUNT_CAP else None
    present = [row for row in found if row.id is not None]
    more, present = len(present) > PAGE_SIZE, present[:PAGE_SIZE]
    backwards = asked.position.backwards
    cut = [tuple(row[width:]) for row in (reversed(present) if backwards else present)]
    started = asked.position.anchor is not None
    return Page(cut, counted, estimated, tuple(tabs), has_next=started if backwards else more,
                has_previous=more if backwards else started)


def _count(listing: Listing, terms: Terms, sees_withheld: bool) -> Any:
    some = base(listing, [literal(1)], terms, sees_withheld=sees_withheld).limit(COUNT_CAP + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _estimate(listing: Listing) -> Any:
    table = listing.model.__tablename__
    return (select(literal_column("reltuples::bigint")).select_from(literal_column("pg_class"))
            .where(literal_column("oid") == literal_column(f"'{table}'::regclass")).scalar_subquery())


def _slice(listing: Listing, asked: Question) -> Select[Any]:
    statement = base(listing, selection(listing, asked.columns, asked.order), asked.terms,
                     sees_withheld=asked.sees_withheld)
    parts = _parts(listing, asked)
    if len(parts) == 1:
        return _part(listing, statement, asked, *parts[0])
    statement = statement.add_columns(asked.order.attribute.label("sort"))
    halves = [_part(listing, statement, asked, *part).subquery() for part in parts]
    whole = union_all(*(select(literal(place).label("half"), *half.c) for place, half in enumerate(halves))).subquery()
    up = _ascends(asked)
    kept = [column for column in whole.c if column.name not in ("half", "sort")]
    by = (whole.c.sort, whole.c.id)
    return (select(*kept).order_by(whole.c.half, *(each.asc() if up else each.desc() for each in by))
            .limit(PAGE_SIZE + 1))


def _ascends(asked: Question) -> bool:
    return asked.order.descending == asked.position.backwards


def _parts(listing: Listing, asked: Question) -> list[tuple[bool | None, bool]]:
    """Which halves of the order to read, as (blank?, starts at the anchor?); blanks always come last."""
    if not inspect(listing.model).columns[asked.order.attribute.key].nullable:
        return [(None, True)]
    position = asked.position
    if position.anchor is None:
        halves = [(False, False), (True, False)]
        return halves[::-1] if position.backwards else halves
    if position.blank:
        return [(True, True), (False, False)] if position.backwards else [(True, True)]
    return [(False, True)] if position.backwards else [(False, True), (True, False)]


def _part(listing: Listing, statement: Select[Any], asked: Question, blank: bool | None, anchored: bool) -> Select[Any]:
    sort, number, position = asked.order.attribute, _id(listing.model), asked.position
    by: tuple[Any, ...] = (number,) if blank or sort.key == "id" else (sort, number)
    if blank is not None:
        statement = statement.where(sort.is_(None) if blank else sort.is_not(None))
    ascending = _ascends(asked)
    if anchored and position.anchor is not None:
        here, there = tuple_(*by), tuple_(*_place(listing, by, position.anchor))
        statement = statement.where(here > there if ascending else here < there)
    return statement.order_by(*(each.asc() if ascending else each.desc() for each in by)).limit(PAGE_SIZE + 1)


def _place(listing: Listing, by: tuple[Any, ...], anchor: int) -> list[Any]:
    """The anchor row's place in the order; its sort value is looked up, so that no name stands in an address."""
    table = aliased(listing.model)
    return [literal(anchor) if each.key == "id" else
            select(getattr(table, each.key)).where(_id(table) == anchor).scalar_subquery() for each in by]
