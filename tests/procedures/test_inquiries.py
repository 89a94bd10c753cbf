"""照会: asked, reminded, answered one by one or from a file; the case's recorded items always say the same."""

from datetime import timedelta

import pytest

from models.insurance import ClinicalForm, Insurance
from procedures import inquiries
from procedures.inquiries import (
    AskedAlready,
    NoSuchInquiry,
    NothingAsked,
    answer,
    ask,
    request_file,
    take_answers,
)
from tests.office import ON, registered


def test_an_inquiry_stands_in_the_recorded_items_of_its_case(session, actors):
    application = registered(session, actors)
    made = ask(session, actors["reviewer1"], application.id, "physician", "重症度の記載を確かめたい", ON)
    form = session.query(ClinicalForm).filter_by(application_id=application.id).one()
    assert (form.physician_inquiry, form.physician_inquiry_date, form.physician_inquiry_closed_date) == ("1", ON, None)
    answer(session, actors["reviewer1"], made.id, "Ⅲ度で間違いない", ON + timedelta(days=3))
    assert (form.physician_inquiry, form.physician_inquiry_closed_date) == ("2", ON + timedelta(days=3))
    with pytest.raises(NoSuchInquiry):
        answer(session, actors["reviewer1"], made.id, "もう一度", ON)


def test_one_question_of_a_kind_at_a_time_and_asked_again_says_so(session, actors):
    application = registered(session, actors)
    made = ask(session, actors["reviewer1"], application.id, "insurer", "適用区分", ON)
    with pytest.raises(AskedAlready):
        ask(session, actors["reviewer1"], application.id, "insurer", "適用区分", ON)
    answer(session, actors["reviewer1"], made.id, "", ON, "ウ")
    assert session.query(Insurance).filter_by(application_id=application.id).one().insurance_class == "ウ"
    assert ask(session, actors["reviewer1"], application.id, "insurer", "年度が変わったため", ON).state == "3"
    with pytest.raises(NothingAsked):
        ask(session, actors["reviewer1"], application.id, "tax", " ", ON)


@pytest.mark.parametrize(("days", "overdue"), [(14, 0), (15, 1)])
def test_the_age_counts_in_days_and_is_overdue_from_the_day_after_the_last(session, actors, days, overdue):
    application = registered(session, actors)
    made = ask(session, actors["reviewer1"], application.id, "insurer", "適用区分", ON)
    (row,) = [each for each in inquiries.waiting(session, actors["reviewer1"], ON + timedelta(days=days))
              if each.inquiry.id == made.id]
    assert (row.age, row.overdue) == (days, overdue)


def test_a_reminder_gives_a_new_time_and_only_what_is_late_is_reminded(session, actors):
    application, late = registered(session, actors), ON + timedelta(days=15)
    made = ask(session, actors["reviewer1"], application.id, "insurer", "適用区分", ON)
    with pytest.raises(inquiries.NothingOverdue):
        inquiries.remind_overdue(session, actors["reviewer1"], late - timedelta(days=1))
    assert inquiries.remind_overdue(session, actors["reviewer1"], late) == 1
    assert (made.reminded_on, made.due_on) == (late, late + timedelta(days=14))
    with pytest.raises(inquiries.NothingOverdue):
        inquiries.remind_overdue(session, actors["reviewer1"], late)


def test_a_list_goes_out_and_its_answers_come_in_once(session, actors):
    application = registered(session, actors)
    made = ask(session, actors["reviewer1"], application.id, "insurer", "=適用区分", ON)
    sent = request_file(session, actors["reviewer1"], "insurer", ON)
    assert str(made.id) in sent and "'=適用区分" in sent and "110015" in sent
    back = f"照会番号,適用区分,回答\r\n{made.id},エ,\r\n999999999,ウ,\r\n{made.id},か,\r\n12x,ア,\r\n{made.id},,\r\n"
    report = take_answers(session, actors["reviewer1"], "answers.csv", back.encode("utf-8-sig"), ON)
    assert (report.read, report.accepted, report.rejected, report.held) == (5, 1, 3, 1)
    assert {(fault.line, fault.item) for fault in report.errors} == {(3, "照会番号"), (4, "適用区分"), (5, "照会番号")}
    again = take_answers(session, actors["reviewer1"], "answers.csv", back.encode("utf-8-sig"), ON)
    assert (again.accepted, again.already) == (0, 1)


def test_a_file_that_is_no_table_changes_nothing(session, actors):
    report = take_answers(session, actors["reviewer1"], "x.csv", b"\xff\xfe\x00", ON)
    assert report.errors[0].line == 0 and report.read == 0
