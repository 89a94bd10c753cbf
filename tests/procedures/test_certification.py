"""認定: assessed, reviewed, drafted by one and signed off by another; and every short cut is closed."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from config import DEMO_CITY
from models.certification import Certification
from models.recipient import Recipient
from procedures.assessment import Circumstances, NotAssessable, OtherCap, TaxFigures, assess, household_of
from procedures.certification import (
    CERTIFIED,
    DEFECT,
    REFUSED,
    DraftersOwn,
    NoBoardOpinion,
    NoDefect,
    NoReasonGiven,
    NothingToSign,
    Overlapping,
    Proposal,
    draft,
    send_back,
    sign_off,
)
from procedures.city import city_of
from procedures.model_row import DraftChanged, mark_of
from procedures.progress import OutOfOrder
from procedures.review import record_board_opinion, review_documents
from rules.numbers import valid
from tests.life import taxed
from tests.office import NOW, ON, registered

CITY = city_of(DEMO_CITY)


def assessed(session, actors, levy: int = 94_600, **figures):
    application = registered(session, actors)
    tax = [TaxFigures(member.id, "1", levy if member.member_relationship == "00" else 0, **figures)
           for member in household_of(session, application.id)]
    return application, assess(session, actors["reviewer1"], application.id, tax, Circumstances(), CITY, NOW)


def reviewed(session, actors):
    application, _ = assessed(session, actors)
    review_documents(session, actors["reviewer1"], application.id, "1", None, ON)
    return application


def certified(session, actors) -> Certification:
    application = reviewed(session, actors)
    draft(session, actors["reviewer1"], application.id, Proposal(CERTIFIED), CITY, ON)
    return sign_off(session, actors["manager1"], application.id, ON)


@pytest.mark.parametrize(("levy", "tier", "cap"), [(94_666, "C1", 10_000), (94_667, "C2", 20_000), (334_667, "D", 30_000)])
def test_the_household_levy_decides_tier_and_cap_with_reasons(session, actors, levy, tier, cap):
    _, result = assessed(session, actors, levy)
    assert (result.tier, result.copay_cap_yen) == (tier, cap)
    assert any("施行令1条" in reason for reason in result.reasons)


def test_a_newcomer_taxed_elsewhere_is_not_scaled(session, actors):
    _, result = assessed(session, actors, 94_600, taxed_by="112038")
    assert result.tier == "C2"


def test_without_the_members_taxation_there_is_no_tier(session, actors):
    application = registered(session, actors)
    with pytest.raises(NotAssessable, match="課税区分"):
        assess(session, actors["reviewer1"], application.id, [], Circumstances(), CITY, NOW)


def test_the_ventilator_and_the_apportionment_lower_the_cap(session, actors):
    application = registered(session, actors)
    tax = [TaxFigures(member.id, "1", 400_000) for member in household_of(session, application.id)]
    result = assess(session, actors["reviewer1"], application.id, tax, Circumstances(others=(OtherCap(10_000),)), CITY, NOW)
    assert result.copay_cap_yen == 22_500 and result.is_apportioned
    result = assess(session, actors["reviewer1"], application.id, tax, Circumstances(ventilator=True), CITY, NOW)
    assert result.copay_cap_yen == 1_000


def test_sign_off_certifies_with_numbers_and_a_period(session, actors):
    certification = certified(session, actors)
    assert valid("payer", certification.payer_number) and valid("recipient", certification.recipient_number)
    assert str(certification.valid_from) == "2026-11-10" and str(certification.valid_to) == "2027-09-30"
    person = session.get(Recipient, certification.recipient_id)
    assert (person.state, person.recipient_number, person.tier) == ("certified", certification.recipient_number, "C1")


def test_recipient_numbers_follow_one_another_without_a_gap(session, actors):
    first, second = certified(session, actors), certified(session, actors)
    assert int(second.recipient_number[:6]) == int(first.recipient_number[:6]) + 1


def test_the_drafter_does_not_sign_off(session, actors):
    application = reviewed(session, actors)
    draft(session, actors["manager1"], application.id, Proposal(CERTIFIED), CITY, ON)
    with pytest.raises(DraftersOwn):
        sign_off(session, actors["manager1"], application.id, ON)


def test_a_refusal_needs_the_boards_opinion_but_a_formal_defect_does_not(session, actors):
    application = reviewed(session, actors)
    with pytest.raises(NoBoardOpinion):
        draft(session, actors["reviewer1"], application.id, Proposal(REFUSED, "01"), CITY, ON)
    with pytest.raises(NoDefect):
        draft(session, actors["reviewer1"], application.id, Proposal(DEFECT, "05"), CITY, ON)
    taxed(session, actors, application)
    review_documents(session, actors["reviewer1"], application.id, "3", None, ON)
    with pytest.raises(NoReasonGiven):
        draft(session, actors["reviewer1"], application.id, Proposal(DEFECT, "01"), CITY, ON)
    draft(session, actors["reviewer1"], application.id, Proposal(DEFECT, "05"), CITY, ON)
    assert sign_off(session, actors["manager1"], application.id, ON).certification == DEFECT


def test_the_board_may_refuse(session, actors):
    application, _ = assessed(session, actors)
    review_documents(session, actors["reviewer1"], application.id, "2", None, ON)
    with pytest.raises(OutOfOrder):
        draft(session, actors["reviewer1"], application.id, Proposal(CERTIFIED), CITY, ON)
    record_board_opinion(session, actors["reviewer1"], application.id, "2", False, ON)
    draft(session, actors["reviewer1"], application.id, Proposal(REFUSED, "01"), CITY, ON)
    refusal = sign_off(session, actors["manager1"], application.id, ON)
    assert (refusal.certification, refusal.refusal_reason, refusal.recipient_number) == (REFUSED, "01", None)


@pytest.mark.parametrize("came", ["sheet_id = sheet_id", "sheet_id = NULL, conversion = 'former system'"])
def test_the_database_refuses_nobody_without_the_boards_opinion_even_with_two_signatures(session, actors, came):
    application = reviewed(session, actors)
    session.execute(text(f"UPDATE application SET {came} WHERE id = :id"), {"id": application.id})
    session.expire_all()
    draft(session, actors["reviewer1"], application.id, Proposal(CERTIFIED), CITY, ON)
    session.execute(text("UPDATE decision SET sign_off = '1', sign_off_date = now(), signed_by = :by WHERE application_id = :id"),
                    {"by": actors["manager1"].user_id, "id": application.id})
    with pytest.raises(DBAPIError, match="needs the opinion of the review board"):
        session.execute(text("INSERT INTO certification (application_id, recipient_id, certification, refusal_reason) "
                             "SELECT id, recipient_id, '2', '01' FROM application WHERE id = :id"), {"id": application.id})


def test_what_is_sent_back_is_drafted_again(session, actors):
    application = reviewed(session, actors)
    draft(session, actors["reviewer1"], application.id, Proposal(CERTIFIED), CITY, ON)
    send_back(session, actors["manager1"], application.id, "有効期間を確かめてください")
    with pytest.raises(NothingToSign):
        sign_off(session, actors["manager1"], application.id, ON)
    draft(session, actors["reviewer1"], application.id, Proposal(CERTIFIED), CITY, ON)
    assert sign_off(session, actors["manager1"], application.id, ON).certification == CERTIFIED


def test_a_signer_signs_the_draft_she_saw_and_no_later_one(session, actors):
    application = reviewed(session, actors)
    seen = mark_of(draft(session, actors["reviewer1"], application.id, Proposal(CERTIFIED), CITY, ON))
    send_back(session, actors["manager1"], application.id, "有効期間を確かめてください")
    now = draft(session, actors["reviewer1"], application.id, Proposal("3", "01"), CITY, ON)
    with pytest.raises(DraftChanged):
        sign_off(session, actors["manager1"], application.id, ON, seen)
    assert application.state == "drafted"
    sign_off(session, actors["manager1"], application.id, ON, mark_of(now))
    assert application.state == "held"


def test_two_periods_of_one_person_never_overlap(session, actors):
    first = certified(session, actors)
    application = reviewed(session, actors)
    session.execute(text("UPDATE application SET recipient_id = :one WHERE id = :two"),
                    {"one": first.recipient_id, "two": application.id})
    session.expire_all()
    draft(session, actors["reviewer1"], application.id, Proposal(CERTIFIED), CITY, ON)
    with pytest.raises(Overlapping):
        sign_off(session, actors["manager1"], application.id, ON)


@pytest.mark.parametrize("attack", [
    "INSERT INTO certification (application_id, recipient_id, certification) SELECT id, recipient_id, '5' FROM application WHERE id = {a}",
    "UPDATE decision SET signed_by = drafted_by, sign_off = '1', sign_off_date = now() WHERE application_id = {a}",
    "UPDATE application SET state = 'certified' WHERE id = {a}", "UPDATE application SET state = 'refused' WHERE id = {a}",
    "UPDATE application SET state = 'held' WHERE id = {a}",
])
def test_the_database_closes_the_short_cuts_before_sign_off(session, actors, attack):
    application = reviewed(session, actors)
    draft(session, actors["reviewer1"], application.id, Proposal(CERTIFIED), CITY, ON)
    with pytest.raises(DBAPIError):
        session.execute(text(attack.format(a=application.id)))


@pytest.mark.parametrize("attack", [
    "UPDATE decision SET proposal = '{{}}' WHERE application_id = {a}", "DELETE FROM decision WHERE application_id = {a}",
    "UPDATE certification SET certification = '2' WHERE application_id = {a}",
    "INSERT INTO certification (application_id, recipient_id, certification, valid_from, valid_to, payer_number, "
    "recipient_number) SELECT {a}, recipient_id, '1', valid_from, valid_to, payer_number, recipient_number "
    "FROM certification WHERE application_id = {a}",
])
def test_the_database_keeps_what_was_signed(session, actors, attack):
    certification = certified(session, actors)
    with pytest.raises(DBAPIError):
        session.execute(text(attack.format(a=certification.application_id)))


