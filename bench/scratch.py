"""測定用のデータベース: made for one measurement, migrated, and gone afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, make_url, text

from app.database import migrate


@contextmanager
def scratch(url: str, name: str, **connect_args: Any) -> Iterator[Engine]:
    """Yield the engine of a migrated, empty database *name* on the server of *url*."""
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    own = make_url(url).set(database=name).render_as_string(hide_password=False)
    migrate(own)
    engine = create_engine(own, connect_args=connect_args)
    try:
        yield engine
    finally:
        engine.dispose()
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        admin.dispose()
