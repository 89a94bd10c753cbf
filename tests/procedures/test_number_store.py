"""番号の保管の役割: whatever statement the application sends, its own role reads nothing there; the store's role reads nothing else."""

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from config import APP_ROLE
from models.number_report import IndividualNumber
from procedures.number_store import NUMBERS, PARENTS, ROLE, in_store, rows_of
from procedures.vault import Vault, numbers_of
from tests.procedures.test_key_rotation import a_number, clerks  # noqa: F401 - a fixture

MASTER = b"k" * 32
STORE = ("individual_number", "sealed_number")


def role(session):
    return session.scalar(text("SELECT current_user"))


@pytest.fixture
def office(session, clerks):  # noqa: F811 - the fixture from above
    """A session with one number kept, working under the role of the application as every screen does."""
    recipient = a_number(session, clerks, Vault(MASTER))
    session.execute(text(f"SET LOCAL ROLE {APP_ROLE}"))
    return recipient


@pytest.mark.parametrize("table", STORE)
@pytest.mark.parametrize("statement", [
    "SELECT 1 FROM numbering.{0}", "SELECT count(*) FROM numbering.{0}", "COPY numbering.{0} TO STDOUT", "DELETE FROM numbering.{0}",
    "UPDATE numbering.{0} SET key_version = 1", "INSERT INTO numbering.{0} (key_version) VALUES (1)", "TRUNCATE numbering.{0}",
    "SELECT nextval('numbering.{0}_id_seq')", "LOCK TABLE numbering.{0}", "CREATE VIEW mine AS SELECT * FROM numbering.{0}"])
def test_the_ordinary_role_of_the_application_can_do_nothing_there(session, office, table, statement):
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text(statement.format(table)))


def test_every_table_of_the_schema_is_one_of_these(session):
    assert set(session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'numbering'"))) == set(STORE)


@pytest.mark.parametrize("table", ["recipient", "number_line", "number_report", "received_sheet", "journal_entry", "ab_user"])
def test_the_role_of_the_store_does_not_see_whose_number_it_is(session, office, table):
    with pytest.raises(DBAPIError, match="permission denied"), in_store(session):
        session.execute(text(f"SELECT 1 FROM {table}"))


def test_the_role_is_taken_for_the_store_alone_and_given_back(session, office):
    assert role(session) == APP_ROLE
    with in_store(session):
        assert role(session) == ROLE
        with in_store(session):
            assert role(session) == ROLE
        assert role(session) == ROLE
    assert role(session) == APP_ROLE


def test_it_is_given_back_whatever_goes_wrong_inside(session, office):
    with pytest.raises(InvalidTag), in_store(session):
        raise InvalidTag
    assert role(session) == APP_ROLE
    with pytest.raises(DBAPIError), session.begin_nested(), in_store(session):
        session.execute(text("SELECT 1 / 0"))
    assert role(session) == APP_ROLE


def test_it_ends_with_the_transaction(engine):
    with engine.connect() as connection:
        connection.execute(text("SELECT set_config('role', :role, true)"), {"role": ROLE})
        connection.commit()
        assert connection.scalar(text("SELECT current_user")) != ROLE


def test_the_office_still_finds_opens_and_counts_the_numbers(session, office):
    [(line, number)] = numbers_of(session, office)
    assert Vault(MASTER).reveal(number)
    assert rows_of(session, NUMBERS, [line.id, line.id + 1]) == [number.id] and PARENTS[NUMBERS] == line.__tablename__
    with in_store(session):
        assert session.query(IndividualNumber).count() == 1
