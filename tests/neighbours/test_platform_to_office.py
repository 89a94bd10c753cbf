"""連携基盤から事務所へ: what the register and the tax office send reaches the ledger by itself, each set once, and is receipted."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import text

from app import feed as feeding
from app.feed import Feed
from exchange.file_door import DoorClosed
from systems.frame.settings import Settings
from systems.simulator.feed import Feed as OtherOffices
from tests.office import NOW
from tests.register_files import file_of, resident, tax
from tests.systems.platform.hands import hands_of
from tests.systems.processes import until


@pytest.fixture(scope="module")
def hands(database_url, tmp_path_factory):
    with hands_of(database_url, tmp_path_factory.mktemp("feed")) as hands:
        for name, raw, end in (file_of("residents", 1, [resident(1), resident(2)]), file_of("taxes", 1, [tax(1), tax(2)])):
            (hands.folder / "demo-register").mkdir(exist_ok=True)
            (hands.folder / "demo-register" / name).write_bytes(raw)
            (hands.folder / "demo-register" / name).with_suffix(".end").write_bytes(end)
        yield hands


@pytest.fixture
def others(hands, monkeypatch):
    for name in ("NANBYO_PLATFORM_SFTP", "NANBYO_PLATFORM_FTPS"):
        monkeypatch.setenv(name, hands.environment[name])
    folder = hands.folder / "systems" / "simulator"
    return OtherOffices(Settings("simulator", folder, hands.tls_dir, "", None, True, None), lambda values: None)


@pytest.fixture
def ours(hands, settings, others):
    return Feed(replace(settings, data_dir=hands.folder, key_file=settings.data_dir / "keys" / "master.key"))


def states(engine) -> dict[str, int]:
    with engine.connect() as connection:
        return dict(connection.execute(text("SELECT state, count(*) FROM platform.delivery GROUP BY state")).all())


def brought(ours, engine, at):
    """What comes once both sets lie ready."""
    until(lambda: states(engine).get("offered", 0) == 2)
    return {report.kind: (report.accepted, report.already, report.held) for report in ours.bring(engine, at)}


def test_a_set_reaches_the_ledger_once_though_its_receipt_is_lost_and_the_next_follows(engine, others, ours, monkeypatch):
    at, clock = NOW, count()
    until(lambda: others.go_on(NOW + timedelta(minutes=next(clock))))  # the doors may not be open yet
    with monkeypatch.context() as lost:
        def closed(*words):
            raise DoorClosed("killed")
        lost.setattr(feeding, "lay_down", closed)
        assert brought(ours, engine, at) == {}
    at += timedelta(minutes=2)
    assert brought(ours, engine, at) == {"residents": (0, 2, 0), "taxes": (2, 0, 0)}
    until(lambda: states(engine) == {"received": 2})
    assert ours.bring(engine, at + timedelta(minutes=1)) == []
    assert others.go_on(NOW + timedelta(days=30))
    at += timedelta(minutes=4)
    assert brought(ours, engine, at) == {"residents": (1, 0, 0), "taxes": (1, 0, 0)}
    until(lambda: states(engine) == {"received": 4})
