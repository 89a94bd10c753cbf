"""殺されても一度: the hand that places runs is killed (SIGKILL) at any moment; each run lies there once, whole, with its bytes."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import date
from random import Random
from threading import Event

import pytest
from sqlalchemy.orm import Session

from config import ROOT
from procedures import payment
from procedures.delivery import put_out
from procedures.payment_file import digest_of, name_of
from procedures.payment_ledger import ledger
from rules.bank_day import next_bank_day
from tests.money import CITY, granted, people
from tests.office import NOW, ON

ROUNDS = 8
LONGEST = 0.15  # seconds: a hand needs about as much


@pytest.fixture
def hands(database_url, tmp_path):
    process = subprocess.Popen([sys.executable, "-m", "tests.procedures.placing_process", database_url, str(tmp_path)], cwd=ROOT,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield process
    process.stdin.close()
    process.wait(10)
    process.stdout.close()


def test_a_killed_hand_neither_loses_nor_repeats_a_payment(engine, actors, hands, tmp_path):
    chance, day, box, collected = Random(7), date(2027, 3, 1), tmp_path / "to_bank", {}
    with Session(engine, expire_on_commit=False) as session:
        persons = people(session, ROUNDS)
        session.commit()
        put_out(session, tmp_path, NOW)
        for path in box.glob("[!.]*"):  # what other tests released
            path.unlink()
        for who in persons:
            claim, day = granted(session, actors, who), next_bank_day(day)
            run = payment.make(session, actors["reviewer1"], CITY, day, ON, NOW, {claim.id})
            payment.release(session, actors["manager1"], run.id, ON, NOW)
            session.commit()
            hands.stdin.write("go\n")
            hands.stdin.flush()
            victim = int(hands.stdout.readline())
            Event().wait(chance.random() * LONGEST)
            with suppress(ProcessLookupError):  # it was done before
                os.kill(victim, signal.SIGKILL)
            for path in box.glob("[!.]*"):  # the bank is quick
                assert path.name not in collected
                collected[path.name] = path.read_bytes()
                path.unlink()
            _until_gone(victim)
            put_out(session, tmp_path, NOW)
            for path in box.glob("[!.]*"):
                assert path.name not in collected
                collected[path.name] = path.read_bytes()
                path.unlink()
            session.refresh(run)
            assert run.state == "sent" and digest_of(collected[name_of(run)]) == run.sha256
        assert len(collected) == ROUNDS and ledger(session).is_balanced


def _until_gone(process: int) -> None:
    for _ in range(500):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return
        Event().wait(0.01)
    raise AssertionError("the hand does not die")
