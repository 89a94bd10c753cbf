"""仕事をする命令: the certificates that wait come out as one paper, from the screen's button to the file."""

import subprocess

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from app.commands.worker import worker
from config import Settings
from models.certification import Certificate
from models.job import Job
from procedures.sealed_folder import SealedFolder
from tests.procedures.test_certification import certified


@pytest.fixture
def waiting(engine, actors) -> list[int]:
    with Session(engine) as session:
        numbers = [certified(session, actors).id for _ in range(2)]
        session.commit()
    return numbers


@pytest.fixture
def work(settings: Settings, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", str(settings.database_url))
    monkeypatch.setenv("NANBYO_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("NANBYO_TODAY", "2026-11-24")
    return lambda: CliRunner().invoke(worker, ["--once"])


def test_what_waits_is_printed_as_one_file_and_fetched(login, engine, settings, waiting, work, tmp_path):
    manager = login("manager1")
    assert manager.post("/jobs/certificates").headers["Location"] == "/jobs/"
    assert work().exit_code == 0
    with Session(engine) as session:
        job = session.query(Job).order_by(Job.id.desc()).first()
        assert (job.state, job.done) == ("done", job.total) and set(waiting) <= set(job.params["ids"])
        assert session.query(Certificate).filter(Certificate.certification_id.in_(waiting)).count() == 2
        number, name = job.id, job.result
    assert "結果を受け取る" in manager.get("/jobs/").text
    answer = manager.post(f"/jobs/{number}/result")
    (tmp_path / "all.pdf").write_bytes(answer.data)
    text = subprocess.run(["pdftotext", tmp_path / "all.pdf", "-"], capture_output=True, check=True).stdout.decode()
    assert text.count("𠮷田 邉") >= 2
    sealed = SealedFolder(settings.data_dir / "jobs", b"job", settings.keys())
    assert b"%PDF" not in sealed.path(name).read_bytes()
    assert not list((settings.data_dir / "jobs").rglob("*part*"))


def test_a_second_wish_finds_nothing_left_to_print(login, waiting, work):
    manager = login("manager1")
    manager.post("/jobs/certificates")
    work()
    assert "交付を待つ受給者証はありません" in manager.post("/jobs/certificates", follow_redirects=True).text


def test_nobody_sees_or_steers_anothers_job(login, engine, actors, waiting):
    login("manager1").post("/jobs/certificates")
    with Session(engine) as session:
        number = session.query(Job).order_by(Job.id.desc()).first().id
    assert login("clerk1").get(f"/jobs/{number}/progress").status_code == 403
    assert login("manager1").post(f"/jobs/{number}/cancel", follow_redirects=True).status_code == 200
    assert "中止しました" in login("manager1").get("/jobs/").text
