"""二人での承認: nobody is two people, what was agreed is this and nothing else, and what is used is used up."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from models.two_person import TwoPersonRequest
from procedures import export, two_person
from procedures.number_reveal import NotAgreedByTwo, reveal
from procedures.two_person import BULK_EXPORT, SEE_NUMBERS, ask, decide, end, may_see_numbers, use
from procedures.vault import LOCKED
from rules.parameters import trial
from tests.city import settle
from tests.office import NOW
from tests.procedures.test_export import take

WHAT = {"listing": "recipients", "format": "csv"}


@pytest.fixture
def admin(actors):
    return actors["admin1"]


def agreed(session, actors, what=WHAT):
    asked = ask(session, actors["manager1"], BULK_EXPORT, what, "年次報告のため")
    return decide(session, actors["admin1"], asked.id, is_confirmed=True, now=NOW)


def test_what_two_agreed_on_is_done_once(session, actors):
    agreed(session, actors)
    assert use(session, actors["manager1"], BULK_EXPORT, WHAT, NOW).state == "used"
    with pytest.raises(two_person.NotConfirmed):
        use(session, actors["manager1"], BULK_EXPORT, WHAT, NOW)


def test_nothing_else_is_done_by_it_and_by_nobody_else(session, actors):
    agreed(session, actors)
    for actor, what in ((actors["manager1"], WHAT | {"format": "xlsx"}), (actors["admin1"], WHAT)):
        with pytest.raises(two_person.NotConfirmed):
            use(session, actor, BULK_EXPORT, what, NOW)


def test_an_agreement_holds_for_a_day_and_not_a_second_longer(session, actors):
    agreed(session, actors)
    with pytest.raises(two_person.NotConfirmed):
        use(session, actors["manager1"], BULK_EXPORT, WHAT, NOW + timedelta(days=1, seconds=1))
    assert use(session, actors["manager1"], BULK_EXPORT, WHAT, NOW + timedelta(days=1))


def test_nobody_agrees_with_herself_nor_for_herself(session, actors, admin):
    own = ask(session, admin, BULK_EXPORT, WHAT, "自分で承認する")
    with pytest.raises(two_person.SamePerson):
        decide(session, admin, own.id, is_confirmed=True, now=NOW)
    hers = ask(session, admin, SEE_NUMBERS, {}, "見たいと言うから", for_user=actors["clerk1"].user_id)
    with pytest.raises(two_person.SamePerson):
        decide(session, actors["clerk1"], hers.id, is_confirmed=True, now=NOW)


def test_a_reason_is_needed_and_the_same_is_asked_once(session, admin):
    with pytest.raises(two_person.NoReasonGiven):
        ask(session, admin, BULK_EXPORT, WHAT, " abc ")
    ask(session, admin, BULK_EXPORT, WHAT, "年次報告のため")
    with pytest.raises(two_person.AskedAlready):
        ask(session, admin, BULK_EXPORT, WHAT, "年次報告のため")


@pytest.mark.parametrize("change", [
    "state = 'confirmed', decided_by = requested_by, decided_at = now()", "state = 'confirmed'", "digest = 'x'", "state = 'used'",
    "requested_by = requested_by + 1"])
def test_the_table_itself_refuses(session, actors, admin, change):
    asked = ask(session, admin, BULK_EXPORT, WHAT, "年次報告のため")
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text(f"UPDATE two_person_request SET {change} WHERE id = :id"), {"id": asked.id})
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text("DELETE FROM two_person_request"))


def test_numbers_are_seen_by_whom_two_let_and_no_longer_than_that(session, actors, admin):
    clerk = actors["clerk1"]
    asked = ask(session, admin, SEE_NUMBERS, {}, "番号照会の担当", for_user=clerk.user_id)
    assert not may_see_numbers(session, clerk.user_id)
    decide(session, actors["manager1"], asked.id, is_confirmed=True, now=NOW)
    assert may_see_numbers(session, clerk.user_id)
    end(session, admin, asked.id, NOW)
    assert not may_see_numbers(session, clerk.user_id)


def test_the_right_of_the_role_alone_shows_no_number(session, actors):
    with pytest.raises(NotAgreedByTwo):
        reveal(session, actors["manager1"], None, 1, "理由はある", LOCKED)


def test_a_large_file_leaves_when_a_second_person_agreed_to_it(session, actors):
    settle(session, {}, noise=4)
    with trial("bulk_export", {date(2015, 1, 1): {"rows": 5}}):
        with pytest.raises(export.NeedsSecondPerson) as stopped:
            take(session, actors)
        stopped.value.ask(session, actors["manager1"])
        asked = session.query(TwoPersonRequest).filter_by(kind=BULK_EXPORT).one()
        decide(session, actors["admin1"], asked.id, is_confirmed=True, now=NOW)
        assert take(session, actors).rows >= 5
        with pytest.raises(export.NeedsSecondPerson):
            take(session, actors)


def test_every_step_is_in_the_journal_without_anybodys_data(session, actors):
    agreed(session, actors)
    use(session, actors["manager1"], BULK_EXPORT, WHAT, NOW)
    session.flush()
    acts = session.scalars(text("SELECT detail->>'act' FROM journal_entry WHERE detail->>'two_person' = 'bulk_export' ORDER BY id DESC LIMIT 3"))
    assert list(acts) == ["used", "confirmed", "asked"]
