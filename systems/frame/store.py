"""置き場: a schema and a role for each system on PostgreSQL, its own history of migrations, and the tables all need."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    DateTime,
    Engine,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    NullPool,
    Text,
    UniqueConstraint,
    create_engine,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from systems.frame.settings import Settings

LOCK: Final = 5_403_004  # a number nobody else of this database locks; two processes never prepare at once
ROOT: Final = Path(__file__).resolve().parents[1]
OUTBOX_STATES: Final = ("waiting", "sent", "refused", "given_up")
NAMING: Final = {"ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                 "ck": "ck_%(table_name)s_%(constraint_name)s", "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                 "pk": "pk_%(table_name)s"}


class Row(DeclarativeBase):
    """What all systems' tables share; each system's tables lie in the schema of its name."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {str: Text(), datetime: DateTime(timezone=True), bytes: LargeBinary(), dict[str, Any]: JSONB()}


class Numbered:
    """A row with a number and the time it came to be."""

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-10)
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), sort_order=90)


class RequestSeen(Numbered, Row):
    """受けた要求: one request id of one caller is answered once; the same again gets the same answer."""

    __abstract__ = True

    caller: Mapped[str]
    request_id: Mapped[str]
    operation: Mapped[str]
    body_sha256: Mapped[str]
    response: Mapped[bytes | None]


class Outgoing(Numbered, Row):
    """送る要求: put here in the transaction that needs it sent; sent until it is answered, under one request id."""

    __abstract__ = True

    request_id: Mapped[str] = mapped_column(unique=True)
    peer: Mapped[str]
    operation: Mapped[str]
    content: Mapped[dict[str, Any]]
    purpose: Mapped[str]  # what the answer is for: the key of the reply's handler
    subject_id: Mapped[int | None]
    state: Mapped[str] = mapped_column(server_default="waiting")
    tries: Mapped[int] = mapped_column(server_default="0")
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())
    fault: Mapped[str | None]  # code of the last fault, no personal data


class LogLine(Numbered, Row):
    """操作・処理の記録: who or what did what with which record, and how it ended; rows are only added."""

    __abstract__ = True

    actor: Mapped[str]
    act: Mapped[str]
    subject: Mapped[str] = mapped_column(server_default="")
    outcome: Mapped[str] = mapped_column(server_default="ok")
    detail: Mapped[dict[str, Any] | None]


class Staff(Numbered, Row):
    """職員: who may open this system's screens, and as what."""

    __abstract__ = True

    username: Mapped[str] = mapped_column(unique=True)
    full_name: Mapped[str]
    password: Mapped[str]  # scrypt
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    is_active: Mapped[bool] = mapped_column(server_default="true")


class StaffSession(Numbered, Row):
    """職員のログイン: a random id, kept hashed; gone at logout, after 15 idle minutes or 10 hours."""

    __abstract__ = True

    token_sha256: Mapped[str] = mapped_column(unique=True)
    username: Mapped[str]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Common:
    """共通の表 of one system."""

    seen: type[RequestSeen]
    outgoing: type[Outgoing]
    log: type[LogLine]
    staff: type[Staff]
    sessions: type[StaffSession]


def common(schema: str) -> Common:
    """Return the tables of the frame in *schema*; call it once, in the system's tables.py."""
    seen = type(f"{schema}_RequestSeen", (RequestSeen,), {
        "__tablename__": "request_seen", "__table_args__": (UniqueConstraint("caller", "request_id"), {"schema": schema})})
    outgoing = type(f"{schema}_Outgoing", (Outgoing,), {
        "__tablename__": "outgoing", "__table_args__": (
            CheckConstraint("state IN ('" + "', '".join(OUTBOX_STATES) + "')", name="state_is_known"),
            Index("ix_outgoing_due", "due_at", postgresql_where=text("state = 'waiting'")), {"schema": schema})})
    log = type(f"{schema}_LogLine", (LogLine,), {
        "__tablename__": "log_line", "__table_args__": (Index("ix_log_line_subject", "subject"), {"schema": schema})})
    staff = type(f"{schema}_Staff", (Staff,), {"__tablename__": "staff", "__table_args__": {"schema": schema}})
    sessions = type(f"{schema}_StaffSession", (StaffSession,), {
        "__tablename__": "staff_session", "__table_args__": {"schema": schema}})
    return Common(seen, outgoing, log, staff, sessions)


ONLY_ADDED: Final = """
CREATE FUNCTION {schema}.only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'rows of % are only added', TG_TABLE_NAME; END $$;
"""


def keep_only_added(schema: str, *tables: str) -> list[str]:
    """SQL that makes *tables* refuse UPDATE, DELETE and TRUNCATE; run it in the first revision."""
    return [ONLY_ADDED.format(schema=schema)] + [
        f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.{table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {schema}.only_added()" for table in tables]


def prepare(settings: Settings) -> None:
    """Role, schema and tables are there and current; a second process waits. Needs *admin_url* only at first."""
    if settings.admin_url:
        _make_role(settings.admin_url, settings.name)
    engine = create_engine(settings.database_url, poolclass=NullPool)  # a failed step takes its lock with it
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        connection.commit()
        config = Config()
        config.set_main_option("script_location", str(ROOT / "frame" / "migrations"))
        config.set_main_option("version_locations", str(ROOT / settings.name / "versions"))
        config.set_main_option("path_separator", "os")
        config.attributes.update(connection=connection, schema=settings.name)
        command.upgrade(config, "head")
        connection.commit()
    engine.dispose()


def _make_role(admin_url: str, name: str) -> None:
    """A login that owns its schema and can reach no other; a city's database administrator does the same by hand."""
    engine = create_engine(admin_url)
    role = f"nanbyo_{name}"
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}):
            connection.execute(text(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"))
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {name} AUTHORIZATION {role}"))
        connection.execute(text("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
        more = ROOT / name / "admin.sql"  # what else only an administrator of the database may do
        if more.exists():
            connection.exec_driver_sql(more.read_text(encoding="utf-8"))
    engine.dispose()


def engine_of(settings: Settings) -> Engine:
    """The system's engine: its own role, no values in errors, no statement longer than ten seconds."""
    return create_engine(settings.database_url, hide_parameters=True, pool_pre_ping=True,
                         connect_args={"options": "-c statement_timeout=10000"})
