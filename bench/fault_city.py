"""故障のための市: an office in which papers wait to be printed and claims to be paid; each round of those begins with a copy of it."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.database import migrate
from app.sealing import seal_what_waits
from bench.cluster import Server
from config import Settings
from seeds import load_all
from seeds.codes import load_demo_masters
from seeds.conversion import convert
from seeds.demo import new_application
from seeds.demo_cases import Office
from seeds.demo_claims import STORIES, load_claims
from seeds.residents import residents
from seeds.users import load_demo_users

ON: Final = date(2026, 11, 24)
PEOPLE, PAPERS = 120, 2
MODEL: Final = "model"
KEPT: Final = "kept"  # the office that keeps on working from round to round


class City:
    """市: the databases of one server and the files that lie beside them."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server, self.folder = server, folder

    def found(self) -> None:
        """Make the model, and the office that stays."""
        self.server.ask(f"CREATE DATABASE {MODEL}")
        migrate(self.driver(MODEL))
        engine = create_engine(self.driver(MODEL))
        with Session(engine, expire_on_commit=False) as session:
            load_all(session)
            load_demo_users(session)
            load_demo_masters(session)
            convert(session, residents(PEOPLE, 0, ON), "faults")
            office = Office(session, self.settings(MODEL), ON)
            for who in residents(PAPERS, 78, ON, first=910_001):
                office.goes(office.keyed("new_application", new_application(who, ON)), "certified")
            load_claims(session, self.settings(MODEL), ON, [story for story in STORIES if story.goal == "granted"])
            session.commit()
        engine.dispose()
        self.seal(MODEL)
        self.copy(KEPT)

    def copy(self, name: str) -> str:
        """An office as it was founded, under this name; its database."""
        self.server.ask(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        # No log of the copy: the disk is small. The server flushes it before it answers.
        self.server.ask(f"CREATE DATABASE {name} TEMPLATE {MODEL} STRATEGY file_copy")
        shutil.rmtree(self.files(name), ignore_errors=True)
        shutil.copytree(self.files(MODEL), self.files(name))
        return self.driver(name)

    def seal(self, name: str) -> None:
        """Whatever was journalled is sealed, as the sealer beside a working office does within the second."""
        seal_what_waits(self.settings(name), lambda: datetime.now(UTC))

    def settings(self, name: str) -> Settings:
        """The settings of this office."""
        return Settings(database_url=self.driver(name), data_dir=self.files(name), demo=True, fixed_today=ON)

    def files(self, name: str) -> Path:
        """What lies beside its database."""
        return self.folder / "offices" / name

    def driver(self, name: str) -> str:
        """Where its database answers."""
        return self.server.url.replace("postgresql://", "postgresql+psycopg://", 1).rpartition("/")[0] + f"/{name}"
