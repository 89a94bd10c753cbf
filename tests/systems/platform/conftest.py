"""連携基盤の置き場: its own store on this file's database, its files in a folder of the run."""

import pytest
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from systems.frame.settings import NAMES, Settings
from systems.frame.store import engine_of, prepare
from systems.frame.tls import make_missing
from systems.platform.application import create_app
from systems.platform.partners import seed_demo_partners


@pytest.fixture(scope="module")
def settings(database_url, tmp_path_factory):
    folder = tmp_path_factory.mktemp("platform")
    made = Settings("platform", folder, folder / "tls", make_url(database_url).set(
        username="nanbyo_platform").render_as_string(hide_password=False), database_url, True, None)
    make_missing(made.tls_dir, (*NAMES, "core"))
    prepare(made)
    return made


@pytest.fixture(scope="module")
def engine(settings):
    engine = engine_of(settings)
    seed_demo_partners(engine, settings)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine):
    with Session(engine) as session:
        yield session
        session.rollback()


@pytest.fixture(scope="module")
def app(settings):
    """The web application with the accounts of a trial."""
    made = create_app(settings)
    yield made
    made.extensions["engine"].dispose()
