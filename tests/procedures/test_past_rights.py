"""ある日の権限: what the journal says was changed since is undone, and whoever held it for a moment of the day held it that day."""

from datetime import datetime, timedelta

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select

from procedures import two_person, users
from procedures.past_rights import on_day
from procedures.permissions import matrix, save, version_of
from tests.office import NOW


@pytest.fixture
def clock(session):
    """The database's own time, which the journal goes by; each call is later than the one before."""
    def later() -> datetime:
        session.flush()
        return session.scalar(select(func.clock_timestamp()))

    return later


def held(session, actors, begins: datetime, ends: datetime, username: str) -> set[str]:
    return {right.code for holder in on_day(session, actors["admin1"], begins, ends) if holder.username == username
            for right in holder.rights}


def tick(session, actors, role: str, code: str, *, is_given: bool) -> None:
    wished = {name: set(codes) for name, codes in matrix(session).items()}
    (wished[role].add if is_given else wished[role].discard)(code)
    save(session, actors["admin1"], wished, version_of(matrix(session)))


def test_what_was_given_later_was_not_held_before_and_is_held_from_that_moment(session, actors, clock):
    first = clock()
    second = clock()
    tick(session, actors, "entry", "list.export", is_given=True)
    third = clock()
    assert "list.export" not in held(session, actors, first, second, "clerk1")
    assert "list.export" in held(session, actors, first, third, "clerk1")
    assert "list.export" in held(session, actors, third, third + timedelta(days=1), "clerk1")


def test_what_was_taken_during_the_day_was_held_that_day(session, actors, clock):
    first = clock()
    tick(session, actors, "entry", "sheet.receive", is_given=False)
    second = clock()
    assert "sheet.receive" in held(session, actors, first, second, "clerk1")
    assert "sheet.receive" not in held(session, actors, second, second + timedelta(days=1), "clerk1")


def test_a_person_is_what_her_roles_were_and_nothing_while_stopped(session, actors, clock):
    reviewer = session.scalars(select(User).where(User.username == "reviewer1")).one()
    first = clock()
    account = users.account_of(reviewer)
    users.change(session, actors["admin1"], reviewer, users.Account(account.username, account.family, account.given, ("entry",)),
                 users.version_of(reviewer))
    second = clock()
    users.stop(session, actors["admin1"], reviewer, users.version_of(reviewer))
    third = clock()
    assert "review.do" in held(session, actors, first, second, "reviewer1")
    assert "review.do" not in held(session, actors, second, third, "reviewer1")
    assert held(session, actors, second, third, "reviewer1") >= {"sheet.key"}
    assert held(session, actors, third, third + timedelta(days=1), "reviewer1") == set()


def test_who_was_let_see_numbers_is_told_for_the_days_it_held(session, actors):
    clerk = actors["clerk1"].user_id
    asked = two_person.ask(session, actors["admin1"], two_person.SEE_NUMBERS, {}, "番号照会の担当", for_user=clerk)
    two_person.decide(session, actors["manager1"], asked.id, is_confirmed=True, now=NOW)
    two_person.end(session, actors["admin1"], asked.id, NOW + timedelta(days=2))
    told = [next(each.saw_numbers for each in on_day(session, actors["admin1"], NOW + timedelta(days=day), NOW + timedelta(days=day, hours=1))
                 if each.username == "clerk1") for day in (-1, 0, 2, 3)]
    assert told == [False, True, True, False]
