"""情報照会: only what the list allows on that day, for a stated purpose; the answer stands in the assessment with its source."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from exchange import match_list
from exchange.information import digest_of
from models.journal import JournalEntry
from models.neighbour import NetworkInquiry, OutgoingMessage
from procedures import network_inquiry as inquiries
from procedures.household import household_of
from procedures.integrated_numbers import NotLinked, register_number
from procedures.network_inquiry import (
    AskedAlready,
    NoSuchInquiry,
    NotOnTheList,
    NotReadable,
    Question,
    WhatFor,
    WhomToAsk,
)
from procedures.progress import OutOfOrder
from tests.life import CITY, paper
from tests.numberlink import TAX, StandIn
from tests.office import NEW_APPLICATION, NOW, ON
from tests.procedures.neighbours import linked_person, spoken, with_number

PURPOSE = "特定医療費の所得判定のため"
HERSELF = {"household_member.1.member_name": "𠮷田 邉󠄏子", "household_member.1.member_relationship": "00",
           "household_member.1.member_birth_date": "S52.5.3"}


@pytest.fixture
def there():
    return StandIn()


@pytest.fixture
def person(session, actors):
    return linked_person(session, actors)


@pytest.fixture
def case(session, actors, person):
    """A second application of hers, not decided yet."""
    application = paper(session, actors, "new_application", NEW_APPLICATION | HERSELF | {"patient.patient_phone": "048-000-0001"})
    application.recipient_id = person.id
    session.flush()
    return application


@pytest.fixture
def asked(session, actors, case):
    return inquiries.ask(session, actors["reviewer1"], case.id, Question(None, 0, "112038", PURPOSE), CITY, ON)


def answered(session, actors, person, there):
    register_number(session, actors["numbers1"], person.id, with_number(session, actors, person))
    spoken(session, there)
    spoken(session, there, hours=3)


def test_only_the_rows_of_our_office_that_hold_on_the_day_can_be_asked(monkeypatch):
    assert {row.question.information_code for row in inquiries.allowed(ON)} == {"CHIHOZEI01", "JUMIN01", "SEIHO01"}
    assert inquiries.allowed(date(2018, 3, 31)) == [] and inquiries.allowed(date(2018, 4, 1)) != []
    ended = [row.__class__(row.question, row.basis, row.use, row.valid_from, ON) for row in match_list.rows()]
    monkeypatch.setattr(match_list, "rows", lambda: tuple(ended))
    assert inquiries.allowed(ON) and inquiries.allowed(date(2026, 11, 25)) == []


def test_a_question_off_the_list_without_purpose_or_to_ourselves_is_refused(session, actors, case):
    for question, why in ((Question(None, 99, "112038", PURPOSE), NotOnTheList), (Question(None, -1, "112038", PURPOSE), NotOnTheList),
                          (Question(None, 0, "112038", " 調査 "), WhatFor), (Question(None, 0, CITY.municipality, PURPOSE), WhomToAsk),
                          (Question(None, 0, "11203", PURPOSE), WhomToAsk)):
        with pytest.raises(why):
            inquiries.ask(session, actors["reviewer1"], case.id, question, CITY, ON)
    assert session.query(NetworkInquiry).count() == 0


def test_whoever_is_not_on_the_register_cannot_be_asked_about(session, actors, case):
    line = next(each for each in household_of(session, case.id) if each.member_relationship == "02")
    with pytest.raises(NotLinked):
        inquiries.ask(session, actors["reviewer1"], case.id, Question(line.id, 0, "112038", PURPOSE), CITY, ON)


def test_the_same_question_waits_once_and_is_called_back_only_before_it_left(session, actors, case, asked, person, there):
    with pytest.raises(AskedAlready):
        inquiries.ask(session, actors["reviewer1"], case.id, Question(None, 0, "112038", PURPOSE), CITY, ON)
    inquiries.cancel(session, actors["reviewer1"], asked.id)
    answered(session, actors, person, there)
    assert there.asked == [] and asked.state == "cancelled"
    again = inquiries.ask(session, actors["reviewer1"], case.id, Question(None, 0, "112038", PURPOSE), CITY, ON)
    spoken(session, there, hours=6)
    with pytest.raises(NoSuchInquiry):
        inquiries.cancel(session, actors["reviewer1"], again.id)


def test_the_answer_is_filed_with_whom_it_is_from_and_since_when(session, actors, case, asked, person, there):
    answered(session, actors, person, there)
    (said,) = there.asked
    assert (said["目的"], said["照会先機関コード"], said["事務手続コード"], said["対象年度"]) == (PURPOSE, "112038", "B2120P01", "2026")
    assert (asked.state, asked.digest, asked.reference) == ("answered", digest_of(TAX), "S1")
    line = inquiries.file_tax(session, actors["reviewer1"], asked.id, NOW)
    assert (line.member_relationship, line.member_taxation, line.member_income_levy_yen, line.taxed_by) == ("00", "1", 123_000, "112038")
    assert line.tax_source == f"情報照会 2026年度 112038 S1 ({asked.answered_at.astimezone(NOW.tzinfo).date()})"
    with pytest.raises(NoSuchInquiry):
        inquiries.file_tax(session, actors["reviewer1"], asked.id, NOW)
    reasons = session.query(JournalEntry.reason).filter_by(subject_kind="network_inquiry", recipient_id=person.id).all()
    assert (PURPOSE,) in reasons


@pytest.mark.parametrize(("levy", "taxed", "code"), [("0", "1", "2"), ("0", "0", "3"), ("1", "1", "1")])
def test_the_answer_says_taxed_by_income_per_head_or_not_at_all(session, actors, case, asked, person, there, levy, taxed, code):
    items = [each | {"値": {"KZ01": taxed, "KZ02": levy}.get(each["項目コード"], each["値"])} for each in TAX["項目"]]
    there.result = {"照会状態": "回答済", "特定個人情報": TAX | {"項目": items}, "要約値": digest_of(TAX | {"項目": items})}
    answered(session, actors, person, there)
    assert inquiries.file_tax(session, actors["reviewer1"], asked.id, NOW).member_taxation == code


def test_an_answer_that_lacks_an_item_is_shown_and_not_filed(session, actors, case, asked, person, there):
    short = TAX | {"項目": TAX["項目"][:-1]}
    there.result = {"照会状態": "回答済", "特定個人情報": short, "要約値": digest_of(short)}
    answered(session, actors, person, there)
    with pytest.raises(NotReadable):
        inquiries.file_tax(session, actors["reviewer1"], asked.id, NOW)
    (shown,) = inquiries.of_case(session, actors["reviewer1"], case.id)
    assert ("市町村民税所得割額", "123000") in shown.lines


@pytest.mark.parametrize(("result", "state", "why"), [
    ({"照会状態": "該当なし"}, "nothing", None), ({"照会状態": "不開示"}, "withheld", None),
    ({"照会状態": "照合拒否", "拒否理由": "リストにありません"}, "refused", "リストにありません"), ({"照会状態": "期限切れ"}, "failed", None),
    ({"照会状態": "回答済", "特定個人情報": TAX, "要約値": "0" * 64}, "failed", "digest")])
def test_every_other_end_is_noted_and_nothing_of_it_is_filed(session, actors, case, asked, person, there, result, state, why):
    there.result = result
    answered(session, actors, person, there)
    assert (asked.state, asked.refusal, asked.answer) == (state, why, None)
    with pytest.raises(NoSuchInquiry):
        inquiries.file_tax(session, actors["reviewer1"], asked.id, NOW)


def test_an_answer_on_its_way_is_asked_for_again_each_time_later(session, actors, case, asked, person, there):
    there.result = {"照会状態": "照会中"}
    answered(session, actors, person, there)
    polls = session.query(OutgoingMessage).filter_by(operation="ShokaiKekka").order_by(OutgoingMessage.id).all()
    assert asked.state == "asked" and len(polls) > 3 and len({row.request_id for row in polls}) == len(polls)
    assert [row.tries for row in polls] == list(range(len(polls)))
    assert (polls[-1].due_at - datetime.now(UTC)).total_seconds() > 60


def test_a_case_that_is_over_is_asked_about_no_more(session, actors, case):
    case.state = "withdrawn"
    with pytest.raises(OutOfOrder):
        inquiries.ask(session, actors["reviewer1"], case.id, Question(None, 0, "112038", PURPOSE), CITY, ON)


@pytest.mark.parametrize("change", ["purpose = '別の目的です'", "basis = '別の根拠'", "provider_code = '130001'", "answer = '{}'::jsonb"])
def test_the_table_itself_keeps_question_and_answer(session, actors, case, asked, person, there, change):
    answered(session, actors, person, there)
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text(f"UPDATE network_inquiry SET {change}"))
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text("DELETE FROM network_inquiry"))
