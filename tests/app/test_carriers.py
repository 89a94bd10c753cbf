"""受け渡しの箱: the worker places what was released, takes in what others left, and makes good what a crash left out."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from app.carriers import exchange, make_good, payment_files
from procedures import payment
from procedures.payment_file import name_of
from tests.money import CITY, granted, people
from tests.neighbours.bank_records import decode, refuse
from tests.office import NOW, ON
from tests.register_files import file_of, manifest, resident


@pytest.fixture
def run(engine, actors, request):
    """A released run; each test has a day of its own, for what it commits stays."""
    day = {"test_a_run_goes_out_and_a_return_and_a_register_file_come_in": 1}.get(request.node.name, 2)
    with Session(engine, expire_on_commit=False) as session:
        (who,) = people(session)
        claim = granted(session, actors, who, 4_321)
        made = payment.make(session, actors["reviewer1"], CITY, ON.replace(year=2027, month=4, day=day), ON, NOW, {claim.id})
        payment.release(session, actors["manager1"], made.id, ON, NOW)
        session.commit()
    return made


def test_without_a_folder_nothing_is_exchanged(engine, settings):
    assert exchange(engine, settings, NOW) == []


def test_a_run_goes_out_and_a_return_and_a_register_file_come_in(engine, settings, run, tmp_path):
    here = replace(settings, exchange_dir=tmp_path)
    exchange(engine, here, NOW)
    sent = (tmp_path / "to_bank" / name_of(run)).read_bytes()
    (tmp_path / "from_bank" / "FUNO.txt").write_bytes(refuse(sent, {decode(sent)["payments"][0]["number"]: "01"}))
    name, raw, *_ = file_of("residents", 1, [resident(1), resident(2)])
    (tmp_path / "from_register" / name).write_bytes(raw)
    assert [(report.kind, report.accepted) for report in exchange(engine, here, NOW)] == [("returned_transfers", 1)]
    (tmp_path / "from_register" / name).with_suffix(".end").write_bytes(manifest(name, raw + b" ", 2))
    (report,) = exchange(engine, here, NOW)
    assert (report.kind, report.errors[0].code) == ("residents", "checksum")
    assert len(list((tmp_path / "from_register" / "refused").iterdir())) == 3
    with Session(engine) as session:
        assert session.get(payment.PaymentBatch, run.id).sent_how == "outbox"


def test_a_start_makes_the_copies_that_a_crash_left_out(engine, settings, run, tmp_path):
    here = replace(settings, data_dir=tmp_path, key_file=settings.data_dir / "keys" / "master.key")
    make_good(engine, here)
    files = payment_files(here)
    assert decode(files.read(name_of(run)))["yen"] == run.total_yen and b"0017" not in files.path(name_of(run)).read_bytes()
