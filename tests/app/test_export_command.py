"""出力の命令: a list as a file, for those who may, and journalled."""

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app.commands.export import export
from tests.city import settle


@pytest.fixture
def run(database_url, tmp_path, monkeypatch, engine: Engine):
    with Session(engine) as session:
        if not session.scalar(text("SELECT EXISTS (SELECT 1 FROM application WHERE conversion = 'export command')")):
            settle(session, noise=20, source="export command")
            session.commit()
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("NANBYO_DATA_DIR", str(tmp_path))
    return lambda *words: CliRunner().invoke(export, [*words])


def test_the_manager_gets_the_list_as_csv(run, tmp_path, engine):
    out = tmp_path / "list.csv"
    result = run("recipients", "--format", "csv", "--out", str(out), "--purpose", "検収")
    assert result.exit_code == 0, result.output
    lines = out.read_bytes().decode("utf-8-sig").splitlines()
    with engine.connect() as connection:
        assert len(lines) == 1 + connection.scalar(text("SELECT count(*) FROM recipient"))
        assert connection.scalar(text("SELECT count(*) FROM journal_entry WHERE reason = '検収'")) == 1


def test_who_may_not_export_is_refused_and_nothing_is_written(run, tmp_path):
    out = tmp_path / "list.csv"
    assert run("recipients", "--out", str(out), "--as", "clerk1").exit_code == 3
    assert run("recipients", "--out", str(out), "--as", "nobody").exit_code == 3
    assert not out.exists()


def test_an_unknown_list_names_those_there_are(run, tmp_path):
    result = run("nothing", "--out", str(tmp_path / "x"))
    assert result.exit_code == 2 and "recipients" in result.output
