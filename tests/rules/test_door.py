"""入口の決まり: dated settings of the city, each inside its bounds; waits grow and end."""

from datetime import date, timedelta

import pytest

from rules.door import Waits, limits_of, password_policy_of, wait_after, waits_of
from rules.parameters import WrongParameters, add, figures, read_rows

ON, NEXT = date(2026, 11, 24), date(2027, 4, 1)


@pytest.fixture(autouse=True)
def forget():
    yield
    add({})


def test_the_usual_limits_are_those_of_the_privacy_assessment():
    limits = limits_of(ON)
    assert (limits.lock, limits.idle, limits.longest) == (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=10))
    assert (limits.half, limits.fresh, limits.code) == (timedelta(minutes=2), timedelta(minutes=5), timedelta(minutes=30))


def test_a_screen_never_locks_later_than_its_login_ends():
    add({"login": {NEXT: {**figures("login", ON), "lock_minutes": 15, "idle_minutes": 5}}})
    assert limits_of(NEXT).lock == limits_of(NEXT).idle == timedelta(minutes=5)
    assert limits_of(NEXT - timedelta(days=1)).idle == timedelta(minutes=15)


@pytest.mark.parametrize(("failures", "free", "seconds"), [
    (0, 5, 0), (4, 5, 0), (5, 5, 30), (6, 5, 60), (7, 5, 120), (9, 5, 480), (10, 5, 900), (11, 5, 900), (10**9, 5, 900),
    (19, 20, 0), (20, 20, 30), (21, 20, 60)])
def test_each_wrong_try_doubles_the_wait_up_to_a_quarter_of_an_hour(failures, free, seconds):
    assert wait_after(failures, free, waits_of(ON)) == timedelta(seconds=seconds)


def test_a_wait_is_never_longer_than_the_longest_even_at_first():
    assert wait_after(5, 5, Waits(5, 20, timedelta(seconds=300), timedelta(seconds=60))) == timedelta(seconds=60)


def test_passwords_do_not_expire_unless_a_city_says_so():
    assert password_policy_of(ON).expires_after is None and password_policy_of(ON).shortest == 15
    add({"password": {NEXT: {**figures("password", ON), "expires_after_days": 90}}})
    assert password_policy_of(NEXT).expires_after == timedelta(days=90)


@pytest.mark.parametrize(("name", "item", "value"), [
    ("login", "lock_minutes", 16), ("login", "lock_minutes", 0), ("login", "idle_minutes", 61), ("login", "half_seconds", 121),
    ("login_wait", "account_tries", 11), ("login_wait", "terminal_tries", 101), ("password", "shortest", 7),
    ("password", "expires_after_days", -1), ("login", "longest_hours", 13), ("login", "fresh_minutes", 16)])
def test_a_city_cannot_open_the_door_wider_than_its_bounds(name, item, value):
    row = ", ".join(f"{key}: {each}" for key, each in {**figures(name, ON), item: value}.items())
    with pytest.raises(WrongParameters, match=item):
        read_rows(name, f"2027-04-01: {{{row}}}")
    inside = ", ".join(f"{key}: {each}" for key, each in figures(name, ON).items())
    assert read_rows(name, f"2027-04-01: {{{inside}}}")
