"""監査の命令: the journal is proved here, and on a machine that knows neither the database nor this project."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, create_engine, text

from app.commands.audit import audit
from app.commands.sealer import sealer
from tests.templates import clone

ADD = "INSERT INTO journal_entry (actor_name, action, reason) VALUES ('試', 'keyed', '改行\n・\"引用\"・\\・𠮷')"


@pytest.fixture(scope="module")
def owner(server: str) -> Iterator[Engine]:
    for url in clone(server, "audit"):
        engine = create_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("audit")


@pytest.fixture
def run(owner: Engine, folder: Path, monkeypatch) -> Callable[..., Result]:
    monkeypatch.setenv("DATABASE_URL", owner.url.render_as_string(hide_password=False))
    monkeypatch.setenv("NANBYO_DATA_DIR", str(folder))
    monkeypatch.setenv("NANBYO_DEMO", "1")
    with owner.begin() as connection:
        connection.execute(text(ADD))
    assert CliRunner().invoke(sealer, ["--once"]).exit_code == 0
    return lambda *words: CliRunner().invoke(audit, words)


def test_a_sound_journal_is_said_to_be_sound(run, owner):
    with owner.connect() as connection:
        count = connection.scalar(text("SELECT count(*) FROM journal_entry"))
    answer = run("verify")
    assert (answer.exit_code, json.loads(answer.stdout)) == (0, {"entries": count, "ok": True})


def test_an_auditor_proves_the_export_with_the_tool_beside_it(run, folder, tmp_path):
    out = tmp_path / "journal.jsonl"
    answer = run("export", str(out), "--purpose", "定期監査")
    assert answer.exit_code == 0, answer.output
    (kept,) = (folder / "checkpoints").iterdir()
    words = [sys.executable, "journal_proof.py", "journal.jsonl", "--key", str(kept / "seal.pub"), "--checkpoints", str(kept)]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    verdict = json.loads(done.stdout)
    assert (done.returncode, verdict["ok"], verdict["unsealed"]) == (0, True, 1)  # that it went out is its newest entry
    assert "定期監査" in out.read_text().splitlines()[-1]
    out.write_text(out.read_text().replace("改行", "開業", 1))
    assert subprocess.run(words, cwd=tmp_path, capture_output=True, check=False).returncode == 3


def test_who_may_not_export_the_journal_gets_nothing(run, tmp_path):
    out = tmp_path / "journal.jsonl"
    assert run("export", str(out), "--as", "manager1").exit_code == 3
    assert run("export", str(out), "--purpose", "監査").exit_code == 3
    assert not out.exists()


def test_the_first_broken_entry_is_shown_and_the_command_ends_with_3(run, owner):
    with owner.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        number = connection.scalar(text("UPDATE journal_entry SET action = 'saw' WHERE id = (SELECT min(id) FROM journal_entry)"
                                        " RETURNING id"))
    answer = run("verify")
    assert (answer.exit_code, json.loads(answer.stdout)["entry"]) == (3, number)


def test_the_sealer_stops_at_a_database_that_was_put_back_and_goes_on_for_whoever_answers_for_it(server, monkeypatch, tmp_path):
    for url in clone(server, "restored"):
        monkeypatch.setenv("DATABASE_URL", url.replace("+psycopg", ""))
        monkeypatch.setenv("NANBYO_DATA_DIR", str(tmp_path))
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text(ADD))
        assert CliRunner().invoke(sealer, ["--once"]).exit_code == 0
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for table in ("journal_checkpoint", "journal_leaf"):
                connection.execute(text(f"DELETE FROM {table}"))
            connection.execute(text("UPDATE seal_state SET size = 0, frontier = '', watermark = 0"))
        stopped = CliRunner().invoke(sealer, ["--once"])
        assert stopped.exit_code == 3 and "--restored" in stopped.output
        assert CliRunner().invoke(sealer, ["--once", "--restored", "11月24日のバックアップから復元"]).exit_code == 0
        verdict = json.loads(CliRunner().invoke(audit, ["verify"]).stdout)
        assert verdict["ok"] is True and len(verdict["restored"]) == 1
        engine.dispose()


def test_a_database_without_a_journal_is_not_ready(server, monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", server.replace("+psycopg", ""))
    monkeypatch.setenv("NANBYO_DATA_DIR", str(tmp_path))
    assert CliRunner().invoke(audit, ["verify"]).exit_code == 4
    assert CliRunner().invoke(sealer, ["--once"]).exit_code == 4
