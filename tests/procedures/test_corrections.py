"""訂正: two people, the old value kept, the ledger follows, and what was known on a day can be read on any later day."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.person import Patient
from procedures.corrections import (
    AskersOwn,
    ChangedSince,
    NotCorrectable,
    as_known,
    ask,
    decide,
    history_of,
    record_of,
    rows_of,
    waiting,
)
from procedures.refusal import Refused
from tests.life import certified_person
from tests.office import NOW


@pytest.fixture
def patient(session, actors):
    person = certified_person(session, actors)
    return person, session.query(Patient).join(Patient.__table__.metadata.tables["application"]).filter_by(recipient_id=person.id).one()


def test_a_correction_is_carried_out_by_a_second_person_and_the_ledger_follows(session, actors, patient):
    person, row = patient
    made = ask(session, actors["reviewer1"], "patient", row.id, "patient_name_kana", "ヨシダ ハルコ", "原本を読み違えた", NOW)
    assert row.patient_name_kana == "ヨシダ ハナコ"
    with pytest.raises(AskersOwn):
        decide(session, actors["reviewer1"], made.id, True, NOW)
    decide(session, actors["manager1"], made.id, True, NOW)
    session.refresh(person)
    assert (row.patient_name_kana, person.name_kana) == ("ヨシダ ハルコ", "ヨシダ ハルコ")
    assert made.old_value == "ヨシダ ハナコ" and made.state == "approved"
    assert ("ヨシダ ハナコ", "ヨシダ ハルコ") in [pair for _, changes in history_of(session, "patient", row.id) for pair in changes.values()]
    with pytest.raises(DBAPIError):
        session.execute(text("UPDATE correction SET state = 'rejected' WHERE id = :id"), {"id": made.id})


def test_what_was_known_on_a_day_is_known_on_every_later_day(session, actors, patient):
    _, row = patient
    today = session.execute(text("SELECT (now() AT TIME ZONE 'Asia/Tokyo')::date")).scalar_one()
    session.execute(text("UPDATE patient SET created_at = created_at - interval '10 days' WHERE id = :id"), {"id": row.id})
    session.execute(text("UPDATE patient SET patient_phone = '048-000-2222' WHERE id = :id"), {"id": row.id})
    before = as_known(session, "patient", row.id, today - timedelta(days=1))
    assert before["patient_phone"] == "048-829-1111" and as_known(session, "patient", row.id, today)["patient_phone"] == "048-000-2222"
    assert as_known(session, "patient", row.id, today - timedelta(days=30)) is None
    assert record_of(session, actors["reviewer1"], "patient", row.id, today - timedelta(days=30)) is None


def test_a_rejected_correction_changes_nothing(session, actors, patient):
    _, row = patient
    made = ask(session, actors["reviewer1"], "patient", row.id, "patient_birth_date", "S52.5.4", "戸籍による", NOW)
    assert [(each.new, each.label) for each in waiting(session, actors["manager1"]) if each.correction.id == made.id] == [
        ("1977-05-04", "本人個人生年月日")]
    decide(session, actors["manager1"], made.id, False, NOW)
    assert str(row.patient_birth_date) == "1977-05-03"


def test_a_record_that_changed_meanwhile_is_not_overwritten(session, actors, patient):
    _, row = patient
    made = ask(session, actors["reviewer1"], "patient", row.id, "patient_phone", "048-000-3333", "誤り", NOW)
    row.patient_phone = "048-000-4444"
    session.flush()
    with pytest.raises(ChangedSince):
        decide(session, actors["manager1"], made.id, True, NOW)


@pytest.mark.parametrize(("attribute", "value", "reason"), [
    ("patient_sex", "7", "誤り"), ("patient_birth_date", "いつか", "誤り"), ("patient_name", " ", "誤り"),
    ("patient_name_kana", "ヨシダ ハナコ", "誤り"), ("patient_phone", "048-1", " ")])
def test_what_cannot_be_the_right_value_is_refused_in_its_own_words(session, actors, patient, attribute, value, reason):
    _, row = patient
    with pytest.raises(Refused):
        ask(session, actors["reviewer1"], "patient", row.id, attribute, value, reason, NOW)


@pytest.mark.parametrize(("table", "attribute"), [
    ("certification", "valid_to"), ("assessment", "tier"), ("patient", "id"), ("patient", "no_such"), ("ab_user", "username")])
def test_what_was_decided_or_derived_is_not_corrected(session, actors, patient, table, attribute):
    with pytest.raises(NotCorrectable):
        ask(session, actors["reviewer1"], table, 1, attribute, "1", "誤り", NOW)


def test_every_record_of_an_application_can_be_opened(session, actors, patient):
    _, row = patient
    for table, number, _ in rows_of(session, row.application_id):
        assert record_of(session, actors["reviewer1"], table, number).lines
