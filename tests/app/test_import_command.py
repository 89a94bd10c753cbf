"""取込の命令: says what became of every row, in words or as JSON, and ends with the code of the contract."""

import json

import pytest
from click.testing import CliRunner

from app.commands.import_ import import_
from rules.numbers import with_check_digit

GOOD = f"番号,名称,種別\n{with_check_digit('119900100')},見本病院,病院\n".replace("番号", "医療機関コード")
KEYS = {"file", "kind", "read", "accepted", "rejected", "held", "already", "errors", "totals"}


@pytest.fixture
def run(database_url, monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", database_url.replace("+psycopg", ""))

    def run(text, *options):
        (tmp_path / "list.csv").write_text(text, encoding="utf-8")
        return CliRunner().invoke(import_, ["facilities", str(tmp_path / "list.csv"), "--dry-run", *options])
    return run


def test_a_clean_file_ends_with_0_and_a_trial_run_stores_nothing(run):
    for _ in range(2):
        result = run(GOOD, "--json")
        report = json.loads(result.stdout)
        assert result.exit_code == 0 and set(report) == KEYS
        assert (report["read"], report["accepted"], report["already"]) == (1, 1, 0)


def test_a_rejected_row_ends_with_1_and_is_told_in_words(run):
    result = run(GOOD.replace("見本病院", ""))
    assert result.exit_code == 1 and "2行目 name" in result.stdout


def test_a_file_that_is_not_there_is_wrong_usage():
    assert CliRunner().invoke(import_, ["facilities", "nowhere.csv"]).exit_code == 2
