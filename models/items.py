"""記録項目: the 187 items of the privacy assessment's Annex 1, each declared once, on one line, where it is stored.

Source of numbers and labels: さいたま市 特定個人情報保護評価書(重点項目評価書) 第29号, 別添1, 令和元年6月7日.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from inspect import get_annotations
from typing import Annotated, Any, cast

from flask_appbuilder import Model
from sqlalchemy import ARRAY, BigInteger, Boolean, DateTime, Identity, Integer, String, Text, func, inspect
from sqlalchemy.orm import InstrumentedAttribute, Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeEngine

# Short free text of one line, of a whole remark, of a number kept as text.
Name = Annotated[str, "name"]
Kana = Annotated[str, "kana"]
Address = Annotated[str, "address"]
Phone = Annotated[str, "phone"]
PostalCode = Annotated[str, "postal_code"]
Number = Annotated[str, "number"]
Note = Annotated[str, "note"]
Code = Annotated[str, "code"]
Codes = Annotated[list[str], "codes"]
Yen = Annotated[int, "yen"]
Count = Annotated[int, "count"]
Month = Annotated[str, "month"]  # 'YYYY-MM', sorts and compares as it reads

LENGTHS = {"name": 100, "kana": 100, "address": 200, "phone": 20, "postal_code": 7, "number": 30, "note": 400,
           "code": 10, "month": 7}

NAMING = {"ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s",
          "ck": "ck_%(table_name)s_%(constraint_name)s", "fk": "fk_%(table_name)s_%(column_0_N_name)s",
          "pk": "pk_%(table_name)s"}

Model.metadata.naming_convention = NAMING  # FAB's stub says immutable; it is read at DDL time
Model.registry.update_type_annotation_map({  # type: ignore[misc]  # one dictionary of several annotated kinds
    **{kind: String(LENGTHS[tag]) for kind, tag in (
        (Name, "name"), (Kana, "kana"), (Address, "address"), (Phone, "phone"), (PostalCode, "postal_code"),
        (Number, "number"), (Note, "note"), (Code, "code"), (Month, "month"))},
    Codes: ARRAY(String(LENGTHS["code"])),
    Yen: BigInteger(),
    Count: Integer(),
    str: Text(),
    bool: Boolean(),
    datetime: DateTime(timezone=True),
})


class Entry(Enum):
    """Where the value comes from; PAPER is typed twice, everything else is never typed from the application."""

    PAPER = "paper"  # 申請者・医師が紙に書いたもの
    CLERK = "clerk"  # 職員の事務処理
    BOARD = "board"  # 審査会・決裁
    SYSTEM = "system"  # 本システムが導く
    IMPORT = "import"  # 他システムからの取込


class Pii(Enum):
    """個人情報の区分: what a value tells of a person; drives columns, search, export, masking and journal."""

    NONE = "none"
    IDENTITY = "identity"  # 氏名・生年月日・住所など
    NUMBER = "number"  # 個人を識別する番号 (個人番号はここには無い)
    HEALTH = "health"  # 病名・審査
    INCOME = "income"  # 所得・税
    BANK = "bank"  # 口座


@dataclass(frozen=True)
class Item:
    """One line of Annex 1 (or of our marked extension when *number* is None)."""

    number: int | None
    label: str
    entry: Entry
    pii: Pii = Pii.NONE
    codes: str | None = None
    listed: bool = False
    exact: bool = False  # identity field: two keyings must agree letter for letter


def item(number: int, label: str, entry: Entry, *, pii: Pii = Pii.NONE, codes: str | None = None,
         listed: bool = False, exact: bool = False, **column: Any) -> Any:
    """Return a mapped column that carries its Annex 1 number and label; the annotation says type and nullability."""
    return mapped_column(comment=label, info={"item": Item(number, label, entry, pii, codes, listed, exact)}, **column)


def extension(label: str, entry: Entry, *, pii: Pii = Pii.NONE, codes: str | None = None,
              listed: bool = False, exact: bool = False, **column: Any) -> Any:
    """Return a mapped column for what later law added; it is counted apart from the 187 items."""
    return mapped_column(comment=label, info={"item": Item(None, label, entry, pii, codes, listed, exact)}, **column)


def mirror(attribute: Any, **column: Any) -> Any:
    """Return a column that repeats *attribute* on a ledger row for search; label and class come from the original."""
    original = item_of(attribute)
    return mapped_column(comment=original.label, info={"mirrors": original}, **column)


class Record(Model):  # type: ignore[misc]  # the base has no types
    """What the office records: a row with its own number, the time it came to be, and a version against lost updates."""

    __abstract__ = True
    annex_table: str | None = None  # addressee | recipient | benefit | reimbursement

    @declared_attr
    def id(cls) -> Mapped[int]:
        return mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-10)

    @declared_attr
    def created_at(cls) -> Mapped[datetime]:
        return mapped_column(server_default=func.now(), comment="登録日時", sort_order=90)

    @declared_attr
    def version(cls) -> Mapped[int]:
        return mapped_column(Integer, nullable=False, server_default="1", comment="版", sort_order=91)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


@dataclass(frozen=True)
class Recorded:
    """An item together with the class and attribute that hold it."""

    item: Item
    model: type[Record]
    attribute: str

    @property
    def key(self) -> str:
        """The name of this item on sheets, in answers and in file columns: ``patient.name``."""
        return f"{self.model.__tablename__}.{self.attribute}"

    @property
    def kind(self) -> str:
        """The annotation's tag: name, kana, number, code, codes, yen, count, month, note, date, bool …"""
        return kind_of(getattr(self.model, self.attribute))

    @property
    def required(self) -> bool:
        return not inspect(self.model).columns[self.attribute].nullable

    @property
    def length(self) -> int | None:
        """Longest text in characters, or None where the type has no such limit."""
        kind: TypeEngine[Any] = inspect(self.model).columns[self.attribute].type
        return cast("int | None", getattr(kind, "length", None))


def item_of(attribute: Any) -> Item:
    """Return the Item of a mapped attribute; KeyError where it is no recorded item."""
    info = getattr(attribute, "info", None) or attribute.column.info
    return cast(Item, info.get("item") or info["mirrors"])


def kind_of(attribute: InstrumentedAttribute[Any]) -> str:
    """Return the tag of the annotation that declared *attribute* (``Mapped[Yen | None]`` → ``yen``)."""
    model, name = attribute.class_, attribute.key
    for klass in model.__mro__:
        annotation = get_annotations(klass).get(name)
        if annotation is not None:
            return _tag(annotation)
    raise KeyError(name)


def _tag(annotation: Any) -> str:
    (inner,) = annotation.__args__
    for candidate in getattr(inner, "__args__", None) and not hasattr(inner, "__metadata__") and inner.__args__ or (inner,):
        if candidate is type(None):
            continue
        if hasattr(candidate, "__metadata__"):
            return cast(str, candidate.__metadata__[0])
        return cast(str, candidate.__name__)
    raise KeyError(str(annotation))


def recorded_models() -> list[type[Record]]:
    """Every class that stores recorded items, in the order of Annex 1."""
    return sorted((mapper.class_ for mapper in Model.registry.mappers if issubclass(mapper.class_, Record)
                   and any("item" in column.info for column in mapper.columns)), key=_annex_place)


def _annex_place(model: type[Record]) -> tuple[int, int, str]:
    numbers = [i.number for i in items_of(model).values() if i.number]
    tables = ("addressee", "recipient", "benefit", "reimbursement")
    return (tables.index(model.annex_table) if model.annex_table else len(tables), min(numbers, default=999),
            model.__tablename__)


def items_of(model: type[Record]) -> dict[str, Item]:
    """Attribute name → Item of one class, in the order the class declares them."""
    return {attribute.key: attribute.columns[0].info["item"] for attribute in inspect(model).column_attrs
            if "item" in attribute.columns[0].info}


def catalogue() -> Iterator[Recorded]:
    """Yield every recorded item in Annex 1 order, class by class; extensions come with their class."""
    for model in recorded_models():
        for name, each in items_of(model).items():
            yield Recorded(each, model, name)


def recorded(key: str) -> Recorded:
    """Return the item stored under ``table.attribute``; KeyError where the catalogue has no such item."""
    try:
        return _BY_KEY[key]
    except KeyError:
        _BY_KEY.update({each.key: each for each in catalogue()})
        return _BY_KEY[key]


_BY_KEY: dict[str, Recorded] = {}
