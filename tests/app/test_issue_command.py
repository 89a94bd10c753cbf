"""交付の命令: what waits is printed once, by those who may, and each paper is recorded."""

import csv

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.commands.issue import issue
from procedures.actor import Actor
from tests.procedures.test_certification import certified


@pytest.fixture
def waiting(engine) -> int:
    """Somebody certified whose certificate has not been printed."""
    with Session(engine, expire_on_commit=False) as session:
        rows = session.execute(text("SELECT id, username, last_name FROM ab_user"))
        number = certified(session, {username: Actor(user_id, name) for user_id, username, name in rows}).id
        session.commit()
    return number


@pytest.fixture
def run(database_url, tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("NANBYO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("NANBYO_TODAY", "2026-11-24")
    return lambda *words: CliRunner().invoke(issue, ["certificates", "--out", str(tmp_path / "papers"), *words])


def test_a_waiting_certificate_is_printed_and_needs_a_reason_the_second_time(run, waiting, tmp_path):
    first = run("--ids", str(waiting))
    assert first.exit_code == 0, first.output
    with (tmp_path / "papers" / "manifest.csv").open() as file:
        [row] = csv.DictReader(file)
    assert (tmp_path / "papers" / row["file"]).read_bytes().startswith(b"%PDF")
    assert run("--ids", str(waiting)).exit_code == 1
    assert run("--ids", str(waiting), "--reason", "汚損").exit_code == 0


def test_who_may_not_print_is_refused_and_nothing_is_written(run, waiting, tmp_path):
    assert run("--as", "clerk1").exit_code == 3
    assert not (tmp_path / "papers").exists()


def test_all_that_is_due_becomes_one_paper_in_the_order_of_addresses(run, engine, tmp_path):
    with Session(engine) as session:
        rows = session.execute(text("SELECT id, username, last_name FROM ab_user"))
        actors = {username: Actor(user_id, name) for user_id, username, name in rows}
        certified(session, actors)
        session.commit()
    assert run("--combined", "--due", "2000-01-01").exit_code == 0
    assert not (tmp_path / "papers" / "certificates.pdf").exists()
    assert run("--combined").exit_code == 0
    with (tmp_path / "papers" / "manifest.csv").open() as file:
        assert {row["file"] for row in csv.DictReader(file)} == {"certificates.pdf"}
    assert [path.name for path in (tmp_path / "papers").glob("*.pdf")] == ["certificates.pdf"]
