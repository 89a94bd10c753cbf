"""封印の止まった事務所: nobody is shown, printed or taken out; what is typed is kept; with the sealer everything goes on."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from app.building import create_app
from app.commands import door
from app.commands.worker import worker
from app.sealing import seal_what_waits
from config import Settings
from procedures.print_job import ask_to_print
from seeds.users import DEMO_PASSWORD
from tests.conftest import close
from tests.life import certified_person
from tests.office import NOW, received
from tests.templates import TODAY, clone


@dataclass
class Office:
    """An office without a sealer, and how long ago it is that it had one."""

    app: Flask
    engine: Engine
    settings: Settings

    def unsealed_for(self, seconds: int) -> None:
        with self.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for statement in ("INSERT INTO journal_entry (actor_name, action) VALUES ('試', 'keyed')",
                              f"UPDATE journal_entry SET at = clock_timestamp() - interval '{seconds} seconds'",
                              f"UPDATE seal_state SET at = clock_timestamp() - interval '{seconds} seconds'"):
                connection.execute(text(statement))


@pytest.fixture(scope="module")
def office(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    for url in clone(server, "unsealed"):
        settings = Settings(database_url=url, data_dir=tmp_path_factory.mktemp("unsealed"), demo=True, fixed_today=TODAY)
        engine, app = create_engine(url), create_app(settings)
        app.config["WTF_CSRF_CHECK_DEFAULT"] = False
        yield Office(app, engine, settings)
        close(app)
        engine.dispose()


@pytest.fixture
def sit_down(office):
    """``sit_down("clerk1")`` → her client; logging in is no look at anybody and works without a seal."""
    def log_in(username):
        client = office.app.test_client()
        assert client.post("/login/", data={"username": username, "password": DEMO_PASSWORD}).status_code == 302
        return client
    return log_in


@pytest.fixture
def environment(office, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", str(office.settings.database_url))
    monkeypatch.setenv("NANBYO_DATA_DIR", str(office.settings.data_dir))
    monkeypatch.setenv("NANBYO_TODAY", TODAY.isoformat())
    monkeypatch.setenv("NANBYO_DEMO", "1")


@pytest.mark.parametrize(("seconds", "status"), [(55, 200), (65, 503)])
def test_a_list_of_persons_closes_after_a_minute(office, sit_down, seconds, status):
    manager = sit_down("manager1")
    office.unsealed_for(seconds)
    answer = manager.get("/recipients/")
    assert answer.status_code == status and ("封印が1分以上止まっている" in answer.text) is (status == 503)
    assert manager.get("/readyz").json["sealer"] is (status == 200)


def test_what_is_typed_is_kept_and_with_the_sealer_the_screens_open_again(office, sit_down, actors):
    with Session(office.engine) as session:
        sheet = received(session, actors)
        session.commit()
        number = sheet.id
    office.unsealed_for(0)
    clerk = sit_down("clerk1")
    assert clerk.post(f"/keying/{number}", follow_redirects=True).status_code == 200
    with office.engine.connect() as connection:
        keying = connection.scalar(text("SELECT max(id) FROM keying"))
    office.unsealed_for(65)
    assert clerk.get(f"/keying/{number}").status_code == 503
    assert "saved" in clerk.post(f"/keying/draft/{keying}", json={"raw": {"patient.patient_name": "𠮷田 邉󠄏子"}}).json
    seal_what_waits(office.settings, lambda: NOW)
    assert "𠮷田" in clerk.get(f"/keying/{number}").text


def test_a_command_and_the_worker_wait_too(office, actors, environment):
    with Session(office.engine) as session:
        certified_person(session, actors)
        job = ask_to_print(session, actors["manager1"])
        session.commit()
        number = job.id
    office.unsealed_for(65)
    answer = CliRunner().invoke(door, ["export", "recipients", "--out", str(office.settings.data_dir / "list.csv")])
    assert answer.exit_code == 4 and "封印" in answer.output and not (office.settings.data_dir / "list.csv").exists()
    assert CliRunner().invoke(worker, ["--once"]).exit_code == 0
    with office.engine.begin() as connection:
        assert connection.execute(text("SELECT state, done FROM job WHERE id = :id"), {"id": number}).one() == ("running", 0)
        connection.execute(text("UPDATE job SET alive_at = now() - interval '4 minutes'"))
    seal_what_waits(office.settings, lambda: NOW)
    assert CliRunner().invoke(worker, ["--once"]).exit_code == 0
    with office.engine.connect() as connection:
        assert connection.execute(text("SELECT state, done FROM job WHERE id = :id"), {"id": number}).one() == ("done", 1)
