"""個人番号記載票: keyed twice, settled by typing, and nowhere to be read but in the numbering store."""

from dataclasses import replace

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import text

from models.number_report import IndividualNumber, NumberLine, NumberReport, SealedNumber
from models.sheet import Difference, Keying
from procedures.comparison import NEITHER, open_differences, settle
from procedures.keying import BearsNumbers, claim, save_draft, submit
from procedures.queue import counts
from procedures.vault import LOCKED, NoKeys, Vault, numbers_of, same_number_elsewhere, stored_fields
from tests.office import NEW_APPLICATION, NOW, ON, received, registered

NUMBER, OTHER_NUMBER, THIRD_NUMBER = "123456789018", "202404010010", "111111111118"
FIELD = "number_line.0.individual_number"
ANOTHER_PERSON = {**NEW_APPLICATION, "patient.patient_name": "見本 二郎", "patient.patient_birth_date": "S30.1.1"}
VAULT = Vault(b"k" * 32)


@pytest.fixture
def clerks(actors):
    return {name: replace(actor, handles_numbers=True) for name, actor in actors.items()}


def answers(acceptance: str, number: str = NUMBER) -> dict[str, str]:
    return {"number_report.report_date": "R8.11.20", "number_report.written_acceptance_number": acceptance,
            "number_report.number_proof": "1", "number_report.identity_proof": "1", "number_line.0.holder": "1",
            "number_line.0.holder_name": "𠮷田 邉󠄏子", FIELD: number}


def key(session, clerk, sheet, typed):
    keying = claim(session, clerk, sheet.id, NOW)
    return submit(session, clerk, keying.id, typed, (), f"key-{keying.id}", NOW, ON, VAULT)


def keyed_twice(session, clerks, acceptance, first=NUMBER, second=NUMBER):
    sheet = received(session, clerks, "number_report")
    for name, number in (("clerk1", first), ("clerk2", second)):
        assert key(session, clerks[name], sheet, answers(acceptance, number)).faults == {}
    return sheet


def everything_but_the_store(session) -> str:
    """Each row of every table outside the numbering store, as text."""
    tables = session.scalars(text("SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public'")).all()
    return "\n".join(row or "" for table in tables
                     for row in session.scalars(text(f"SELECT t::text FROM {table} AS t")))


def test_an_agreed_number_belongs_to_the_person_of_the_application_it_came_with(session, clerks):
    application = registered(session, clerks)
    keyed_twice(session, clerks, application.acceptance_number, second="1234-5678 9018")
    [(line, number)] = numbers_of(session, application.recipient_id)
    assert (line.holder_name, VAULT.reveal(number)) == ("𠮷田 邉󠄏子", NUMBER)


def test_the_number_stands_in_no_table_but_the_store_and_there_only_sealed(session, clerks):
    application = registered(session, clerks)
    sheet = received(session, clerks, "number_report")
    keying = claim(session, clerks["clerk1"], sheet.id, NOW)
    save_draft(session, clerks["clerk1"], keying.id, {FIELD: NUMBER}, None, NOW, VAULT)
    assert stored_fields(session, sheet.id, 1) == {FIELD}
    submit(session, clerks["clerk1"], keying.id, answers(application.acceptance_number), (), "k", NOW, ON, VAULT)
    key(session, clerks["clerk2"], sheet, answers(application.acceptance_number))
    assert sheet.state == "registered"
    assert NUMBER not in everything_but_the_store(session)
    assert session.query(SealedNumber).count() == 0
    assert NUMBER.encode() not in session.query(IndividualNumber).one().ciphertext


def test_a_paper_that_comes_before_its_application_is_keyed_finds_its_person_later(session, clerks):
    ahead = received(session, clerks)
    keyed_twice(session, clerks, ahead.acceptance_number)
    assert session.query(NumberReport).one().recipient_id is None
    for name in ("clerk1", "clerk2"):
        key(session, clerks[name], ahead, NEW_APPLICATION)
    assert session.query(NumberReport).one().recipient_id is not None


def test_an_application_we_never_received_is_named_at_the_field(session, clerks):
    sheet = received(session, clerks, "number_report")
    assert set(key(session, clerks["clerk1"], sheet, answers("R8-07-999999")).faults) == {
        "number_report.written_acceptance_number"}


def test_a_blank_field_keeps_the_number_that_was_saved_and_a_missing_one_is_asked_for(session, clerks):
    sheet = received(session, clerks, "number_report")
    clerk = clerks["clerk1"]
    keying = claim(session, clerk, sheet.id, NOW)
    without = {**answers(sheet.acceptance_number), FIELD: ""}
    assert set(submit(session, clerk, keying.id, without, (), "k1", NOW, ON, VAULT).faults) == {FIELD}
    save_draft(session, clerk, keying.id, {FIELD: NUMBER}, None, NOW, VAULT)
    assert submit(session, clerk, keying.id, without, (), "k2", NOW, ON, VAULT).faults == {}


@pytest.mark.parametrize("wrong", ["123456789010", "12345678901", "１２３４５６７８９０１Ａ"])
def test_a_number_that_cannot_be_one_is_refused_without_being_repeated(session, clerks, wrong):
    sheet = received(session, clerks, "number_report")
    faults = key(session, clerks["clerk1"], sheet, answers(sheet.acceptance_number, wrong)).faults
    assert set(faults) == {FIELD} and wrong not in faults[FIELD] and "8" not in faults[FIELD].replace("12桁", "")


def test_two_numbers_that_differ_are_settled_by_typing_and_neither_is_told(session, clerks):
    application = registered(session, clerks)
    sheet = keyed_twice(session, clerks, application.acceptance_number, second=OTHER_NUMBER)
    _, [item] = open_differences(session, clerks["clerk3"], sheet.id, ON)
    assert (item.field.name, item.a, item.b) == (FIELD, "", "")
    assert settle(session, clerks["clerk3"], sheet.id, {FIELD: ("a", "")}, NOW, ON, VAULT) != {}
    assert settle(session, clerks["clerk3"], sheet.id, {FIELD: ("typed", OTHER_NUMBER)}, NOW, ON, VAULT) == {}
    difference = session.query(Difference).filter_by(sheet_id=sheet.id).one()
    assert (difference.choice, difference.raw) == ("second", None)
    [(_, number)] = numbers_of(session, application.recipient_id)
    assert VAULT.reveal(number) == OTHER_NUMBER
    assert NUMBER not in everything_but_the_store(session)


def test_a_third_reading_is_typed_twice(session, clerks):
    application = registered(session, clerks)
    sheet = keyed_twice(session, clerks, application.acceptance_number, second=OTHER_NUMBER)
    third = clerks["clerk3"]
    assert settle(session, third, sheet.id, {FIELD: ("typed", THIRD_NUMBER)}, NOW, ON, VAULT) == {FIELD: NEITHER}
    assert settle(session, third, sheet.id, {FIELD: ("typed", THIRD_NUMBER, THIRD_NUMBER)}, NOW, ON, VAULT) == {}
    [(_, number)] = numbers_of(session, application.recipient_id)
    assert VAULT.reveal(number) == THIRD_NUMBER


def test_who_may_not_handle_numbers_is_offered_no_such_paper_and_cannot_open_one(session, clerks, actors):
    before = counts(session, actors["clerk1"])["first"], counts(session, clerks["clerk1"])["first"]
    sheet = received(session, clerks, "number_report")
    assert (counts(session, actors["clerk1"])["first"], counts(session, clerks["clerk1"])["first"]) == (
        before[0], before[1] + 1)
    with pytest.raises(BearsNumbers):
        claim(session, actors["clerk1"], sheet.id, NOW)


def test_without_the_keys_nothing_is_typed_in(session, clerks):
    sheet = received(session, clerks, "number_report")
    keying = claim(session, clerks["clerk1"], sheet.id, NOW)
    with pytest.raises(NoKeys):
        save_draft(session, clerks["clerk1"], keying.id, {FIELD: NUMBER}, None, NOW, LOCKED)


def test_a_ciphertext_moved_to_another_person_opens_nothing(session, clerks):
    application = registered(session, clerks)
    keyed_twice(session, clerks, application.acceptance_number)
    [(line, number)] = numbers_of(session, application.recipient_id)
    stray = IndividualNumber(line_id=line.id + 1, ciphertext=number.ciphertext, key_version=1, blind_index=b"")
    with pytest.raises(InvalidTag):
        VAULT.reveal(stray)


def test_a_later_number_of_the_same_person_ends_the_earlier_one(session, clerks):
    application = registered(session, clerks)
    keyed_twice(session, clerks, application.acceptance_number)
    keyed_twice(session, clerks, application.acceptance_number, OTHER_NUMBER, OTHER_NUMBER)
    [(_, number)] = numbers_of(session, application.recipient_id)
    assert VAULT.reveal(number) == OTHER_NUMBER
    assert session.query(IndividualNumber).count() == 2


def test_the_same_number_on_two_files_is_noticed(session, clerks):
    one, two = registered(session, clerks), registered(session, clerks, ANOTHER_PERSON)
    for application in (one, two):
        keyed_twice(session, clerks, application.acceptance_number)
    [(_, number)] = numbers_of(session, two.recipient_id)
    assert same_number_elsewhere(session, number, two.recipient_id, VAULT) == [one.recipient_id]


def test_the_tags_that_two_keyings_are_compared_by_tell_nothing_of_other_papers(session, clerks):
    application = registered(session, clerks)
    sheets = [keyed_twice(session, clerks, application.acceptance_number) for _ in range(2)]
    tags = {session.query(Keying).filter_by(sheet_id=sheet.id, turn=1).one().answers[FIELD] for sheet in sheets}
    assert len(tags) == 2


def test_each_line_names_its_person(session, clerks):
    application = registered(session, clerks)
    keyed_twice(session, clerks, application.acceptance_number)
    line = session.query(NumberLine).one()
    assert (line.holder, line.holder_name, line.position) == ("1", "𠮷田 邉󠄏子", 0)
