"""待ち時間: counted at the account and at the terminal, growing, ending by itself, and held while a try is judged."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from procedures.throttle import MustWait, Throttle
from tests.office import NOW


def wrong(session, account="clerk1", terminal="t", after=0.0):
    Throttle(session, account, terminal, NOW + timedelta(seconds=after)).wrong()


def test_the_fifth_wrong_try_at_an_account_waits_half_a_minute_wherever_it_comes_from(session):
    for place in range(5):
        wrong(session, terminal=f"t{place}")
    with pytest.raises(MustWait):
        wrong(session, terminal="elsewhere", after=29)
    wrong(session, terminal="elsewhere", after=30)
    with pytest.raises(MustWait):
        wrong(session, terminal="elsewhere", after=89)
    assert Throttle(session, "clerk2", "elsewhere", NOW + timedelta(seconds=89))


def test_the_twentieth_wrong_try_from_a_terminal_waits_whoever_is_meant(session):
    for number in range(20):
        assert Throttle(session, "somebody", "t", NOW)
        wrong(session, account=f"name{number}")
    with pytest.raises(MustWait):
        Throttle(session, "somebody", "t", NOW + timedelta(seconds=29))
    assert Throttle(session, "somebody", "another", NOW)


def test_a_right_try_forgives_the_account_and_not_the_terminal(session):
    for number in range(19):
        wrong(session, account=f"name{number % 5}{number}")
    Throttle(session, "mine", "t", NOW).right()
    wrong(session, account="yours")
    with pytest.raises(MustWait):
        Throttle(session, "mine", "t", NOW)
    for _ in range(4):
        wrong(session, account="hers", terminal="u")
    Throttle(session, "hers", "u", NOW).right()
    wrong(session, account="hers", terminal="u")
    assert Throttle(session, "hers", "u", NOW)


def test_nobody_waits_longer_than_a_quarter_of_an_hour_and_quiet_is_forgotten(session):
    at = 0.0
    for _ in range(12):
        wrong(session, after=at)
        session.flush()
        waits = session.execute(text("SELECT max(waits_until) FROM login_throttle")).scalar()
        at = (waits - NOW).total_seconds()
    with pytest.raises(MustWait):
        wrong(session, after=at - 1)
    wrong(session, after=at + 901)
    assert Throttle(session, "clerk1", "t", NOW + timedelta(seconds=at + 901)), "quiet for as long as the longest wait"


def test_two_guesses_at_the_same_time_are_judged_one_after_the_other(engine: Engine):
    with Session(engine) as one, Session(engine) as two:
        Throttle(one, "raced", "r1", NOW)
        two.execute(text("SET lock_timeout = '50ms'"))
        with pytest.raises(OperationalError):
            Throttle(two, "raced", "r2", NOW)
