"""番号連携サーバの置き場: its own store on this file's database, its keys in a folder of the run, a session that leaves nothing."""

import pytest
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from systems.frame.server import Caller
from systems.frame.settings import Settings
from systems.frame.staff import seed_demo_staff
from systems.frame.store import engine_of, prepare
from systems.numberlink import permissions
from systems.numberlink.keys import make_keys
from systems.numberlink.numbering import Numbering
from systems.numberlink.tables import COMMON
from systems.numberlink.vault import Vault

MATCH_KEY = b"m" * 32


@pytest.fixture(scope="module")
def settings(database_url, tmp_path_factory):
    folder = tmp_path_factory.mktemp("numberlink")
    made = Settings("numberlink", folder, folder / "tls", make_url(database_url).set(
        username="nanbyo_numberlink").render_as_string(hide_password=False), database_url, True, None)
    prepare(made)
    return made


@pytest.fixture(scope="module")
def engine(settings):
    engine = engine_of(settings)
    seed_demo_staff(engine, COMMON, permissions.DEMO)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine):
    with Session(engine) as session:
        yield session
        session.rollback()


@pytest.fixture(scope="module")
def vault(settings):
    return Vault(make_keys(settings))


@pytest.fixture(scope="module")
def numbering(vault):
    return Numbering(vault, lambda: MATCH_KEY)


def caller(staff_id: str = "numbers1", request_id: str = "request-1") -> Caller:
    """The core, in the name of *staff_id*."""
    return Caller("core", staff_id, request_id)
