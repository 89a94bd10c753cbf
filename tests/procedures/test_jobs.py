"""仕事: in chunks, resumable, stopped at once, done by one worker, and none of it lost or done twice."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from models.job import Job
from procedures.jobs import (
    ABANDONED_AFTER,
    NotPossibleNow,
    NotYours,
    ask_for,
    change_state,
    everybodys,
    give_up,
    own,
    progress,
    steer,
    stumble,
    sweep,
    take,
    work,
)
from tests.office import NOW


class Counting:
    """A kind of work that only counts its rows, ten at a time; ``after`` happens once a chunk is done."""

    def __init__(self, total, after=lambda: None):
        self.total, self.after, self.rows = total, after, []

    def plan(self, session, job):
        return self.total

    def step(self, session, job):
        at = job.done
        self.rows += range(at, min(at + 10, self.total))
        self.after()
        return min(10, self.total - at)

    def finish(self, session, job):
        return "result.pdf"


@pytest.fixture
def asked(session, actors):
    return ask_for(session, actors["manager1"], "counting", {"ids": []})


def test_a_job_is_done_to_its_end_and_every_row_once(session, asked):
    handler = Counting(25)
    take(session, NOW)
    assert work(session, asked.id, handler, lambda: NOW) == "done"
    assert handler.rows == list(range(25))
    assert (asked.done, asked.total, asked.result, asked.finished_at) == (25, 25, "result.pdf", NOW)


def test_a_job_exists_exactly_if_its_reason_does(session, actors):
    with session.begin_nested() as unfinished:
        number = ask_for(session, actors["manager1"], "counting", {}).id
        unfinished.rollback()
    assert session.get(Job, number) is None


def test_what_one_worker_has_no_other_takes_until_it_is_gone(session, asked):
    assert take(session, NOW).id == asked.id
    assert take(session, NOW + ABANDONED_AFTER) is None
    assert take(session, NOW + ABANDONED_AFTER + timedelta(seconds=1)).id == asked.id


def test_a_paused_job_stops_after_its_chunk_and_goes_on_where_it_was(session, actors, asked):
    manager = actors["manager1"]
    take(session, NOW)
    first = Counting(30, after=lambda: change_state(session, manager, asked.id, "pause") if asked.state == "running" else None)
    assert work(session, asked.id, first, lambda: NOW) == "paused"
    assert asked.done == 10 and take(session, NOW) is None
    change_state(session, manager, asked.id, "resume")
    take(session, NOW)
    second = Counting(30)
    assert work(session, asked.id, second, lambda: NOW) == "done"
    assert first.rows + second.rows == list(range(30))


def test_a_job_that_broke_keeps_what_it_did_and_can_be_resumed(session, actors, asked):
    take(session, NOW)
    give_up(session, asked.id, "OSError", NOW)
    assert asked.state == "failed" and "OSError" in asked.message
    assert change_state(session, actors["manager1"], asked.id, "resume").state == "waiting"


def test_what_is_over_is_not_steered_and_nobody_steers_anothers(session, actors, asked):
    with pytest.raises(NotYours):
        own(session, actors["clerk1"], asked.id)
    change_state(session, actors["manager1"], asked.id, "cancel")
    with pytest.raises(NotPossibleNow):
        change_state(session, actors["manager1"], asked.id, "pause")


def test_the_time_left_follows_the_pace_so_far(asked):
    asked.state, asked.total, asked.done, asked.started_at = "running", 100, 20, NOW
    at = progress(asked, NOW + timedelta(seconds=10))
    assert (at.percent, at.rate, at.seconds_left) == (20, 2.0, 40)


def test_a_job_names_nobody(session, asked):
    assert session.scalar(text("SELECT params::text FROM job WHERE id = :id"), {"id": asked.id}) == '{"ids": []}'


def test_a_result_nobody_fetched_for_a_week_is_swept_away(session, asked):
    take(session, NOW)
    work(session, asked.id, Counting(1), lambda: NOW)
    removed: list[str] = []
    assert sweep(session, removed.append, NOW + timedelta(days=7)) == 0
    assert sweep(session, removed.append, NOW + timedelta(days=7, seconds=1)) == 1
    assert removed == ["result.pdf"] and asked.result is None


def test_a_passing_fault_is_tried_again_ever_later_and_then_waits_for_an_administrator(session, actors, asked):
    at, waits = NOW, []
    while take(session, at):
        if stumble(session, asked.id, "OSError", at) == "failed":
            break
        assert take(session, asked.not_before - timedelta(seconds=1)) is None
        waits.append((asked.not_before - at).total_seconds())
        at = asked.not_before
    assert waits == [10, 40, 160, 640] and asked.state == "failed" and everybodys(session)[0].id == asked.id
    assert steer(session, actors["admin1"], asked.id, "resume").state == "waiting" and asked.attempts == 0
    assert take(session, at).id == asked.id
    steer(session, actors["admin1"], asked.id, "cancel")
    with pytest.raises(NotPossibleNow):
        steer(session, actors["admin1"], asked.id, "resume")


def test_a_chunk_that_was_done_forgets_earlier_stumbles(session, asked):
    take(session, NOW)
    stumble(session, asked.id, "OSError", NOW)
    take(session, asked.not_before)
    work(session, asked.id, Counting(1), lambda: NOW)
    assert (asked.state, asked.attempts) == ("done", 0)
