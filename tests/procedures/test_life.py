"""認定の一生: change, notice, reissue, loss, hold and renewal; what was certified is never rewritten, periods never overlap."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from models.certification import Certification, Decision, Recall
from models.recipient import Recipient
from models.work_item import WorkItem
from procedures.acceptance import NoCertificate, accept, came_back, recalls
from procedures.assessment import Circumstances, OtherCap, carry_over, other_caps_of
from procedures.by_office import NoReason, open_change, open_loss, withdraw
from procedures.certification import CERTIFIED, HELD, Overlapping, Proposal, draft, sign_off
from procedures.issue import issue, issue_anew, text_of
from procedures.loss import NothingToLose
from procedures.period import NothingToChange
from procedures.progress import MOVES, OutOfOrder, move
from procedures.review import review_documents
from procedures.timeline import events
from tests.life import CITY, certified_person, change, loss, notice, paper, signed, taxed
from tests.office import NEW_APPLICATION, NOW, ON


def periods(session, person):
    return [(str(each.valid_from), str(each.ended_on or each.valid_to), each.is_cancelled) for each in session.scalars(
        select(Certification).where(Certification.recipient_id == person.id, Certification.certification == "1")
        .order_by(Certification.id))]


def test_a_change_begins_next_month_and_the_certification_before_it_ends_the_day_before(session, actors):
    person = certified_person(session, actors)
    application = change(session, actors, person, "12")
    taxed(session, actors, application, levy=400_000)
    made = signed(session, actors, application)
    assert periods(session, person) == [("2026-11-10", "2026-11-30", False), ("2026-12-01", "2027-09-30", False)]
    assert made.recipient_number == person.recipient_number
    session.refresh(person)
    assert (person.copay_cap_yen, person.tier) == (30_000, "D")


def test_a_change_of_the_first_begins_the_same_day_and_one_that_never_held_is_annulled(session, actors):
    person = certified_person(session, actors)
    first = change(session, actors, person, "12", date(2026, 12, 1))
    taxed(session, actors, first, levy=400_000)
    signed(session, actors, first, date(2026, 12, 1))
    second = change(session, actors, person, "12", date(2026, 12, 1))
    taxed(session, actors, second, levy=200_000)
    signed(session, actors, second, date(2026, 12, 1))
    assert periods(session, person) == [
        ("2026-11-10", "2026-11-30", False), ("2026-12-01", "2027-09-30", True), ("2026-12-01", "2027-09-30", False)]


def test_a_ventilator_lowers_the_cap_of_the_tier_that_is_carried_over(session, actors):
    person = certified_person(session, actors)
    application = change(session, actors, person, "09")
    result = carry_over(session, actors["reviewer1"], application.id, Circumstances(ventilator=True), NOW)
    assert (result.tier, result.copay_cap_yen) == ("C1", 1_000)
    assert any("引き継ぐ" in reason for reason in result.reasons)


def test_public_assistance_changes_the_payer_number_and_says_so(session, actors):
    person = certified_person(session, actors)
    printed = issue(session, actors["manager1"], person.current_certification_id, CITY, ON, NOW)
    assert printed.recipient_number == person.recipient_number
    application = open_change(session, actors["reviewer1"], person.id, "生活保護の開始の連絡があったため", ON)
    session.execute(text("INSERT INTO insurance (application_id, insurance_kind) VALUES (:id, '08')"), {"id": application.id})
    taxed(session, actors, application)
    made = signed(session, actors, application)
    assert made.payer_number == CITY.payer_welfare and any("負担者番号が変わる" in reason for reason in made.reasons)
    ((recall, who),) = [each for each in recalls(session, actors["reviewer1"]) if each[1].id == person.id]
    came_back(session, actors["reviewer1"], recall.id, ON)
    assert who.id == person.id and recall.returned_on == ON


def test_a_change_without_a_certification_is_refused(session, actors):
    person = certified_person(session, actors)
    loss(session, actors, person)
    person.valid_to = date(2026, 10, 1)
    application = open_change(session, actors["reviewer1"], person.id, "確認のため", ON)
    taxed(session, actors, application)
    review_documents(session, actors["reviewer1"], application.id, "1", None, ON)
    with pytest.raises(NothingToChange):
        draft(session, actors["reviewer1"], application.id, Proposal(CERTIFIED), CITY, ON)


def test_a_notice_changes_what_the_next_certificate_says_and_nothing_that_was_printed(session, actors):
    person = certified_person(session, actors)
    before = session.get_one(Certification, person.current_certification_id)
    issue(session, actors["manager1"], before.id, CITY, ON, NOW)
    made = notice(session, actors, person, "02", **{"patient.patient_address": "埼玉県さいたま市大宮区桜木町1-7-5"})
    assert made.state == "accepted"
    new = text_of(session, before, CITY, ON, made)
    assert "大宮区" in new.address and new.diseases == ("パーキンソン病",) and new.cap_yen == 10_000
    assert "常盤" in text_of(session, before, CITY, ON).address
    printed = issue_anew(session, actors["manager1"], made.id, CITY, ON, NOW)
    assert printed.pdf.startswith(b"%PDF") and made.state == "issued"
    assert len(periods(session, person)) == 1


def test_a_notice_that_the_certificate_does_not_print_ends_with_its_acceptance(session, actors):
    person = certified_person(session, actors)
    made = notice(session, actors, person, "03", **{"patient.patient_phone": "048-000-1111"})
    session.refresh(person)
    assert made.state == "closed" and person.phone == "048-000-1111"


def test_a_lost_certificate_cannot_come_back_a_damaged_one_must(session, actors):
    from_paper = {"application.application_date": "R8.11.20"}
    for reason, expected in (("1", 0), ("2", 1)):
        person = certified_person(session, actors)
        made = paper(session, actors, "reissue", from_paper | {
            "application.written_recipient_number": str(person.recipient_number), "application.reissue_reason": reason})
        accept(session, actors["reviewer1"], made.id, ON)
        assert session.query(Recall).filter_by(recipient_id=person.id).count() == expected


def test_a_loss_ends_the_certification_on_its_day_and_calls_the_certificate_back(session, actors):
    person = certified_person(session, actors)
    made = loss(session, actors, person)
    session.refresh(person)
    assert made.state == "closed" and person.state == "lost"
    assert periods(session, person) == [("2026-11-10", "2026-11-20", False)]
    assert session.query(Recall).filter_by(recipient_id=person.id).count() == 1
    with pytest.raises(NoCertificate):
        notice(session, actors, person, "02")


@pytest.mark.parametrize("day", ["20261109", "20271001"])
def test_nothing_is_lost_a_day_before_or_after_it_is_certified(session, actors, day):
    person = certified_person(session, actors)
    with pytest.raises(NothingToLose):
        loss(session, actors, person, day)


def test_a_loss_by_authority_needs_its_reason_and_two_people(session, actors):
    person = certified_person(session, actors)
    with pytest.raises(NoReason):
        open_loss(session, actors["reviewer1"], person.id, "05", ON, " ", ON)
    application = open_loss(session, actors["reviewer1"], person.id, "05", ON, "住民票の死亡の異動による", ON)
    draft(session, actors["reviewer1"], application.id, Proposal(""), CITY, ON)
    assert sign_off(session, actors["manager1"], application.id, ON) is None
    session.refresh(person)
    assert person.state == "lost"


def test_a_held_case_is_drafted_again_and_both_signatures_stay(session, actors):
    application = paper(session, actors, "new_application", NEW_APPLICATION)
    taxed(session, actors, application)
    review_documents(session, actors["reviewer1"], application.id, "1", None, ON)
    draft(session, actors["reviewer1"], application.id, Proposal(HELD, "02"), CITY, ON)
    held = sign_off(session, actors["manager1"], application.id, ON)
    assert (application.state, held.hold_reason) == ("held", "02")
    draft(session, actors["reviewer1"], application.id, Proposal(CERTIFIED), CITY, ON)
    made = sign_off(session, actors["manager1"], application.id, ON)
    assert (made.id, made.certification, made.hold_reason) == (held.id, "1", None)
    assert session.query(Decision).filter_by(application_id=application.id, sign_off="1").count() == 2


def test_a_renewal_follows_the_period_that_ends_and_a_second_one_overlaps(session, actors):
    person = certified_person(session, actors)
    answers = NEW_APPLICATION | {"application.written_recipient_number": str(person.recipient_number),
                                 "application.application_date": "20270720"}
    known = {name: text for name, text in answers.items() if not name.endswith(("is_main", "diagnosed_date"))}
    for turn in (1, 2):
        application = paper(session, actors, "renewal", known, date(2027, 7, 20))
        taxed(session, actors, application)
        if turn == 1:
            assert str(signed(session, actors, application).valid_from) == "2027-10-01"
        else:
            with pytest.raises(Overlapping):
                signed(session, actors, application)


def test_who_shares_a_cap_is_told_once_when_one_certification_changes(session, actors):
    other = certified_person(session, actors)
    shared = {"household_member.0.other_recipient_number": str(other.recipient_number),
              "household_member.0.other_benefit": "1"}
    application = paper(session, actors, "new_application", NEW_APPLICATION | shared | {"patient.patient_name": "見本 次郎"})
    assert [(each.recipient_number, each.cap_yen) for each in other_caps_of(session, application.id)] == [
        (other.recipient_number, 10_000)]
    taxed(session, actors, application, 400_000, Circumstances(others=(OtherCap(10_000, other.recipient_number),)))
    signed(session, actors, application)
    assert session.get_one(Recipient, application.recipient_id).copay_cap_yen == 22_500
    session.refresh(other)
    assert other.copay_cap_yen == 10_000  # proposed, never rewritten
    assert [each.kind for each in session.query(WorkItem).filter_by(recipient_id=other.id)] == ["shared_cap"]


def test_a_registration_certificate_is_given_where_asked_for_and_once_in_a_life(session, actors):
    person = certified_person(session, actors, **{"application.wants_registration_certificate": "1"})
    first = session.get_one(Certification, person.current_certification_id).registration_certificate
    assert first
    application = change(session, actors, person, "12")
    taxed(session, actors, application)
    assert signed(session, actors, application).registration_certificate is None


def test_the_registration_certificate_alone_needs_no_income(session, actors):
    answers = {name: text for name, text in NEW_APPLICATION.items() if name.startswith(("application.application_date",
               "patient.", "clinical_form.", "application_disease.")) and not name.endswith("is_main")}
    application = paper(session, actors, "registration_certificate", answers)
    with pytest.raises(OutOfOrder):
        taxed(session, actors, application)
    made = signed(session, actors, application)
    assert (made.certification, bool(made.registration_certificate), made.valid_from) == ("6", True, None)


def test_a_withdrawn_case_says_why_and_counts_no_more(session, actors):
    person = certified_person(session, actors)
    application = change(session, actors, person, "12")
    with pytest.raises(NoReason):
        withdraw(session, actors["reviewer1"], application.id, "", ON)
    withdraw(session, actors["reviewer1"], application.id, "本人の申し出", ON)
    assert application.state == "withdrawn" and "本人の申し出" in application.remarks
    with pytest.raises(OutOfOrder):
        move(application, "assessed")


def test_the_database_knows_the_same_order_of_steps_as_the_office(session):
    for kind, moves in MOVES.items():
        for state in ("registered", "assessed", "board", "reviewed", "drafted", "held", "certified", "accepted", "issued",
                      "closed", "refused", "withdrawn"):
            allowed = session.scalar(text("SELECT application_moves(:kind, :state)"), {"kind": kind, "state": state})
            assert sorted(allowed) == sorted(moves.get(state, ())), (kind, state)


def test_the_database_refuses_a_step_the_office_does_not_know(session, actors):
    person = certified_person(session, actors)
    application = change(session, actors, person, "12")
    with pytest.raises(DBAPIError, match="does not go from"):
        session.execute(text("UPDATE application SET state = 'issued' WHERE id = :id"), {"id": application.id})


def test_the_database_closes_no_loss_without_its_signature(session, actors):
    person = certified_person(session, actors)
    case = open_loss(session, actors["reviewer1"], person.id, "05", ON + timedelta(days=3), "死亡", ON)
    draft(session, actors["reviewer1"], case.id, Proposal(""), CITY, ON)
    with pytest.raises(DBAPIError, match="by a signature"):
        session.execute(text("UPDATE application SET state = 'closed' WHERE id = :id"), {"id": case.id})


def test_what_a_record_said_before_is_kept_by_the_database(session, actors):
    person = certified_person(session, actors)
    before = session.get_one(Certification, person.current_certification_id)
    loss(session, actors, person)
    kept = session.execute(text("SELECT content FROM record_history WHERE table_name = 'certification' AND row_id = :id "
                                "ORDER BY id DESC LIMIT 1"), {"id": before.id}).scalar_one()
    assert kept["ended_on"] is None and kept["valid_to"] == "2027-09-30"
    with pytest.raises(DBAPIError):
        session.execute(text("DELETE FROM record_history"))


def test_a_certification_stands_on_the_day_of_its_signature_until_it_is_issued(session, actors):
    person = certified_person(session, actors)
    assert [(each.on, each.since) for each in events(session, person.id) if each.kind == "certification"] == [(ON, date(2026, 11, 10))]
