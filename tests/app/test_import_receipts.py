"""レセプト取込の命令: the contract's report and exit codes; a killed import left nothing and is simply run again."""

import json
import os
import subprocess
import sys
from contextlib import suppress

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.commands.import_ import import_
from config import ROOT
from models.recipient import Recipient
from rules.numbers import with_check_digit
from tests.city import settle
from tests.receipt_office import receipt, table

COPYING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'"
               " AND query LIKE 'COPY \"benefit\"%'")
KEYS = {"file", "kind", "read", "accepted", "rejected", "held", "already", "errors", "totals"}


@pytest.fixture(scope="module")
def person(engine) -> Recipient:
    with Session(engine, expire_on_commit=False) as session:
        (number,) = settle(session, {"name": "川上　実", "kana": "カワカミ　ミノル"}, noise=5, source="test_import_receipts")
        session.commit()
        return session.get_one(Recipient, number)


@pytest.fixture
def installation(tmp_path, database_url, monkeypatch) -> dict[str, str]:
    there = {"DATABASE_URL": database_url.replace("+psycopg", ""), "NANBYO_DATA_DIR": str(tmp_path / "data")}
    for name, value in there.items():
        monkeypatch.setenv(name, value)
    return there


@pytest.fixture
def run(tmp_path, installation):
    def run(raw, *options):
        (tmp_path / "receipts.csv").write_bytes(raw)
        done = CliRunner().invoke(import_, ["receipts", "--json", *options, str(tmp_path / "receipts.csv")])
        return done.exit_code, json.loads(done.stdout) if done.exit_code < 2 else done.output
    return run


def of(person, **other):
    return receipt(person, **({"treatment_month": "2026-10", "billing_month": "2026-11"} | other))


def test_the_report_is_that_of_the_contract_and_a_trial_stores_nothing(run, person, tmp_path):
    raw = table([of(person, points=711)])
    for _ in range(2):
        code, report = run(raw, "--dry-run")
        assert code == 0 and set(report) == KEYS and (report["read"], report["accepted"], report["already"]) == (1, 1, 0)
    assert [path for path in (tmp_path / "data" / "receipts").rglob("*") if path.is_file()] == []
    assert run(raw)[1]["accepted"] == 1
    code, report = run(raw)
    assert (code, report["accepted"], report["already"], report["totals"]["declared"]) == (0, 0, 1, 1)


def test_what_was_not_stored_ends_with_1_and_is_named_by_line(run, person):
    code, report = run(table([of(person, points=721), of(person, recipient_number="12345"),
                              of(person, recipient_number=with_check_digit("666666"))]))
    assert code == 1 and (report["accepted"], report["rejected"], report["held"]) == (1, 1, 1)
    assert [(each["line"], each["item"]) for each in report["errors"]] == [(3, "recipient_number"), (4, "recipient_number")]
    code, report = run(table([of(person, points=722)], points=1))
    assert code == 1 and report["read"] == 0 and report["errors"][0]["line"] == 0


def test_a_format_nobody_knows_is_wrong_usage(run, person):
    code, said = run(table([of(person)]), "--format", "nothing")
    assert code == 2 and "nothing" in said


def test_a_killed_import_leaves_nothing_and_runs_again(run, engine, person, tmp_path, installation):
    raw = table([of(person, points=10_000 + number, total_yen=100_000, days=1 + number % 9) for number in range(4_000)])
    (tmp_path / "receipts.csv").write_bytes(raw)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        before = connection.scalar(text("SELECT count(*) FROM benefit"))
        process = subprocess.Popen([sys.executable, "-m", "app.commands", "import", "receipts", str(tmp_path / "receipts.csv")],
                                   cwd=ROOT, env={**os.environ, **installation}, stderr=subprocess.DEVNULL)
        while not connection.scalar(COPYING):
            assert _still_runs(process)
        process.kill()
        process.wait()
        while connection.scalar(COPYING):
            assert not _still_runs(process)
        assert connection.scalar(text("SELECT count(*) FROM benefit")) == before
    assert run(raw)[1]["accepted"] == 4_000


def _still_runs(process) -> bool:
    """Give it a moment."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(0.005)
    return process.poll() is None
