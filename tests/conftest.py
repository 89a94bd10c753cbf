"""試験の土台: one PostgreSQL for all tests, a migrated and seeded template, a database of its own for each file."""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import Session

from app import create_app
from app.database import embedded_server, migrate
from app.extensions import db
from config import ROOT, Settings
from models.installation import Installation
from procedures.actor import Actor
from seeds import load_all
from seeds.users import DEMO_PASSWORD, load_demo_users

# The same examples in every run: a red run must be red again when somebody looks at it.
hypothesis.settings.register_profile("office", derandomize=True, deadline=None)
hypothesis.settings.load_profile("office")

TEST_DATA = ROOT / "var" / "test"
TODAY = date(2026, 11, 24)  # the office's day in every test that does not say otherwise


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


def _named(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _template_name() -> str:
    """The template's name changes with whatever it is built from."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    digest.update((ROOT / "procedures" / "rights.py").read_bytes())
    for folder in ("migrations/versions", "seeds", "models", "forms"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.read_bytes())
    return f"template_{digest.hexdigest()[:16]}"


@pytest.fixture(scope="module")
def database_url(server: str) -> Iterator[str]:
    """The database of one file of tests, which screens write to; what they commit stays until that file is done."""
    yield from _clone(server, f"test_{os.getpid()}_screens")


@pytest.fixture(scope="session")
def quiet_engine(server: str) -> Iterator[Engine]:
    """The engine of a second database, in which nothing is ever committed: no test finds another's rows there."""
    for url in _clone(server, f"test_{os.getpid()}_quiet"):
        engine = create_engine(url)
        yield engine
        engine.dispose()


def _clone(server: str, own: str) -> Iterator[str]:
    """Clone the migrated and seeded template, which is built when whatever it is made of has changed."""
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    template = _template_name()
    TEST_DATA.mkdir(parents=True, exist_ok=True)
    with (TEST_DATA / "template.lock").open("w") as lock, admin.connect() as connection:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": template}):
            building = f"building_{os.getpid()}"
            connection.execute(text(f"DROP DATABASE IF EXISTS {building} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {building}"))
            _build(_named(server, building))
            for (old,) in connection.execute(text("SELECT datname FROM pg_database WHERE datname LIKE 'template\\_%'")):
                connection.execute(text(f"DROP DATABASE {old}"))
            connection.execute(text(f"ALTER DATABASE {building} RENAME TO {template}"))
        connection.execute(text(f"DROP DATABASE IF EXISTS {own} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {own} TEMPLATE {template}"))
    yield _named(server, own)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {own} WITH (FORCE)"))
    admin.dispose()


def _build(url: str) -> None:
    migrate(url)
    engine = create_engine(url)
    with Session(engine) as session:
        load_all(session)
        load_demo_users(session)
        session.add(Installation(id=1, is_demo=True))
        session.commit()
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
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser's network side, not logged in; what it commits stays until its file is done."""
    return app.test_client()


@pytest.fixture
def login(app: Flask) -> Callable[[str], FlaskClient]:
    """``login("clerk1")`` → a client that is logged in as that demo user."""
    def log_in(username: str) -> FlaskClient:
        client = app.test_client()
        answer = client.post("/login/", data={"username": username, "password": DEMO_PASSWORD})
        assert answer.status_code == 302
        return client
    return log_in


@pytest.fixture
def actors(session: Session) -> dict[str, Actor]:
    """Every demo user as an actor, by name."""
    rows = session.execute(text("SELECT id, username, last_name || ' ' || first_name FROM ab_user"))
    return {username: Actor(user_id, name) for user_id, username, name in rows}


@pytest.fixture(scope="session")
def samples() -> Path:
    """The sample papers and files that tests read."""
    return Path(__file__).parent / "samples"
