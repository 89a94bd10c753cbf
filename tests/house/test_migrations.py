"""移行: Alembic owns every table, and every database it ever made can still be brought up to date."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, make_url, text

from app.database import heads, is_current, migrate
from config import ROOT
from models.items import Model


def test_the_history_has_one_head():
    assert len(heads()) == 1


def test_an_upgraded_empty_database_is_what_the_models_say(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={
            "include_schemas": True, "compare_type": True, "compare_server_default": True,
            "include_name": lambda name, kind, parents: kind != "schema" or name in (None, "public", "numbering")})
        assert compare_metadata(context, Model.metadata) == []
        assert is_current(connection)


def test_every_earlier_revision_with_data_in_it_comes_up_to_date(server):
    """Each revision is stopped at, given a user and a journal line, and the rest of the way is walked over them."""
    revisions = [each.revision for each in ScriptDirectory(str(ROOT / "migrations")).walk_revisions()]
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    for revision in revisions:
        name = f"revision_{revision}"
        url = make_url(server).set(database=name).render_as_string(hide_password=False)
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {name}"))
        migrate(url, revision)
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text(
                "INSERT INTO ab_user (id, first_name, last_name, username, email) VALUES (1, '一', '試', 't', 't@x')"))
            connection.execute(text("INSERT INTO journal_entry (actor_id, actor_name, action) VALUES (1, '試', 'saw')"))
        migrate(url)
        with engine.connect() as connection:
            assert is_current(connection)
            assert connection.scalar(text("SELECT count(*) FROM journal_entry")) == 1
        engine.dispose()
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()
