"""システムの置き場: each has its own role and schema, and its migrations make exactly what its tables say."""

from importlib import import_module
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from systems.frame.settings import NAMES, Settings
from systems.frame.store import Row, engine_of, prepare

BUILT = [name for name in NAMES if list((Path(__file__).parents[2] / "systems" / name / "versions").glob("*.py"))]


@pytest.fixture(scope="module")
def settings_of(database_url, tmp_path_factory):
    """``settings_of(name)`` → the settings of a system whose store is ready on this file's database."""
    def make(name: str) -> Settings:
        url = make_url(database_url).set(username=f"nanbyo_{name}").render_as_string(hide_password=False)
        folder = tmp_path_factory.mktemp(name)
        settings = Settings(name, folder, folder / "tls", url, database_url, True, None)
        prepare(settings)
        return settings
    return make


@pytest.mark.parametrize("name", BUILT)
def test_the_history_makes_what_the_tables_say(settings_of, name):
    import_module(f"systems.{name}.tables")
    engine = engine_of(settings_of(name))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={
            "include_schemas": True, "compare_type": True, "compare_server_default": True,
            "version_table_schema": name, "include_name": lambda each, kind, parents: kind != "schema" or each == name,
            "include_object": lambda thing, _name, kind, _reflected, _other: kind != "table" or thing.schema == name})
        assert compare_metadata(context, Row.metadata) == []
    engine.dispose()


@pytest.mark.parametrize("name", BUILT)
def test_a_systems_role_reaches_nobody_elses_tables(settings_of, name):
    engine = engine_of(settings_of(name))
    others = ["public.recipient", *(f"{other}.log_line" for other in BUILT if other != name)]
    for other in BUILT:
        settings_of(other)
    for table in others:
        with engine.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
            connection.execute(text(f"SELECT 1 FROM {table}"))
    engine.dispose()


@pytest.mark.parametrize("name", BUILT)
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET act = ''", "TRUNCATE {}"])
def test_what_a_system_did_is_only_added_to(settings_of, name, change):
    engine = engine_of(settings_of(name))
    with engine.connect() as connection, pytest.raises(DBAPIError, match="only added"):
        connection.execute(text(change.format(f"{name}.log_line")))
    engine.dispose()


def test_every_store_can_be_prepared_twice(settings_of):
    for name in BUILT:
        settings_of(name)
        engine = create_engine(settings_of(name).database_url)
        engine.dispose()
