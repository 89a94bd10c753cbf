"""二つ目の認証と登録: two administrators let a reader in; one question, one answer; a copied key is found out."""

from datetime import timedelta

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from exchange.finger import Site
from models.authenticator import Authenticator, Enrolment
from models.journal import JournalEntry
from models.login import LoginSession
from procedures.enrolment import (
    AdministratorsCan,
    EnoughReaders,
    EnrolmentOver,
    NotAccepted,
    OwnReader,
    WrongCode,
    cancel,
    confirm,
    enrol,
    enrolment_question,
    issue,
    issue_at_console,
    revoke,
    waiting,
)
from procedures.second_factor import NoReader, NotProvenByFinger, prove, question
from procedures.throttle import MustWait
from procedures.users import Account, add
from tests.authenticator import VERIFIED, Cheat, SoftAuthenticator
from tests.office import NOW

SITE = Site("https://nanbyo.city.example")
KEY, HERE = "half", "192.0.2.1"


def _user(session, name):
    return session.scalars(select(User).where(User.username == name)).one()


@pytest.fixture
def clerk(session):
    session.execute(insert(LoginSession).values(key=KEY, data={}))
    return _user(session, "clerk1")


@pytest.fixture
def second(session, actors):
    """Another administrator, as an actor."""
    user, _ = add(session, actors["admin1"], Account("admin2", "次席", "護", ("admin",)), NOW)
    return type(actors["admin1"])(user.id, "次席 護", HERE)


def enrolled(session, user, code, reader=None, site=SITE, cheat=None):
    reader = reader or SoftAuthenticator(site.origin)
    options = enrolment_question(session, user, code, KEY, site, HERE, NOW)
    return reader, enrol(session, user, code, reader.create(options, cheat), KEY, site, HERE, NOW)


@pytest.fixture
def reader(session, actors, second, clerk):
    """The clerk's own reader, enrolled as it should be."""
    code = issue(session, actors["admin1"], clerk, NOW)
    confirm(session, second, waiting(session, NOW)[0][0].id, NOW)
    return enrolled(session, clerk, code)[0]


def proven(session, user, reader, cheat=None, now=NOW):
    return prove(session, user, KEY, reader.get(question(session, user, KEY, SITE, now), cheat), SITE, HERE, now)


def test_a_reader_comes_in_by_two_administrators_and_opens_the_door(session, clerk, reader):
    assert proven(session, clerk, reader).user_id == clerk.id
    assert proven(session, clerk, reader).sign_count == 2
    acts = [row.detail["act"] for row in session.scalars(select(JournalEntry)) if row.detail and "act" in row.detail]
    assert acts[-3:] == ["enrolment_issued", "enrolment_confirmed", "enrolled"]


def test_a_code_opens_nothing_before_a_second_administrator_confirmed_it(session, actors, clerk):
    code = issue(session, actors["admin1"], clerk, NOW)
    with pytest.raises(WrongCode):
        enrolled(session, clerk, code)


def test_who_gives_the_code_does_not_confirm_it_and_nobody_lets_herself_in(session, actors, second, clerk):
    issue(session, actors["admin1"], clerk, NOW)
    number = waiting(session, NOW)[0][0].id
    with pytest.raises(OwnReader):
        confirm(session, actors["admin1"], number, NOW)
    with pytest.raises(OwnReader):
        issue(session, actors["admin1"], _user(session, "admin1"), NOW)
    issue(session, actors["admin1"], _user(session, "admin2"), NOW)
    with pytest.raises(OwnReader):
        confirm(session, second, waiting(session, NOW)[1][0].id, NOW)


@pytest.mark.parametrize("change", [
    "issued_by = :clerk", "confirmed_by = issued_by, confirmed_at = now()", "confirmed_by = :manager, confirmed_at = now()",
    "confirmed_by = :clerk, confirmed_at = now()", "at_console = true, issued_by = NULL", "user_id = :manager", "code_hash = 'x'"])
def test_the_table_itself_demands_two_different_administrators(session, actors, clerk, change):
    issue(session, actors["admin1"], clerk, NOW)
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text(f"UPDATE enrolment SET {change}"), {"clerk": clerk.id, "manager": actors["manager1"].user_id})


def test_the_table_itself_takes_no_reader_without_a_confirmed_enrolment(session, actors, clerk):
    issue(session, actors["admin1"], clerk, NOW)
    row = {"user_id": clerk.id, "enrolment_id": session.scalars(select(Enrolment.id)).one(), "credential_id": b"x",
           "public_key": b"x", "sign_count": 0, "model": "", "is_attested": False}
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(insert(Authenticator).values(row))


@pytest.mark.parametrize("change", ["DELETE FROM authenticator", "UPDATE authenticator SET sign_count = -1",
                                    "UPDATE authenticator SET public_key = 'x'", "DELETE FROM enrolment",
                                    "UPDATE authenticator SET user_id = user_id + 1", "UPDATE enrolment SET used_at = NULL"])
def test_the_table_itself_keeps_what_was_enrolled(session, reader, change):
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text(change))


def test_a_full_login_without_ones_own_working_reader_is_refused_by_the_table(session, clerk, reader, actors):
    found = session.scalars(select(Authenticator)).one()
    whole = {"key": "full", "data": {}, "user_id": clerk.id, "factor": "finger", "authenticator_id": found.id}
    for wrong in ({"factor": None}, {"authenticator_id": None}, {"user_id": actors["clerk2"].user_id}, {"factor": "word"}):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(insert(LoginSession).values(whole | wrong))
    session.execute(insert(LoginSession).values(whole))
    with pytest.raises(DBAPIError), session.begin_nested():  # nobody is in twice
        session.execute(insert(LoginSession).values(whole | {"key": "again"}))
    revoke(session, actors["admin1"], found.id, NOW)
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(insert(LoginSession).values(whole))


def test_only_a_trials_database_leaves_the_second_factor_out(session, clerk):
    row = {"key": "trial", "data": {}, "user_id": clerk.id, "factor": "trial"}
    session.execute(text("UPDATE installation SET is_demo = false"))
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(insert(LoginSession).values(row))
    session.execute(text("UPDATE installation SET is_demo = true"))
    session.execute(insert(LoginSession).values(row))


def test_a_code_is_good_for_half_an_hour_for_one_person_once(session, actors, second, clerk, reader):
    code = issue(session, actors["admin1"], clerk, NOW)
    confirm(session, second, waiting(session, NOW)[0][0].id, NOW)
    last = NOW + timedelta(minutes=30)
    with pytest.raises(WrongCode):
        enrolment_question(session, _user(session, "clerk2"), code, KEY, SITE, HERE, NOW)
    assert enrolment_question(session, clerk, code.upper().replace("-", " "), KEY, SITE, HERE, last - timedelta(seconds=1))
    with pytest.raises(WrongCode), session.begin_nested():
        enrolment_question(session, clerk, code, KEY, SITE, HERE, last)
    enrolled(session, clerk, code)
    with pytest.raises(WrongCode):
        enrolled(session, clerk, code)


def test_a_cancelled_or_replaced_code_opens_nothing(session, actors, second, clerk):
    first = issue(session, actors["admin1"], clerk, NOW)
    issue(session, actors["admin1"], clerk, NOW)
    (row, _), = waiting(session, NOW)
    cancel(session, second, row.id, NOW)
    assert waiting(session, NOW) == []
    for act in (lambda: confirm(session, second, row.id, NOW), lambda: cancel(session, second, row.id, NOW)):
        with pytest.raises(EnrolmentOver):
            act()
    with pytest.raises(WrongCode):
        enrolled(session, clerk, first)


def test_guessing_codes_makes_wait(session, clerk):
    for _ in range(5):
        with pytest.raises(WrongCode):
            enrolment_question(session, clerk, "aaaa-aaaa-aaaa", KEY, SITE, HERE, NOW)
    with pytest.raises(MustWait):
        enrolment_question(session, clerk, "aaaa-aaaa-aaaa", KEY, SITE, HERE, NOW + timedelta(seconds=29))


def test_a_reader_the_city_does_not_accept_leaves_the_code_unused(session, actors, second, clerk):
    code = issue(session, actors["admin1"], clerk, NOW)
    confirm(session, second, waiting(session, NOW)[0][0].id, NOW)
    with pytest.raises(NotAccepted):
        enrolled(session, clerk, code, cheat=Cheat(flags_off=VERIFIED))
    assert enrolled(session, clerk, code)[1].user_id == clerk.id


def test_an_answer_is_good_once_and_for_its_own_question(session, clerk, reader):
    answer = reader.get(question(session, clerk, KEY, SITE, NOW))
    prove(session, clerk, KEY, answer, SITE, HERE, NOW)
    with pytest.raises(NotProvenByFinger):
        prove(session, clerk, KEY, answer, SITE, HERE, NOW)
    question(session, clerk, KEY, SITE, NOW)
    with pytest.raises(NotProvenByFinger):
        prove(session, clerk, KEY, answer, SITE, HERE, NOW)


@pytest.mark.parametrize(("seconds", "is_in_time"), [(120, True), (121, False)])
def test_a_question_waits_two_minutes_for_its_answer(session, clerk, reader, seconds, is_in_time):
    answer, later = reader.get(question(session, clerk, KEY, SITE, NOW)), NOW + timedelta(seconds=seconds)
    if is_in_time:
        assert prove(session, clerk, KEY, answer, SITE, HERE, later)
    else:
        with pytest.raises(NotProvenByFinger):
            prove(session, clerk, KEY, answer, SITE, HERE, later)


def test_the_reader_of_another_person_opens_nothing(session, clerk, reader):
    other = _user(session, "clerk2")
    with pytest.raises(NoReader):
        question(session, other, KEY, SITE, NOW)
    asked = question(session, clerk, KEY, SITE, NOW)
    with pytest.raises(NotProvenByFinger):
        prove(session, other, KEY, reader.get(asked), SITE, HERE, NOW)


@pytest.mark.parametrize("behind", [0, 1])
def test_a_copied_key_is_found_out_and_shut_out_with_whoever_came_in_by_it(session, clerk, reader, behind):
    found = proven(session, clerk, reader)
    session.execute(insert(LoginSession).values(key="full", data={}, user_id=clerk.id, factor="finger", authenticator_id=found.id))
    with pytest.raises(NotProvenByFinger):
        proven(session, clerk, reader, Cheat(count=found.sign_count - behind))
    assert found.revoked_at is not None and session.get(LoginSession, "full") is None
    with pytest.raises(NoReader):
        proven(session, clerk, reader)


def test_five_fingers_that_are_not_hers_make_wait_and_the_wait_ends(session, clerk, reader):
    for _ in range(5):
        with pytest.raises(NotProvenByFinger):
            proven(session, clerk, reader, Cheat(flags_off=VERIFIED))
    with pytest.raises(MustWait):
        proven(session, clerk, reader, now=NOW + timedelta(seconds=29))
    assert proven(session, clerk, reader, now=NOW + timedelta(seconds=30))


def test_a_lost_reader_is_shut_out_by_one_administrator_and_replaced_by_two(session, actors, second, clerk, reader):
    lost = session.scalars(select(Authenticator)).one()
    assert revoke(session, actors["admin1"], lost.id, NOW) == clerk.id
    with pytest.raises(EnrolmentOver):
        revoke(session, actors["admin1"], lost.id, NOW)
    code = issue(session, second, clerk, NOW)
    confirm(session, actors["admin1"], waiting(session, NOW)[0][0].id, NOW)
    new, _ = enrolled(session, clerk, code)
    assert proven(session, clerk, new).id != lost.id


def test_one_key_is_one_persons_and_nobody_has_more_than_three(session, actors, second, clerk, reader):
    def another(key=None):
        code = issue(session, actors["admin1"], clerk, NOW)
        confirm(session, second, waiting(session, NOW)[0][0].id, NOW)
        return enrolled(session, clerk, code, key)

    with pytest.raises(NotAccepted), session.begin_nested():
        another(reader)
    another()
    another()
    with pytest.raises(EnoughReaders):
        issue(session, actors["admin1"], clerk, NOW)


def test_the_console_brings_in_the_first_two_administrators_and_nobody_after_them(session, actors, second):
    session.execute(insert(LoginSession).values(key=KEY, data={}))
    first, other = _user(session, "admin1"), _user(session, "admin2")
    for user in (first, other):
        enrolled(session, user, issue_at_console(session, user, NOW))
    with pytest.raises(AdministratorsCan):
        issue_at_console(session, _user(session, "clerk1"), NOW)
    assert issue_at_console(session, first, NOW), "of two, one who lost her reader has only the console"
