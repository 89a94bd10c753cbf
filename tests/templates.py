"""ひな形のデータベース: made once of what they are made of, and cloned for each file of tests in a moment."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import Session

from app.database import migrate
from config import ROOT, Settings
from models.installation import Installation
from seeds import load_all
from seeds.demo import load_demo
from seeds.users import load_demo_users
from tests import canary
from tests.sealer import at_work

TEST_DATA: Final = ROOT / "var" / "test"
TODAY: Final = date(2026, 11, 24)  # the office's day in every test that does not say otherwise


@dataclass(frozen=True)
class Template:
    """ひな形: what it is made of, and how, from the one below it."""

    name: str
    rooms: tuple[str, ...]
    build: Callable[[str, Path], None]
    below: "Template | None" = None

    @property
    def database(self) -> str:
        """Its name, which changes with whatever it is built from."""
        digest = hashlib.sha256()
        for room in ("tests/templates.py", *self.rooms, *(self.below.rooms if self.below else ())):
            for path in sorted((ROOT / room).rglob("*")) if (ROOT / room).is_dir() else [ROOT / room]:
                if path.is_file() and "__pycache__" not in path.parts:
                    digest.update(path.read_bytes())
        return f"{self.name}_{digest.hexdigest()[:16]}"

    @property
    def files(self) -> Path:
        """What lies beside the database: papers, keys."""
        return TEST_DATA / self.database


def _seeded(url: str, files: Path) -> None:
    migrate(url)
    with _session(url) as session:
        load_all(session)
        load_demo_users(session)
        session.add(Installation(id=1, is_demo=True))
        session.commit()


def _demo(url: str, files: Path) -> None:
    settings = Settings(database_url=url, data_dir=files, demo=True, fixed_today=TODAY)
    with at_work(settings), _session(url) as session:
        load_demo(session, settings)
        session.commit()


SEEDED: Final = Template("template", ("migrations/versions", "seeds", "models", "forms", "procedures/rights.py"), _seeded)
DEMO: Final = Template("demo", ("procedures", "rules", "exchange"), _demo, SEEDED)


def clone(server: str, purpose: str, template: Template = SEEDED) -> Iterator[str]:
    """Clone a template, which is built when whatever it is made of has changed; the clone is gone afterwards."""
    own = f"test_{os.getpid()}_{purpose}"
    with _engine(server, isolation_level="AUTOCOMMIT") as admin:
        with _alone(), admin.connect() as connection:
            _make_sure(server, admin, template)
            connection.execute(text(f"DROP DATABASE IF EXISTS {own} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {own} TEMPLATE {template.database}"))
        url = named(server, own)
        yield url
        left_behind = canary.in_database(url) if canary.has_numbers(url) else []
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {own} WITH (FORCE)"))
    assert left_behind == [], "an Individual Number was left in the clear"


def demo_city(server: str, purpose: str, folder: Path) -> Iterator[Settings]:
    """An installation of its own that holds the demo city with its papers; its files go to *folder*."""
    for url in clone(server, purpose, DEMO):
        shutil.copytree(DEMO.files, folder, dirs_exist_ok=True)
        yield Settings(database_url=url, data_dir=folder, demo=True, fixed_today=TODAY)


def named(server: str, name: str) -> str:
    """The address of one database of *server*."""
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _make_sure(server: str, admin: Engine, template: Template) -> None:
    name, building = template.database, f"building_{os.getpid()}"
    with admin.connect() as connection:
        if connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}):
            return
        if template.below:
            _make_sure(server, admin, template.below)
        connection.execute(text(f"DROP DATABASE IF EXISTS {building} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {building}" + (f" TEMPLATE {template.below.database}" if template.below else "")))
        for old in TEST_DATA.glob(f"{template.name}_*"):
            shutil.rmtree(old)
        template.files.mkdir(parents=True)
        template.build(named(server, building), template.files)
        for (old,) in connection.execute(text(f"SELECT datname FROM pg_database WHERE datname LIKE '{template.name}\\_%'")):
            connection.execute(text(f"DROP DATABASE {old}"))
        connection.execute(text(f"ALTER DATABASE {building} RENAME TO {name}"))


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time looks after the templates."""
    TEST_DATA.mkdir(parents=True, exist_ok=True)
    with (TEST_DATA / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _session(url: str) -> Iterator[Session]:
    with _engine(url) as engine, Session(engine) as session:
        yield session


@contextmanager
def _engine(url: str, **options: str) -> Iterator[Engine]:
    """An engine that holds nothing once it is no longer needed, whatever happened meanwhile."""
    engine = create_engine(url, **options)
    try:
        yield engine
    finally:
        engine.dispose()
