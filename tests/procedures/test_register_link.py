"""宛名との結び付け: whose register row it is, found where one fits, chosen where several do; what it says becomes work."""

import pytest

from models.application import Application
from models.recipient import Recipient
from models.work_item import WorkItem
from procedures.keying import claim, submit
from procedures.reception import Arrival, receive
from procedures.recipient import refresh
from procedures.register_link import LinkedToAnother, NoSuchAddressee, candidates_for, link
from procedures.registration import OtherPerson
from procedures.returning import receive_again, send_back
from tests.life import certified_person, notice, paper
from tests.office import NEW_APPLICATION, NOW, ON
from tests.register_files import m11, resident


def own(person, **other):
    return {"氏名": person.name, "生年月日": person.birth_date.isoformat()} | other


def test_exactly_one_row_fits_and_is_linked_two_are_left_to_an_officer(session, actors, take):
    one, two = certified_person(session, actors), certified_person(session, actors, **{
        "patient.patient_name": "見本 花子", "patient.patient_birth_date": "S40.4.1"})
    take("residents", 1, [resident(1, **own(two)), resident(2, **own(two)), resident(3, **own(one))])
    session.refresh(one)
    session.refresh(two)
    assert (one.file_number, two.file_number) == (m11(3), None)
    assert [row.file_number for row in candidates_for(session, actors["reviewer1"], two.id).rows] == [m11(1), m11(2)]
    link(session, actors["reviewer1"], two.id, m11(2), ON)
    assert two.file_number == m11(2)
    with pytest.raises(LinkedToAnother):
        link(session, actors["reviewer1"], one.id, m11(2), ON)
    with pytest.raises(NoSuchAddressee):
        link(session, actors["reviewer1"], one.id, m11(9), ON)


def test_two_of_ours_who_look_alike_are_never_linked_by_themselves(session, actors, take):
    people = [certified_person(session, actors), certified_person(session, actors)]
    take("residents", 1, [resident(3, **own(people[0]))])
    for each in people:
        session.refresh(each)
    assert [each.file_number for each in people] == [None, None]


def test_a_new_paper_finds_its_row_and_a_later_one_keeps_it(session, actors, take):
    take("residents", 1, [resident(4, 氏名="𠮷田　邉󠄏子", 生年月日="1977-05-03")])
    person = certified_person(session, actors)
    assert person.file_number == m11(4)
    notice(session, actors, person, "02", **{"patient.patient_address": "別の町"})
    assert refresh(session, person.id).file_number == m11(4)


def test_what_the_register_says_already_becomes_work_with_the_link(session, actors, take):
    person = certified_person(session, actors)
    take("residents", 1, [resident(5, **own(person)), resident(6, **own(person)), resident(6, 2, **own(person, 最新異動区分="11"))])
    link(session, actors["reviewer1"], person.id, m11(6), ON)
    assert [each.kind for each in session.query(WorkItem).filter_by(recipient_id=person.id)] == ["died"]


def received_for(session, actors, person, kind, answers):
    sheet = receive(session, actors["clerk1"], Arrival(kind, ON, "07", recipient_id=person.id))
    for name in ("clerk1", "clerk2"):
        keying = claim(session, actors[name], sheet.id, NOW)
        submit(session, actors[name], keying.id, answers, (), f"for-{keying.id}", NOW, ON)
    return sheet


def test_the_counter_says_whose_paper_it_is(session, actors):
    first = paper(session, actors, "new_application", NEW_APPLICATION)
    person_id = first.recipient_id
    assert paper(session, actors, "new_application", NEW_APPLICATION).recipient_id != person_id  # never merged by itself
    person = session.get_one(Recipient, person_id)
    sheet = received_for(session, actors, person, "new_application", NEW_APPLICATION)
    assert session.query(Application).filter_by(sheet_id=sheet.id).one().recipient_id == person_id


def test_a_paper_of_somebody_else_is_refused_and_a_corrected_one_keeps_its_person(session, actors):
    one, two = certified_person(session, actors), certified_person(session, actors)
    loss = {"application.written_recipient_number": str(two.recipient_number), "loss.loss_reason": "05", "loss.loss_date": "20261120"}
    with pytest.raises(OtherPerson):
        received_for(session, actors, one, "loss", loss)
    sheet = receive(session, actors["clerk1"], Arrival("loss", ON, "07", recipient_id=one.id))
    claim(session, actors["clerk2"], sheet.id, NOW)
    send_back(session, actors["clerk2"], sheet.id, "読めない")
    assert receive_again(session, actors["clerk1"], sheet.id, "loss", ON).recipient_id == one.id
