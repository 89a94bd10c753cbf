"""Alembic's entry for a neighbouring system: one history a system, kept in its own schema."""

from importlib import import_module

from alembic import context

from systems.frame.store import Row

schema = context.config.attributes["schema"]
import_module(f"systems.{schema}.tables")
context.configure(connection=context.config.attributes["connection"], target_metadata=Row.metadata,
                  version_table_schema=schema, include_schemas=True, compare_type=True, compare_server_default=True,
                  include_name=lambda name, kind, parents: kind != "schema" or name == schema)
with context.begin_transaction():
    context.run_migrations()
