"""受け渡し: a run is placed once whatever crashes, a set is taken once and only when it is whole."""

import fcntl
import json

import pytest
from sqlalchemy import text

from models.payment import PaymentReturn
from procedures import delivery
from procedures.delivery import Box, complete, put_out, take_in
from procedures.import_report import Report
from procedures.payment_file import content_of, name_of
from procedures.payment_returns import take_in as take_returns
from tests.money import PAY_DAY, granted, made, people, released
from tests.neighbours.bank_records import decode, refuse
from tests.office import NOW

BACK = PAY_DAY.replace(day=15)


@pytest.fixture
def run(session, actors):
    (one,) = people(session)
    granted(session, actors, one)
    batch = released(session, actors)
    session.commit()
    return batch


def boxes(actor) -> dict[str, Box]:
    return {"from_bank": Box("from_bank", False, lambda session, path: take_returns(
        session, actor, path.name, path.read_bytes(), BACK, NOW))}


def test_a_released_run_is_placed_once_and_is_sent(session, run, tmp_path):
    assert put_out(session, tmp_path, NOW) == [name_of(run)] and put_out(session, tmp_path, NOW) == []
    placed = tmp_path / "to_bank" / name_of(run)
    assert placed.read_bytes() == content_of(session, run) and decode(placed.read_bytes())["sums_are_right"]
    assert (run.state, run.sent_how) == ("sent", "outbox") and placed.stat().st_mode & 0o077 == 0


def test_what_the_bank_collected_is_never_placed_again(session, run, tmp_path):
    put_out(session, tmp_path, NOW)
    (tmp_path / "to_bank" / name_of(run)).unlink()
    assert put_out(session, tmp_path, NOW) == [] and list((tmp_path / "to_bank").glob("[!.]*")) == []


def test_two_workers_do_not_place_at_the_same_time(session, run, tmp_path):
    (tmp_path / "to_bank").mkdir()
    with (tmp_path / "to_bank" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert put_out(session, tmp_path, NOW) == []
    assert put_out(session, tmp_path, NOW) == [name_of(run)]


def test_an_altered_run_is_not_placed(session, run, tmp_path):
    session.execute(text("ALTER TABLE payment_order DISABLE TRIGGER payment_order_is_guarded"))
    session.execute(text("UPDATE payment_order SET account_number = '7777777'"))
    session.expire_all()
    assert put_out(session, tmp_path, NOW) == []


def test_an_unreleased_run_is_not_placed(session, actors, tmp_path):
    (one,) = people(session)
    granted(session, actors, one)
    made(session, actors)
    assert put_out(session, tmp_path, NOW) == []


@pytest.mark.parametrize("step", ["lay_down", "hand_over", "commit", "rename"])
def test_a_crash_at_any_step_neither_loses_nor_repeats_the_file(session, run, tmp_path, monkeypatch, step):
    def die(*args, **values):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        if step == "commit":
            broken.setattr(session, "commit", die)
        elif step == "rename":
            broken.setattr("pathlib.Path.rename", die)
        else:
            broken.setattr(delivery, step, die)
        with pytest.raises(KeyboardInterrupt):
            put_out(session, tmp_path, NOW)
    if step == "rename":
        session.commit()
    else:
        session.rollback()
    assert not (tmp_path / "to_bank" / name_of(run)).exists()
    assert put_out(session, tmp_path, NOW) == [name_of(run)] and put_out(session, tmp_path, NOW) == []
    assert {path.name for path in (tmp_path / "to_bank").iterdir()} == {name_of(run), ".lock"}


def test_a_return_list_in_the_box_is_taken_once_with_its_report(session, actors, run, tmp_path):
    put_out(session, tmp_path, NOW)
    raw = refuse((tmp_path / "to_bank" / name_of(run)).read_bytes(), {1: "03"} | {number: "03" for number in range(2, 400)})
    box = tmp_path / "from_bank"
    box.mkdir()
    (box / "FUNO.txt.tmp").write_bytes(raw[:200])
    assert take_in(session, tmp_path, boxes(actors["manager1"]), NOW) == []
    (box / "FUNO.txt.tmp").write_bytes(raw)
    (box / "FUNO.txt.tmp").rename(box / "FUNO.txt")
    (report,) = take_in(session, tmp_path, boxes(actors["manager1"]), NOW)
    assert report.accepted == 1 and session.query(PaymentReturn).count() == 1
    assert take_in(session, tmp_path, boxes(actors["manager1"]), NOW) == []
    (told,) = (box / "taken").glob("*.json")
    assert json.loads(told.read_text())["accepted"] == 1 and "ﾐﾎﾝ" not in told.read_text()


def test_a_set_taken_before_a_crash_is_taken_again_without_effect(session, actors, run, tmp_path, monkeypatch):
    put_out(session, tmp_path, NOW)
    raw = refuse((tmp_path / "to_bank" / name_of(run)).read_bytes(), {number: "03" for number in range(400)})
    box = tmp_path / "from_bank"
    box.mkdir()
    (box / "FUNO.txt").write_bytes(raw)

    def die(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(delivery, "_put_away", die)
        with pytest.raises(KeyboardInterrupt):
            take_in(session, tmp_path, boxes(actors["manager1"]), NOW)
    (report,) = take_in(session, tmp_path, boxes(actors["manager1"]), NOW)
    assert (report.already, report.accepted) == (1, 0) and session.query(PaymentReturn).count() == 1


def test_a_damaged_file_is_put_aside_and_stops_nobody(session, actors, tmp_path):
    box = tmp_path / "from_bank"
    box.mkdir()
    (box / "A.txt").write_bytes(b"strange")
    (box / "B.txt").symlink_to("/etc/passwd")

    def explode(session, path):
        raise ZeroDivisionError

    (report,) = take_in(session, tmp_path, boxes(actors["manager1"]), NOW)
    assert report.errors and {path.name for path in (box / "refused").iterdir()} == {
        "20261124-090000-A.txt", "20261124-090000-A.txt.json"}
    (box / "C.txt").write_bytes(b"x")
    (report,) = take_in(session, tmp_path, {"from_bank": Box("from_bank", False, explode)}, NOW)
    assert report.errors[0].code == "unreadable" and isinstance(report, Report)


def test_a_set_with_a_manifest_waits_for_it(tmp_path):
    (tmp_path / "ZEI.csv").write_bytes(b"")
    assert complete(tmp_path, needs_end=True) == []
    (tmp_path / "ZEI.end").write_bytes(b"")
    assert [path.name for path in complete(tmp_path, needs_end=True)] == ["ZEI.csv"]
