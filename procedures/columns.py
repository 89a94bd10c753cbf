"""表示列: what a list may show, derived from the recorded items; which of it a user chose to see, and how densely."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, inspect
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.items import Item, Pii, Record, kind_of
from models.listing import ColumnChoice
from models.recipient import Recipient
from procedures import progress
from procedures.pii_uses import may_be_listed
from procedures.refusal import Refused

# 状態: labels of what our own columns hold; everything else is a row of a code list.
STATE_LABELS = {
    "recipient.state": {"applying": "申請中", "certified": "認定", "held": "保留", "refused": "不認定", "lost": "喪失",
                        "expired": "期間満了", "withdrawn": "取下げ"},
    "application.state": progress.LABELS,
}
WITHHELD_KINDS = frozenset({"address", "postal_code", "phone"})
WITHHELD = "不開示"


@dataclass(frozen=True)
class Column:
    """一列: one column of a list, with everything that label, filter and export need to know about it."""

    key: str
    label: str
    kind: str
    pii: Pii
    attribute: InstrumentedAttribute[Any]
    codes: str | None = None
    listed: bool = False

    @property
    def is_choice(self) -> bool:
        return self.codes is not None or self.kind == "state"

    @property
    def is_number(self) -> bool:
        return self.kind in ("yen", "count", "int")

    @property
    def tells_where(self) -> bool:
        """Whether the value tells where somebody lives, which stays hidden for a withheld person (支援措置)."""
        return self.pii is Pii.IDENTITY and self.kind in WITHHELD_KINDS


class NoSuchColumn(Refused):
    """The list has no such column, or none that may be shown."""

    def __init__(self) -> None:
        super().__init__("この一覧にない列が指定されました。列を選び直してください。")


def column_of(attribute: InstrumentedAttribute[Any], *, listed: bool | None = None) -> Column:
    """Return 一列 for a mapped attribute: an item, a mirror of one, or the state of a case."""
    info = attribute.info
    original: Item | None = info.get("item") or info.get("mirrors")
    key = f"{attribute.class_.__tablename__}.{attribute.key}"
    if original is None:
        kind = "state" if attribute.key == "state" else kind_of(attribute)
        label = attribute.property.columns[0].comment or attribute.key
        return Column(key, label, kind, Pii.NONE, attribute, listed=bool(listed))
    kind = "disease" if attribute.key == "disease_number" else kind_of(attribute)
    shown = original.listed if listed is None else listed
    return Column(key, original.label, kind, original.pii, attribute, original.codes, shown)


def columns_of(model: type[Record]) -> tuple[Column, ...]:
    """Return every column of *model* that a list may show: its items and mirrors, bank accounts excepted."""
    attributes = (getattr(model, each.key) for each in inspect(model).column_attrs)
    columns = (column_of(each) for each in attributes
               if each.info.get("item") or each.info.get("mirrors") or each.key == "state")
    return tuple(column for column in columns if may_be_listed(column.pii))


def person_columns() -> tuple[Column, ...]:
    """Return 氏名・カナ・受給者番号 of the ledger: every list of case records shows them beside its own columns."""
    return (column_of(Recipient.name, listed=True), column_of(Recipient.name_kana, listed=False),
            column_of(Recipient.birth_date, listed=False), column_of(Recipient.recipient_number, listed=True))


def choose(session: Session, user_id: int, listing: str, allowed: Iterable[Column], keys: list[str], *,
           is_dense: bool) -> None:
    """Remember which columns this user sees in a list, in this order; nothing chosen means the usual ones."""
    known = {column.key for column in allowed}
    if not set(keys) <= known:
        raise NoSuchColumn
    if not keys and not is_dense:
        session.execute(delete(ColumnChoice).where(ColumnChoice.user_id == user_id, ColumnChoice.listing == listing))
        return
    values = {"columns": list(dict.fromkeys(keys)), "is_dense": is_dense}
    session.execute(insert(ColumnChoice).values(user_id=user_id, listing=listing, **values)
                    .on_conflict_do_update(index_elements=["user_id", "listing"], set_=values))


def chosen(allowed: tuple[Column, ...], keys: Iterable[str] | None) -> tuple[Column, ...]:
    """Return the columns to show: the chosen ones that still exist, else the usual ones."""
    by_key = {column.key: column for column in allowed}
    found = tuple(by_key[key] for key in keys or () if key in by_key)
    return found or tuple(column for column in allowed if column.listed)
