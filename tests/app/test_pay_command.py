"""支払の命令: nothing leaves before two people agreed; the same day gives the same file, never a second payment."""

import csv

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from app.commands.pay import pay
from models.reimbursement import ReimbursementClaim
from tests.money import granted, people
from tests.neighbours.bank_records import decode

DAY = "2027-01-12"


@pytest.fixture
def run(database_url, tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("NANBYO_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("NANBYO_TODAY", "2026-11-24")
    return lambda *words: CliRunner().invoke(pay, ["--date", DAY, *words])


@pytest.fixture
def claim(engine, actors) -> ReimbursementClaim:
    with Session(engine, expire_on_commit=False) as session:
        (who,) = people(session)
        made = granted(session, actors, who, 12_345)
        session.commit()
    return made


def test_a_run_is_made_released_and_written_the_same_every_time(run, claim, tmp_path):
    out = tmp_path / "pay.txt"
    assert run("--out", str(out)).exit_code == 3
    assert run("--make", "--as", "reviewer1").exit_code == 0
    refused = run("--out", str(out))
    assert refused.exit_code == 3 and "まだ承認されていません" in refused.output and not out.exists()
    assert run("--release", "--as", "reviewer1").exit_code == 3
    assert run("--release", "--out", str(out)).exit_code == 0
    first = out.read_bytes()
    assert 12_345 in [each["yen"] for each in decode(first)["payments"]] and out.stat().st_mode & 0o077 == 0
    out.unlink()
    again = run("--out", str(out))
    assert again.exit_code == 0 and out.read_bytes() == first and "渡し済み" in again.output
    with (tmp_path / "pay.txt.journal.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert sum(int(row["借方金額"]) for row in rows) == sum(each["yen"] for each in decode(first)["payments"])
    assert {row["日付"] for row in rows} == {DAY} and claim.acceptance_number in {row["申請受理番号"] for row in rows}
    assert run("--make", "--as", "reviewer1").exit_code == 3


@pytest.mark.parametrize(("words", "code"), [(("--make", "--as", "clerk1"), 3), (("--out", "x", "--as", "nobody"), 3),
                                             (("--release", "--as", "admin1"), 3), ((), 2), (("--out", "/nowhere/x"), 2)])
def test_who_may_not_and_what_cannot_be_written_changes_nothing(run, words, code):
    assert run(*words).exit_code == code


def test_a_database_that_was_never_migrated_is_not_ready(run, server, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", server)
    refused = run("--out", "x")
    assert refused.exit_code == 4 and "nanbyo migrate" in refused.output
