"""操作記録を調べる: who saw a person is answered, lists and exports included; the question itself is an entry."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from models.application import Application
from models.journal import Action, JournalEntry
from models.sheet import ReceivedSheet
from procedures import journal
from procedures.journal_search import Conditions, NobodyOfThatNumber, NoReason, as_csv, entries, person_of
from tests.office import registered


@pytest.fixture
def seen(session, actors):
    """A person whom manager1 opened, and whom a list of reviewer1 showed among others."""
    application = registered(session, actors)
    person = application.recipient_id
    journal.record(session, actors["manager1"], Action.SAW, application)
    journal.record(session, actors["reviewer1"], Action.LISTED, detail={"listing": "recipients", "rows": 2,
                                                                        "recipients": [person, person + 1]})
    journal.record(session, actors["reviewer1"], Action.LISTED, detail={"listing": "recipients", "rows": 1,
                                                                        "recipients": [person + 1]})
    session.flush()
    return application


def _who(session, actors, **asked):
    return [(entry.actor_name, entry.action) for entry in entries(session, actors["auditor1"], Conditions(**asked)).entries]


def test_who_saw_a_person_names_those_who_opened_her_and_those_whose_lists_showed_her(session, actors, seen):
    found = _who(session, actors, person=seen.recipient_id)
    assert found[:2] == [("審査 史子", "listed"), ("管理 学", "saw")]
    assert ("入力 二葉", "registered") in found and len([each for each in found if each[1] == "listed"]) == 1


def test_a_person_is_found_by_her_application_number_too(session, seen):
    number = session.get_one(Application, seen.id).acceptance_number
    assert person_of(session, number) == seen.recipient_id
    with pytest.raises(NobodyOfThatNumber):
        person_of(session, "9999999")


def test_who_saw_her_paper_or_her_row_of_the_register_saw_her(session, actors, seen):
    """Before she was on the ledger, and where no ledger number stands."""
    sheet = session.get_one(Application, seen.id).sheet_id
    journal.record(session, actors["clerk3"], Action.SAW, session.get_one(ReceivedSheet, sheet), detail={"scan_page": 1})
    session.execute(text("UPDATE patient SET patient_file_number = '000000000000042' WHERE application_id = :id"), {"id": seen.id})
    row = session.scalar(text(
        "INSERT INTO addressee (municipality, file_number, history_number, name, birth_date, sex, address, off_register)"
        " VALUES ('111007', '000000000000042', 1, 'x', '1970-01-01', '1', 'x', '0') RETURNING id"))
    for ids in ([row], [row + 1]):
        journal.record(session, actors["numbers1"], Action.LISTED, detail={"listing": "records/addressees", "ids": ids})
    session.flush()
    found = _who(session, actors, person=seen.recipient_id)
    assert ("入力 三郎", "saw") in found and ("入力 一郎", "keyed") in found
    assert len([each for each in found if each == ("番号 守", "listed")]) == 1


def test_entries_are_narrowed_by_clerk_act_and_day(session, actors, seen):
    manager = actors["manager1"].user_id
    assert _who(session, actors, user_id=manager, action="saw") == [("管理 学", "saw")]
    assert set(_who(session, actors, action="keyed")) == {("入力 一郎", "keyed"), ("入力 二葉", "keyed")}
    day = session.scalars(select(JournalEntry.at).where(JournalEntry.actor_id == manager, JournalEntry.action == "saw")).first().date()
    assert _who(session, actors, user_id=manager, action="saw", begins=day - timedelta(1), ends=day + timedelta(1)) == [("管理 学", "saw")]
    assert _who(session, actors, user_id=manager, ends=day - timedelta(2)) == []
    assert _who(session, actors, user_id=manager, begins=day + timedelta(2)) == []


def test_a_long_journal_goes_on_where_the_page_ended(session, actors):
    for _ in range(120):
        journal.record(session, actors["clerk1"], Action.SEARCHED)
    session.flush()
    asked = Conditions(user_id=actors["clerk1"].user_id)
    first = entries(session, actors["auditor1"], asked)
    rest = entries(session, actors["auditor1"], asked, first.onward)
    assert (len(first.entries), len(rest.entries), rest.onward) == (100, 20, None)
    assert first.entries[-1].id == first.onward > rest.entries[0].id


def test_the_auditors_own_look_is_an_entry_without_what_she_asked_for(session, actors, seen):
    entries(session, actors["auditor1"], Conditions(person=seen.recipient_id))
    session.flush()
    told = session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert (told.actor_name, told.action) == ("監査 聡", "listed")
    assert told.detail["filtered_by"] == ["person"] and told.detail["recipients"] == [seen.recipient_id]


def test_a_file_needs_its_reason_and_leaves_it_in_the_journal(session, actors, seen):
    with pytest.raises(NoReason):
        as_csv(session, actors["auditor1"], Conditions(), " 監査 ")
    text = as_csv(session, actors["auditor1"], Conditions(person=seen.recipient_id), "定期監査のため")
    assert "管理 学" in text and "𠮷田" not in text
    session.flush()
    told = session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert (told.action, told.reason) == ("exported", "定期監査のため")


def test_a_word_in_a_file_is_never_a_formula(session, actors):
    journal.record(session, actors["clerk1"], Action.PRINTED, reason="=1+1")
    session.flush()
    assert "'=1+1" in as_csv(session, actors["auditor1"], Conditions(), "定期監査のため")
