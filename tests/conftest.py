"""試験の土台: one PostgreSQL for all tests, a migrated and seeded template, a database of its own for each file."""

import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from flask import Flask, Response, has_request_context, request
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.orm import Session

from app.building import create_app
from app.database import embedded_server
from app.extensions import db
from app.sealing import seal_what_waits
from config import Settings
from procedures.actor import Actor
from seeds.users import DEMO_PASSWORD
from tests import canary
from tests.journal_guard import watching
from tests.sealer import at_work
from tests.templates import TEST_DATA, TODAY, clone

# The same examples in every run: a red run must be red again when somebody looks at it.
hypothesis.settings.register_profile("office", derandomize=True, deadline=None)
hypothesis.settings.load_profile("office")

WRITES = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)")


_EAR = canary.Ear()
_BEGUN = time.time()


def pytest_configure(config: pytest.Config) -> None:
    """From here on nothing that is logged goes unheard."""
    logging.getLogger().addHandler(_EAR)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Whatever ran: no number that a test typed lies in the write-ahead log, in a file of the tests, or in what was logged."""
    factory = getattr(session.config, "_tmp_path_factory", None)
    places = [TEST_DATA / "postgres", *([factory.getbasetemp()] if factory else [])]
    found = [*_EAR.heard, *(name for place in places if place.exists() for name in canary.in_files(place, _BEGUN))]
    if found:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        raise pytest.UsageError("an Individual Number was left in the clear: " + ", ".join(found[:20]))


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of the server all test runs share; DATABASE_URL replaces it."""
    if "DATABASE_URL" in os.environ:
        yield "postgresql+psycopg://" + os.environ["DATABASE_URL"].split("://", 1)[1]
        return
    with embedded_server(TEST_DATA / "postgres") as url:
        _forget_power_cuts(url)
        yield url


def _forget_power_cuts(url: str) -> None:
    """Nothing of a test needs to survive one, so nothing waits for the disk."""
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    admin.dispose()


@pytest.fixture(scope="module")
def database_url(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The database of one file of tests, which screens write to; what they commit stays until it is done, and is sealed."""
    for url in clone(server, "screens"):
        with at_work(Settings(database_url=url, data_dir=tmp_path_factory.mktemp("seal"))):
            yield url


@pytest.fixture(scope="session")
def quiet_engine(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The engine of a second database, in which nothing is ever committed: no test finds another's rows there."""
    for url in clone(server, "quiet"):
        seal_what_waits(Settings(database_url=url, data_dir=tmp_path_factory.mktemp("seal")), lambda: datetime.now(UTC))
        engine = create_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture(scope="module")
def engine(database_url: str) -> Iterator[Engine]:
    """The engine of this file's database."""
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(quiet_engine: Engine) -> Iterator[Session]:
    """A session whose work, committed or not, is undone when the test ends."""
    with quiet_engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
        outer.rollback()


@pytest.fixture(scope="module")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A demo installation that lives on TODAY and keeps its files in a folder of its own."""
    return Settings(database_url=database_url, data_dir=tmp_path_factory.mktemp("data"), demo=True, fixed_today=TODAY)


@pytest.fixture(scope="module")
def app(settings: Settings) -> Iterator[Flask]:
    """The web application on this file's database."""
    app = create_app(settings)
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    changed: list[str] = []
    told: list[str] = []

    @app.after_request
    def no_number_leaves(response: Response) -> Response:
        """Only the page of numbers shows one, and no header of any page does."""
        if not response.is_streamed and not canary.OPENED.match(request.path) and canary.is_in(response.get_data()):
            told.append(f"{request.method} {request.path}")
        told.extend(f"{request.path}: {name}" for name, value in response.headers if canary.is_in(value.encode()))
        return response

    def looking_changes_nothing(connection: object, cursor: object, statement: str, *rest: object) -> None:
        """A page that is only looked at leaves a line in the journal and in its session, and no other trace."""
        if has_request_context() and request.method == "GET":
            changed.extend(f"GET {request.path}: {verb} {table}" for verb, table in WRITES.findall(statement)
                           if table not in ("journal_entry", "login_session"))

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", looking_changes_nothing)
    with watching(db.session) as unjournalled:
        yield app
    close(app)
    assert changed == []
    assert told == []
    assert unjournalled == []


def close(app: Flask) -> None:
    """Give back every connection an application holds."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    for waiting in app.extensions["form_key_locks"]:
        waiting.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser's network side, not logged in; what it commits stays until its file is done."""
    return app.test_client()


@pytest.fixture
def login(app: Flask) -> Iterator[Callable[[str], FlaskClient]]:
    """``login("clerk1")`` → a client that is logged in as that demo user, and logs out when the test ends."""
    clients: list[FlaskClient] = []

    def log_in(username: str) -> FlaskClient:
        client = app.test_client()
        clients.append(client)
        answer = client.post("/login/", data={"username": username, "password": DEMO_PASSWORD})
        assert answer.status_code == 302
        return client

    yield log_in
    for client in clients:
        client.post("/logout/")


@pytest.fixture
def actors(session: Session) -> dict[str, Actor]:
    """Every demo user as an actor, by name."""
    rows = session.execute(text("SELECT id, username, last_name || ' ' || first_name FROM ab_user"))
    return {username: Actor(user_id, name) for user_id, username, name in rows}


@pytest.fixture(scope="session")
def samples() -> Path:
    """The sample papers and files that tests read."""
    return Path(__file__).parent / "samples"
