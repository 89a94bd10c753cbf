"""通知: each kind says the city's wording and the case's facts, once with a number, again as a reprint."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.certification import Notice
from models.codes import Facility, Insurer
from models.letter import Letter
from procedures.certification import DEFECT, HELD, Proposal, draft, sign_off
from procedures.inquiries import ask
from procedures.letters import KINDS, NoSuchLetter, WordingWrong, possible, print_letter, publish, wording_in_force
from procedures.review import review_documents
from tests.life import CITY, certified_person, loss, paper, signed, taxed
from tests.office import NEW_APPLICATION, NOW, ON, registered
from tests.procedures.test_issue import text_of


@pytest.fixture(autouse=True)
def masters(session):
    """The institution and the insurer of the papers are known."""
    session.add(Facility(number="1111012348", name="見本総合病院", kind="病院", postal_code="3300061", address="見本市松町2番地",
                         valid_from=date(2015, 1, 1), source="試験"))
    session.add(Insurer(number="110015", name="見本市国民健康保険", valid_from=date(2015, 1, 1), source="試験"))
    session.flush()


def said(session, actors, application, kind, on=ON) -> str:
    return text_of(print_letter(session, actors["manager1"], application.id, kind, CITY, on, NOW))


def test_the_certification_notice_and_the_institutions_follow_the_sign_off(session, actors):
    application = registered(session, actors)
    taxed(session, actors, application)
    signed(session, actors, application)
    assert possible(session, application)[:2] == ["certified", "facility"]
    words = said(session, actors, application, "certified")
    for expected in ("支給認定通知書", "𠮷田 邉", "令和8年11月20日に申請", "令和8年11月10日 から 令和9年9月30日 まで", "10,000円",
                     "パーキンソン病", "見保疾第", "見本市長"):
        assert expected in words, expected
    notice = session.query(Notice).filter_by(application_id=application.id).one()
    assert (notice.applicant_notice_date, notice.facility_notice) == (ON, "1")
    assert "御中" in said(session, actors, application, "facility")
    assert (notice.facility_notice, notice.facility_notice_date) == ("2", ON)


def test_a_second_print_keeps_number_and_day_and_says_that_it_is_one(session, actors):
    application = registered(session, actors)
    first = said(session, actors, application, "correction")
    again = said(session, actors, application, "correction", ON + timedelta(days=2))
    one, two = session.query(Letter).filter_by(application_id=application.id).order_by(Letter.id)
    assert (one.is_reprint, two.is_reprint, one.document_number) == (False, True, two.document_number)
    assert one.document_number in first and "令和8年11月24日" in again
    with pytest.raises(DBAPIError):
        session.execute(text("UPDATE letter SET dated = dated + 1 WHERE id = :id"), {"id": one.id})


def test_the_request_for_correction_names_what_is_missing_and_until_when(session, actors):
    words = said(session, actors, registered(session, actors), "correction")
    assert "臨床調査個人票" in words and "令和8年12月8日までに" in words


def test_a_refusal_says_why_and_how_to_object_a_hold_what_is_awaited(session, actors):
    for result, reason, kind, expected in ((DEFECT, "05", "refused", "指定医以外の診断書"), (HELD, "02", "held", "課税情報の確認待ち")):
        application = paper(session, actors, "new_application", NEW_APPLICATION)
        taxed(session, actors, application)
        review_documents(session, actors["reviewer1"], application.id, "3", None, ON)
        draft(session, actors["reviewer1"], application.id, Proposal(result, reason), CITY, ON)
        assert "伺います" in said(session, actors, application, "draft")
        sign_off(session, actors["manager1"], application.id, ON)
        words = said(session, actors, application, kind)
        assert expected in words and ("3か月以内" in words) == (kind == "refused")


def test_an_inquiry_goes_to_who_can_answer_it(session, actors):
    application = registered(session, actors)
    for kind in ("physician", "insurer", "tax", "mild_high_cost"):
        ask(session, actors["reviewer1"], application.id, kind, "確認事項あり", ON)
    assert "見本 医師" in said(session, actors, application, "physician_inquiry")
    assert "適用区分" in said(session, actors, application, "insurer_inquiry")
    assert "確認事項あり" in said(session, actors, application, "tax_inquiry")
    assert "御中" in said(session, actors, application, "cost_inquiry")


def test_a_loss_has_its_notice(session, actors):
    words = said(session, actors, loss(session, actors, certified_person(session, actors)), "loss")
    assert "死亡" in words and "令和8年11月20日" in words


def test_a_letter_the_case_does_not_call_for_is_refused(session, actors):
    with pytest.raises(NoSuchLetter):
        print_letter(session, actors["manager1"], registered(session, actors).id, "certified", CITY, ON, NOW)


def test_the_citys_own_wording_holds_from_its_day_and_what_was_sent_keeps_the_old(session, actors):
    publish(session, actors["admin1"], "correction", "補正のお願い", "{氏名}様の申請について。", "", ON + timedelta(days=7), ON)
    assert wording_in_force(session, "correction", ON + timedelta(days=6)).number == 1
    assert wording_in_force(session, "correction", ON + timedelta(days=7)).subject == "補正のお願い"


@pytest.mark.parametrize(("subject", "body", "since"), [
    ("", "本文", ON), ("件名", " ", ON), ("件名", "{個人番号}", ON), ("件名", "本文", date(2026, 11, 23))])
def test_a_wording_that_cannot_be_filled_in_is_refused(session, actors, subject, body, since):
    with pytest.raises(WordingWrong):
        publish(session, actors["admin1"], "held", subject, body, "", since, ON)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_letter_has_its_wording(session, kind):
    assert wording_in_force(session, kind, ON).subject
