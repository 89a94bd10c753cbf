"""住登外の登録: two people key it, a third settles, and only then there is a row with a number of the city's own block."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.addressee import Addressee
from procedures.off_register import Differing, NotYours, begin, key_again, settle, waiting
from procedures.refusal import Refused
from tests.life import CITY
from tests.office import NOW
from tests.register_files import m11

PERSON = {"name": "見本 遠子", "birth_date": "S40.1.2", "sex": "2", "postal_code": "1000001", "address": "東京都千代田区千代田1-1"}


def test_two_people_who_agree_register_and_the_number_has_its_digit(session, actors):
    entry = begin(session, actors["clerk1"], PERSON, "市外の被保険者", NOW)
    with pytest.raises(NotYours):
        key_again(session, actors["clerk1"], entry.id, PERSON, CITY, NOW)
    assert session.query(Addressee).filter_by(off_register="1").count() == 0
    made = key_again(session, actors["clerk2"], entry.id, PERSON | {"birth_date": "19650102", "sex": "２"}, CITY, NOW)
    assert (made.off_register, made.name, str(made.birth_date)) == ("1", "見本 遠子", "1965-01-02")
    assert made.file_number == m11(int(made.file_number[:-1])) and made.file_number.startswith("99")
    with pytest.raises(Refused):
        key_again(session, actors["clerk3"], entry.id, PERSON, CITY, NOW)


def test_where_they_differ_a_third_person_settles_and_nobody_else(session, actors):
    entry = begin(session, actors["clerk1"], PERSON, "市外の被保険者", NOW)
    assert key_again(session, actors["clerk2"], entry.id, PERSON | {"name": "見本 達子"}, CITY, NOW) is None
    assert [(each.id, may) for each, may in waiting(session, actors["clerk3"]) if each.id == entry.id] == [(entry.id, "settle")]
    for who in ("clerk1", "clerk2"):
        with pytest.raises(NotYours):
            settle(session, actors[who], entry.id, {"name": "first"}, CITY, NOW)
    with pytest.raises(Differing, match="氏名"):
        settle(session, actors["clerk3"], entry.id, {}, CITY, NOW)
    assert settle(session, actors["clerk3"], entry.id, {"name": "second"}, CITY, NOW).name == "見本 達子"


@pytest.mark.parametrize(("name", "typed"), [("name", " "), ("birth_date", "いつか"), ("sex", "7"), ("postal_code", "12")])
def test_what_cannot_be_an_answer_is_refused(session, actors, name, typed):
    with pytest.raises(Refused):
        begin(session, actors["clerk1"], PERSON | {name: typed}, "理由", NOW)
    with pytest.raises(Refused):
        begin(session, actors["clerk1"], PERSON, " ", NOW)


def test_the_database_refuses_one_person_in_two_places(session, actors):
    entry = begin(session, actors["clerk1"], PERSON, "理由", NOW)
    with pytest.raises(DBAPIError):
        session.execute(text("UPDATE off_register_entry SET second_by = first_by WHERE id = :id"), {"id": entry.id})
