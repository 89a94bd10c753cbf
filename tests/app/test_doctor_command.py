"""診察の命令: says what is missing and what to do, and ends accordingly."""

import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner

from app.commands.doctor import doctor
from config import ROOT, Settings
from exchange.advisories import pins_of


@pytest.fixture
def looked_at(settings: Settings, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", str(settings.database_url))
    monkeypatch.setenv("NANBYO_DATA_DIR", str(settings.data_dir))
    settings.keys()
    return lambda: CliRunner().invoke(doctor)


def test_a_complete_machine_is_found_right(looked_at):
    answer = looked_at()
    assert answer.exit_code == 0, answer.output
    assert "×" not in answer.output and "IPAmjMincho" in answer.output


def test_a_key_that_others_can_read_is_named_with_its_remedy(looked_at, settings, monkeypatch, tmp_path: Path):
    loose = tmp_path / "key"
    loose.write_text("00" * 32)
    loose.chmod(0o644)
    monkeypatch.setenv("NANBYO_KEYS", str(loose))
    answer = looked_at()
    assert answer.exit_code == 4 and "× 鍵のファイル  → " in answer.output


def test_a_database_that_does_not_answer_is_named_without_its_password(looked_at, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:secret@127.0.0.1:1/none")
    answer = looked_at()
    assert answer.exit_code == 4 and "DATABASE_URL" in answer.output and "secret" not in answer.output


def test_a_component_that_an_advisory_names_is_told_and_a_list_without_it_is_fine(tmp_path: Path):
    """What the operator of a city brings in each month (SECURITY.md)."""
    version = pins_of((ROOT / "requirements.lock").read_text())["flask-appbuilder"]
    for versions, code in (([version], 4), (["0.1"], 0)):
        with ZipFile(tmp_path / "all.zip", "w") as whole:
            whole.writestr("X-1.json", json.dumps({"id": "X-1", "affected": [
                {"package": {"ecosystem": "PyPI", "name": "Flask-AppBuilder"}, "versions": versions}]}))
        answer = CliRunner().invoke(doctor, ["--advisories", str(tmp_path / "all.zip")])
        assert (answer.exit_code, f"× flask-appbuilder {version}: X-1" in answer.output) == (code, code == 4)
    (tmp_path / "all.zip").write_text("no zip")
    assert "取り直してください" in CliRunner().invoke(doctor, ["--advisories", str(tmp_path / "all.zip")]).output
