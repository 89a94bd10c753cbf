"""支援措置: nobody who may not see it learns where a protected person lives, whatever comes in afterwards."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.addressee import Addressee
from models.certification import Certification
from procedures import issue as issuing
from procedures import recipient, renewal
from procedures.actor import Actor
from procedures.corrections import ask, waiting
from procedures.inquiries import ask as inquire
from procedures.letters import print_letter, text_of, wording_in_force
from procedures.listing import Question, listing, page
from procedures.print_job import waiting as waiting_certificates
from procedures.protection import NotProtected, ProtectedAlready, WhyMissing, Withheld, protect, unprotect
from procedures.record import see
from procedures.register_import import held_rows
from procedures.register_link import candidates_for
from procedures.renewal_print import NothingToPrint, labels
from tests.life import CITY, certified_person, notice, paper
from tests.office import NEW_APPLICATION, NOW, ON
from tests.register_files import m11, resident


@pytest.fixture
def seer(actors):
    return Actor(actors["manager1"].user_id, actors["manager1"].name, sees_withheld=True)


@pytest.fixture
def hidden(session, actors):
    """Somebody certified and protected."""
    person = certified_person(session, actors)
    protect(session, actors["manager1"], person.id, ON, "申出書 令和8年11月20日")
    return person


def test_a_protection_has_its_reason_holds_once_and_ends_by_somebody(session, actors, hidden):
    manager = actors["manager1"]
    with pytest.raises(ProtectedAlready):
        protect(session, manager, hidden.id, ON, "もう一度")
    with pytest.raises(WhyMissing):
        unprotect(session, manager, hidden.id, " ", ON, NOW)
    ended = unprotect(session, manager, hidden.id, "期間満了の通知", ON + timedelta(days=365), NOW)
    assert (ended.ended_by, hidden.is_withheld) == (manager.user_id, False)
    with pytest.raises(NotProtected):
        unprotect(session, manager, hidden.id, "もう一度", ON, NOW)
    with pytest.raises(WhyMissing):
        protect(session, manager, hidden.id, ON, "")


def test_no_later_paper_lifts_it(session, actors, hidden):
    notice(session, actors, hidden, "02", **{"patient.patient_address": "埼玉県さいたま市大宮区桜木町1-7-5"})
    renewed = {name: each for name, each in NEW_APPLICATION.items() if name.startswith(("application.application_date", "patient.", "insurance."))}
    paper(session, actors, "renewal", renewed | {
        "application.written_recipient_number": str(hidden.recipient_number), "application_disease.0.disease_number": "6"})
    session.refresh(hidden)
    assert hidden.is_withheld and "大宮区" not in hidden.address
    assert recipient.derived(session, hidden.id)["is_withheld"]


@pytest.mark.parametrize("attack", [
    "UPDATE recipient SET is_withheld = false WHERE id = :id",
    "UPDATE protection SET since = since - 1 WHERE recipient_id = :id", "DELETE FROM protection WHERE recipient_id = :id",
    "INSERT INTO protection (recipient_id, since, reason) VALUES (:id, CURRENT_DATE, '二つ目')",
    "UPDATE protection SET ended_on = CURRENT_DATE + 9999 WHERE recipient_id = :id"])
def test_the_database_keeps_it_too(session, hidden, attack):
    with pytest.raises(DBAPIError):
        session.execute(text(attack), {"id": hidden.id})


def test_papers_with_an_address_are_printed_by_who_may_see_it(session, actors, seer, hidden):
    reviewer, certification = actors["reviewer1"], session.get_one(Certification, hidden.current_certification_id)
    application = certification.application_id
    for make in (lambda who: print_letter(session, who, application, "certified", CITY, ON, NOW),
                 lambda who: issuing.preview(session, who, certification.id, CITY, ON, NOW),
                 lambda who: issuing.issue(session, who, certification.id, CITY, ON, NOW)):
        with pytest.raises(Withheld):
            make(reviewer)
        assert make(seer)
    inquire(session, reviewer, application, "physician", "重症度", ON)
    assert print_letter(session, reviewer, application, "physician_inquiry", CITY, ON, NOW)  # it tells no address


def test_a_letter_to_others_never_tells_it(session, actors, seer, hidden):
    application = paper(session, actors, "change_application", {
        "application.application_date": "20261124", "application.change_contents": "12",
        "application.written_recipient_number": str(hidden.recipient_number)})
    inquire(session, actors["reviewer1"], application.id, "tax", "課税状況", ON)
    letter = text_of(session, application, "tax_inquiry", wording_in_force(session, "tax_inquiry", ON), "1", ON, ON)
    assert dict(letter.facts)["住所"] == "不開示 (支援措置)"
    assert hidden.address not in str(letter)


def test_in_bulk_she_waits_for_somebody_who_may_see(session, actors, seer, hidden):
    number = hidden.current_certification_id
    assert number not in waiting_certificates(session, actors["reviewer1"])
    assert number in waiting_certificates(session, seer)
    season = renewal.open_season(session, seer, hidden.valid_to, hidden.valid_to, hidden.valid_to)
    assert {each.recipient_id for each in renewal.followed(session, seer, season.id, ON)} == {hidden.id}
    with pytest.raises(renewal.NothingToPrint):
        renewal.ask_to_print(session, actors["reviewer1"], season.id, "renewal", 1, 9, ON)
    with pytest.raises(NothingToPrint):
        labels(session, actors["reviewer1"], season.id, 1, 9, NOW)
    assert renewal.ask_to_print(session, seer, season.id, "renewal", 1, 9, ON) and labels(session, seer, season.id, 1, 9, NOW)


def test_the_register_hides_her_and_who_lives_with_her(session, actors, seer, hidden, take):
    together = {"世帯番号": m11(5), "住所": "見本市隠町１番地"}
    take("residents", 1, [resident(5, 氏名=hidden.name, 生年月日=hidden.birth_date.isoformat(), **together),
                          resident(6, 氏名="見本　同居", **together), resident(7)])
    session.refresh(hidden)
    assert hidden.file_number == m11(5)  # exactly one row of the register fits
    rows = {row.file_number: row for row in session.query(Addressee)}
    addressees = listing("/records/addressees", "宛名", Addressee)
    for number, is_hidden in ((5, True), (6, True), (7, False)):
        seen = see(session, actors["reviewer1"], addressees, rows[m11(number)].id, sees_withheld=False)
        assert seen.is_hidden is is_hidden
    asked = Question({"addressee.address": {"has": "町１番地"}}, addressees.order(None), columns=addressees.columns)
    assert len(page(session, addressees, asked).rows) == 1
    found = candidates_for(session, actors["reviewer1"], hidden.id)
    assert found.hidden == {m11(5)} and candidates_for(session, seer, hidden.id).hidden == frozenset()
    take("residents", 2, [resident(6, 氏名="見本　同居", **(together | {"住所": "見本市別町２番地"}))], is_full=False)
    assert held_rows(session, actors["reviewer1"])[0].differing == (("住所", "不開示", "不開示"),)
    assert held_rows(session, seer)[0].differing == (("住所", "見本市隠町１番地", "見本市別町２番地"),)


def test_a_correction_of_it_is_shown_without_it(session, actors, seer, hidden):
    patient = session.execute(text("SELECT p.id FROM patient p JOIN application a ON a.id = p.application_id"
                                   " WHERE a.recipient_id = :id"), {"id": hidden.id}).scalar_one()
    ask(session, actors["reviewer1"], "patient", patient, "patient_phone", "048-000-9999", "読み違い", NOW)
    assert [(each.old, each.new) for each in waiting(session, actors["reviewer1"])] == [("不開示", "不開示")]
    assert [each.new for each in waiting(session, seer)] == ["048-000-9999"]
