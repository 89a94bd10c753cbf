"""連携基盤の表: who is joined to it, register and tax as they came, what was asked by ticket, and every file on its way."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from systems.frame.store import Numbered, Row, common
from systems.platform import service_tables

SCHEMA: Final = service_tables.SCHEMA
COMMON: Final = common(SCHEMA)
KINDS: Final = ("residents", "taxes")
TICKET_STATES: Final = ("受付", "処理中", "完了", "エラー")
ARRIVAL_STATES: Final = ("taken", "refused")
DELIVERY_STATES: Final = ("waiting", "offered", "received", "given_up")
NOTICE_STATES: Final = ("waiting", "arrived", "missing")


def _one_of(column: str, names: tuple[str, ...]) -> str:
    return f"{column} IN ('" + "', '".join(names) + "')"


class Partner(Numbered, Row):
    """接続先: a system of the city that sends or receives files here, by key (SFTP) or password (FTPS)."""

    __tablename__ = "partner"
    __table_args__ = (CheckConstraint("name ~ '^[a-z][a-z0-9]{1,30}$'", name="name_is_a_folder"), {"schema": SCHEMA})

    name: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    ssh_key: Mapped[str | None]  # its public key, one line of OpenSSH
    password: Mapped[str | None]  # scrypt
    sends: Mapped[list[str]] = mapped_column(ARRAY(Text))
    receives: Mapped[list[str]] = mapped_column(ARRAY(Text))
    address: Mapped[str | None]  # https://… where it wants to be called back; nobody is called elsewhere
    is_active: Mapped[bool] = mapped_column(server_default="true")


class RegisterRow(Numbered, Row):
    """住民・住民税の一行 as it came, under the headings of its file; a later state is a later row."""

    __tablename__ = "register_row"
    __table_args__ = (
        UniqueConstraint("kind", "municipality", "file_number", "tax_year", "history_number"),
        CheckConstraint(_one_of("kind", KINDS), name="kind_is_known"), {"schema": SCHEMA})

    kind: Mapped[str]
    municipality: Mapped[str]
    file_number: Mapped[str]
    tax_year: Mapped[str]  # "" for residents
    history_number: Mapped[int]
    content: Mapped[dict[str, Any]]


class Ticket(Numbered, Row):
    """票: what was asked to be answered later; the answer is emptied when its time is over."""

    __tablename__ = "ticket"
    __table_args__ = (
        CheckConstraint(_one_of("state", TICKET_STATES), name="state_is_known"),
        Index("ix_ticket_waiting", "id", postgresql_where=text("state = '受付'")), {"schema": SCHEMA})

    reference: Mapped[str] = mapped_column(unique=True)
    caller: Mapped[str]
    staff_id: Mapped[str]
    unit: Mapped[str]
    kind: Mapped[str]
    file_numbers: Mapped[list[str]] = mapped_column(ARRAY(Text))
    tax_year: Mapped[str | None]
    address: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default="受付")
    answer: Mapped[dict[str, Any] | None]
    answered_at: Mapped[datetime | None]
    fetched_at: Mapped[datetime | None]


class Arrival(Numbered, Row):
    """届いたファイル: one set (file and .end) of one sender; a name is taken in once."""

    __tablename__ = "arrival"
    __table_args__ = (
        CheckConstraint(_one_of("state", ARRIVAL_STATES), name="state_is_known"),
        CheckConstraint("(state = 'refused') = (fault IS NOT NULL)", name="refused_says_why"),
        Index("uq_arrival_taken", "file_name", unique=True, postgresql_where=text("state = 'taken'")), {"schema": SCHEMA})

    sender: Mapped[str]
    file_name: Mapped[str]
    sha256: Mapped[str]
    kind: Mapped[str | None]
    records: Mapped[int | None]
    state: Mapped[str]
    fault: Mapped[str | None]


class Delivery(Numbered, Row):
    """配信: one set on its way to one receiver, until its receipt is here."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("arrival_id", "receiver"),
        CheckConstraint(_one_of("state", DELIVERY_STATES), name="state_is_known"),
        CheckConstraint("(state = 'received') = (received_at IS NOT NULL)", name="received_at_a_time"),
        Index("ix_delivery_due", "due_at", postgresql_where=text("state IN ('waiting', 'offered')")), {"schema": SCHEMA})

    arrival_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.arrival.id"))
    receiver: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="waiting")
    tries: Mapped[int] = mapped_column(server_default="0")
    due_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    fault: Mapped[str | None]
    offered_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]


class MovementNotice(Numbered, Row):
    """異動の知らせ: a sender said that a file is coming; who announces what never comes is told on the screen."""

    __tablename__ = "movement_notice"
    __table_args__ = (CheckConstraint(_one_of("state", NOTICE_STATES), name="state_is_known"), {"schema": SCHEMA})

    reference: Mapped[str] = mapped_column(unique=True)
    sender: Mapped[str]
    file_name: Mapped[str]
    records: Mapped[int]
    sha256: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="waiting")
