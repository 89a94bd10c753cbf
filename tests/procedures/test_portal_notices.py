"""更新のお知らせ: who is told on her portal page, what it says, when it is opened, and that it is taken back only before that."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from exchange.soap import SoapFault
from models.neighbour import PortalNotice
from procedures.integrated_numbers import register_number
from procedures.portal_notices import AllOpened, NobodyToTell, counts, take_back_season, tell_season
from procedures.protection import protect
from procedures.renewal import open_season
from tests.life import certified_person
from tests.numberlink import StandIn
from tests.office import ON
from tests.procedures.neighbours import linked_person, spoken, with_number


@pytest.fixture
def person(session, actors):
    return linked_person(session, actors)


@pytest.fixture
def there():
    return StandIn()


@pytest.fixture
def season(session, actors, person):
    return open_season(session, actors["manager1"], person.valid_to, ON, person.valid_to - timedelta(days=60))


@pytest.fixture
def known(session, actors, person, there):
    """She is numbered at the neighbour."""
    register_number(session, actors["numbers1"], person.id, with_number(session, actors, person))
    spoken(session, there)


def of(session, person):
    return session.scalars(select(PortalNotice).where(PortalNotice.recipient_id == person.id)).one_or_none()


def test_who_is_linked_is_told_once_of_the_days_and_of_nothing_else(session, actors, person, season, there, known):
    assert tell_season(session, actors["manager1"], season.id, ON) == 1
    with pytest.raises(NobodyToTell):
        tell_season(session, actors["manager1"], season.id, ON)
    spoken(session, there)
    (said,) = there.notices
    assert (said["件名"], said["回答要否"]) == ("受給者証の更新のご案内", "false")
    assert "令和9年9月30日まで" in said["本文"] and person.name not in said["本文"] and person.recipient_number not in said["本文"]
    assert (of(session, person).state, of(session, person).reference, counts(session, season.id)) == ("sent", "N1", {"sent": 1})


def test_who_is_not_on_the_register_or_is_protected_is_told_by_letter_alone(session, actors, person, season):
    certified_person(session, actors)
    protect(session, actors["manager1"], person.id, ON, "申出書")
    with pytest.raises(NobodyToTell):
        tell_season(session, actors["manager1"], season.id, ON)


def test_that_it_was_opened_is_noted_and_then_it_cannot_be_taken_back(session, actors, person, season, there, known):
    tell_season(session, actors["manager1"], season.id, ON)
    there.notice = {"お知らせ状態": "開封", "開封日時": "2026-11-24T10:00:00+09:00"}
    spoken(session, there)
    assert of(session, person).state == "opened" and of(session, person).opened_at.hour in (1, 10)
    with pytest.raises(AllOpened):
        take_back_season(session, actors["manager1"], season.id)


def test_what_nobody_opened_is_taken_back(session, actors, person, season, there, known):
    tell_season(session, actors["manager1"], season.id, ON)
    spoken(session, there, rounds=1)
    assert take_back_season(session, actors["manager1"], season.id) == 1
    spoken(session, there, hours=1)
    assert of(session, person).state == "cancelled"


def test_what_has_not_left_yet_never_leaves_once_it_is_taken_back(session, actors, person, season, there):
    tell_season(session, actors["manager1"], season.id, ON)
    take_back_season(session, actors["manager1"], season.id)
    spoken(session, there)
    assert there.notices == [] and of(session, person).state == "cancelled"


def test_a_refusal_is_seen_on_the_season(session, actors, person, season, there, known):
    there.faults["OshiraseSofu"] = SoapFault("text", "件名と本文を入力してください。")
    tell_season(session, actors["manager1"], season.id, ON)
    spoken(session, there)
    assert counts(session, season.id) == {"failed": 1}


def test_the_table_itself_keeps_what_somebody_was_told(session, actors, season):
    tell_season(session, actors["manager1"], season.id, ON)
    for change in ("body = 'x'", f"sent_on = '{date(2026, 1, 1)}'"):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(text(f"UPDATE portal_notice SET {change}"))
