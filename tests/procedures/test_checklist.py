"""添付書類: the city's list says what each kind needs in which circumstance; what is missing can be asked for."""

import pytest

from procedures.checklist import NoSuchAttachment, checklist, missing, note_arrival
from procedures.masters import MASTERS, save
from procedures.model_row import RowRefused
from tests.life import certified_person, notice, paper
from tests.office import NEW_APPLICATION, ON, registered


def test_a_new_application_lacks_what_did_not_come_with_it(session, actors):
    application = registered(session, actors)
    assert missing(session, application) == ["01", "02", "03", "04", "12"]
    note_arrival(session, actors["reviewer1"], application.id, "01", ON, {"01"}.__contains__)
    note_arrival(session, actors["reviewer1"], application.id, "01", ON, {"01"}.__contains__)
    assert missing(session, application) == ["02", "03", "04", "12"]
    assert [line.received for line in checklist(session, application) if line.attachment == "01"] == [ON]


def test_on_public_assistance_its_certificate_takes_the_place_of_tax_and_insurance(session, actors):
    answers = {name: text for name, text in NEW_APPLICATION.items() if not name.startswith("insurance.")}
    application = paper(session, actors, "new_application", answers | {"insurance.insurance_kind": "08"})
    assert missing(session, application) == ["01", "02", "06", "12"]


def test_a_proxy_needs_a_letter_of_attorney(session, actors):
    application = paper(session, actors, "new_application", NEW_APPLICATION | {
        "applicant.applicant_name": "𠮷田 太郎", "applicant.applicant_relationship": "02"})
    assert "13" in missing(session, application)


def test_a_notice_asks_for_what_it_changes(session, actors):
    person = certified_person(session, actors)
    assert missing(session, notice(session, actors, person, "03")) == []
    assert missing(session, notice(session, actors, person, "04")) == ["04", "14"]


def test_a_document_nobody_knows_is_refused(session, actors):
    with pytest.raises(NoSuchAttachment):
        note_arrival(session, actors["reviewer1"], registered(session, actors).id, "77", ON, {"01"}.__contains__)


@pytest.mark.parametrize(("name", "typed"), [("application_kind", "77"), ("attachment", "77"), ("circumstance", "sometimes")])
def test_the_citys_list_takes_known_codes_only(session, actors, name, typed):
    row = {"application_kind": "1", "attachment": "20", "circumstance": "always", "valid_from": "20270401", "source": "市"}
    with pytest.raises(RowRefused) as refusal:
        save(session, actors["admin1"], MASTERS["attachments"], row | {name: typed})
    assert refusal.value.column == name
    save(session, actors["admin1"], MASTERS["attachments"], row)
