"""Alembic's entry: the metadata of models/, FAB's tables included."""

from alembic import context
from sqlalchemy import create_engine

import models  # noqa: F401  # declares every table
from models.items import Model


def include_name(name: str | None, kind: str, parents: object) -> bool:
    """Only our two schemas belong to this history."""
    return kind != "schema" or name in (None, "public", "numbering")


def run(connection: object) -> None:
    context.configure(connection=connection, target_metadata=Model.metadata, include_schemas=True,
                      include_name=include_name, compare_type=True, compare_server_default=True)
    with context.begin_transaction():
        context.run_migrations()


shared = context.config.attributes.get("connection")
if shared is not None:
    run(shared)
else:
    with create_engine(context.config.attributes["url"]).connect() as own:
        run(own)
