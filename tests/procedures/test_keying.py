"""二重入力: two people, one paper, and only what both read becomes a record."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.application import Application
from models.disease import ApplicationDisease
from models.household import HouseholdMember
from models.person import Applicant, Patient
from models.recipient import Recipient
from models.sheet import Keying
from procedures.comparison import KeyedItHerself, open_differences, settle
from procedures.keying import HeldBySomebody, NotAsked, NotWaiting, SameClerk, claim, save_draft, submit
from procedures.queue import counts, next_sheet, take_next
from tests.office import NEW_APPLICATION, NOW, ON, keyed, received, registered


def test_two_agreeing_keyings_become_one_record_of_every_answer(session, actors):
    application = registered(session, actors)
    patient = session.query(Patient).filter_by(application_id=application.id).one()
    assert patient.patient_name == "𠮷田 邉󠄏子"
    assert str(patient.patient_birth_date) == "1977-05-03"
    assert application.application_kind == "1" and application.diagnosed_date.isoformat() == "2026-11-10"
    disease = session.query(ApplicationDisease).filter_by(application_id=application.id).one()
    assert (disease.disease_number, disease.disease_group, disease.is_main) == ("6", "01", True)
    assert session.query(HouseholdMember).filter_by(application_id=application.id).one().member_name == "𠮷田 太郎"
    assert session.query(Applicant).filter_by(application_id=application.id).count() == 0
    person = session.get(Recipient, application.recipient_id)
    assert (person.state, person.kana_key) == ("applying", "ヨシダハナコ")


def test_nobody_keys_the_same_sheet_twice(session, actors):
    sheet = received(session, actors)
    keyed(session, actors["clerk1"], sheet)
    with pytest.raises(SameClerk):
        claim(session, actors["clerk1"], sheet.id, NOW)


def test_the_next_sheet_is_the_one_left_unfinished_and_then_the_oldest_second_keying(session, actors):
    second, first = received(session, actors), received(session, actors)
    keyed(session, actors["clerk1"], second)
    claim(session, actors["clerk2"], first.id, NOW)
    assert take_next(session, actors["clerk2"], NOW).sheet_id == first.id
    submit(session, actors["clerk2"], first.keyings[0].id, NEW_APPLICATION, (), "done", NOW, ON)
    taken = take_next(session, actors["clerk2"], NOW)
    assert (taken.sheet_id, taken.step, second.state) == (second.id, "second", "second")
    assert take_next(session, actors["clerk3"], NOW).sheet_id == first.id


def test_a_second_opener_is_told_who_has_the_sheet(session, actors):
    sheet = received(session, actors)
    claim(session, actors["clerk1"], sheet.id, NOW)
    with pytest.raises(HeldBySomebody, match="入力 一郎"):
        claim(session, actors["clerk2"], sheet.id, NOW)


def test_a_draft_is_kept_field_by_field_and_opens_again_as_it_was(session, actors):
    sheet = received(session, actors)
    keying = claim(session, actors["clerk1"], sheet.id, NOW)
    save_draft(session, actors["clerk1"], keying.id, {"patient.patient_name": "𠮷"}, None, NOW)
    save_draft(session, actors["clerk1"], keying.id, {"patient.patient_name": "𠮷田", "patient.patient_sex": "2"}, [], NOW)
    assert claim(session, actors["clerk1"], sheet.id, NOW).raw == {"patient.patient_name": "𠮷田", "patient.patient_sex": "2"}


def test_a_field_the_sheet_does_not_have_is_refused_and_the_draft_stays(session, actors):
    sheet = received(session, actors)
    keying = claim(session, actors["clerk1"], sheet.id, NOW)
    save_draft(session, actors["clerk1"], keying.id, {"patient.patient_name": "𠮷田"}, None, NOW)
    with pytest.raises(NotAsked):
        submit(session, actors["clerk1"], keying.id, {"certification.recipient_number": "1"}, (), "k", NOW, ON)
    assert keying.raw == {"patient.patient_name": "𠮷田"} and keying.submitted_at is None


def test_faults_are_named_in_the_papers_order_and_what_was_typed_stays(session, actors):
    sheet = received(session, actors)
    wrong = NEW_APPLICATION | {"insurance.insurer_number": "110016", "patient.patient_name": "", "patient.patient_sex": "7"}
    keying, result = keyed(session, actors["clerk1"], sheet, wrong)
    assert list(result.faults) == ["patient.patient_name", "patient.patient_sex", "insurance.insurer_number"]
    assert "110015" not in " ".join(result.faults.values()) and "5" not in result.faults["insurance.insurer_number"]
    assert keying.submitted_at is None and keying.raw["insurance.insurer_number"] == "110016"


def test_the_same_submission_twice_stores_once(session, actors):
    sheet = received(session, actors)
    keying = claim(session, actors["clerk1"], sheet.id, NOW)
    for _ in range(2):
        assert submit(session, actors["clerk1"], keying.id, NEW_APPLICATION, (), "once", NOW, ON).state == "waiting_second"
    assert session.query(Keying).filter_by(sheet_id=sheet.id).count() == 1


def test_differences_wait_for_a_third_person_who_sees_them_without_names(session, actors):
    sheet = received(session, actors)
    keyed(session, actors["clerk1"], sheet)
    other = NEW_APPLICATION | {"patient.patient_name": "吉田 邉子", "patient.patient_birth_date": "S52.5.8"}
    _, result = keyed(session, actors["clerk2"], sheet, other)
    assert (result.differing, result.state) == (2, "settling")
    for name in ("clerk1", "clerk2"):
        with pytest.raises(KeyedItHerself):
            open_differences(session, actors[name], sheet.id, ON)
    _, shown = open_differences(session, actors["clerk3"], sheet.id, ON)
    assert [each.field.name for each in shown] == ["patient.patient_name", "patient.patient_birth_date"]
    assert {shown[0].a, shown[0].b} == {"𠮷田 邉󠄏子", "吉田 邉子"}


def test_every_difference_is_decided_before_anything_is_stored(session, actors):
    sheet = received(session, actors)
    keyed(session, actors["clerk1"], sheet)
    keyed(session, actors["clerk2"], sheet, NEW_APPLICATION | {"patient.patient_sex": "1", "patient.patient_phone": ""})
    faults = settle(session, actors["clerk3"], sheet.id, {"patient.patient_sex": ("a", "")}, NOW, ON)
    assert list(faults) == ["patient.patient_phone"]
    assert session.query(Application).filter_by(sheet_id=sheet.id).count() == 0
    decisions = {"patient.patient_sex": ("typed", "2"), "patient.patient_phone": ("typed", "048-829-1111")}
    assert settle(session, actors["clerk3"], sheet.id, decisions, NOW, ON) == {}
    application = session.query(Application).filter_by(sheet_id=sheet.id).one()
    assert session.query(Patient).filter_by(application_id=application.id).one().patient_sex == "2"


def test_an_unreadable_field_always_goes_to_the_third_person(session, actors):
    sheet = received(session, actors)
    for name in ("clerk1", "clerk2"):
        _, result = keyed(session, actors[name], sheet, unreadable=("patient.patient_phone",))
    assert (result.differing, result.state) == (1, "settling")


def test_the_queue_never_offers_a_clerk_what_she_keyed(session, actors):
    before = counts(session, actors["clerk2"])
    sheet = received(session, actors)
    assert counts(session, actors["clerk2"])["first"] == before["first"] + 1
    keyed(session, actors["clerk1"], sheet)
    assert counts(session, actors["clerk2"])["second"] == before["second"] + 1
    mine = next_sheet(session, actors["clerk1"])
    assert mine is None or mine.sheet_id != sheet.id
    assert next_sheet(session, actors["clerk2"]).step == "second"


def test_a_registered_sheet_waits_for_nobody(session, actors):
    application = registered(session, actors)
    with pytest.raises(NotWaiting):
        claim(session, actors["clerk3"], application.sheet_id, NOW)


@pytest.mark.parametrize("attack", [
    "INSERT INTO keying (sheet_id, turn, clerk_id, started_at) VALUES (:sheet, 3, :third, now())",
    "INSERT INTO keying (sheet_id, turn, clerk_id, started_at) VALUES (:sheet, 2, :first, now())",
    "UPDATE keying SET raw = '{}' WHERE sheet_id = :sheet AND turn = 1",
    "DELETE FROM keying WHERE sheet_id = :sheet",
    "UPDATE difference SET choice = 'first', settled_by = :first, settled_at = now() WHERE sheet_id = :sheet",
    "INSERT INTO application (sheet_id, application_date, application_kind, acceptance_date, acceptance_number) "
    "VALUES (:sheet, now(), '1', now(), 'X')",
    "UPDATE sheet_version SET definition = '{}'",
    "UPDATE journal_entry SET actor_name = 'x'", "DELETE FROM journal_entry", "TRUNCATE journal_entry",
])
def test_the_database_itself_refuses(session, actors, attack):
    sheet = received(session, actors)
    keyed(session, actors["clerk1"], sheet)
    keyed(session, actors["clerk2"], sheet, NEW_APPLICATION | {"patient.patient_sex": "1"})
    with pytest.raises(DBAPIError):
        session.execute(text(attack), {key: value for key, value in {
            "sheet": sheet.id, "first": actors["clerk1"].user_id, "third": actors["clerk3"].user_id}.items()
            if f":{key}" in attack})
