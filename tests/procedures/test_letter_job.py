"""通知の一括印刷: what was decided or asked and not told yet, all of a kind at once, each with its number and its day."""

from datetime import timedelta

import pytest

from models.certification import Notice
from models.job import Job
from models.letter import Letter
from procedures import jobs
from procedures.actor import Actor
from procedures.inquiries import ask, remind
from procedures.letter_job import LetterJob, NothingDue, ask_to_print, due
from procedures.protection import protect
from procedures.sealed_folder import SealedFolder
from tests.life import CITY, certified_person
from tests.office import NOW, ON, registered


@pytest.fixture
def folder(tmp_path):
    return SealedFolder(tmp_path, b"job", b"k" * 32)


def print_all(session, folder, job: Job) -> str:
    job.state = "running"
    session.flush()
    return jobs.work(session, job.id, LetterJob(folder, CITY, ON, lambda: NOW), lambda: NOW)


def test_what_was_decided_is_due_until_it_is_printed(session, actors, folder):
    before = due(session, actors["reviewer1"]).get("certified", 0)
    first, second = certified_person(session, actors), certified_person(session, actors)
    assert due(session, actors["reviewer1"])["certified"] == before + 2
    job = ask_to_print(session, actors["reviewer1"], "certified")
    assert print_all(session, folder, job) == "done" and job.done >= 2
    assert folder.read(job.result).startswith(b"%PDF")
    letters = session.query(Letter).filter(Letter.recipient_id.in_((first.id, second.id)), Letter.kind == "certified").all()
    assert len({each.document_number for each in letters}) == 2 and {each.dated for each in letters} == {ON}
    assert all(each.applicant_notice_date == ON for each in session.query(Notice).filter(
        Notice.application_id.in_([letter.application_id for letter in letters])))
    assert "certified" not in due(session, actors["reviewer1"])
    with pytest.raises(NothingDue):
        ask_to_print(session, actors["reviewer1"], "certified")


def test_an_inquiry_is_due_once_and_its_reminder_again(session, actors, folder):
    reviewer, application = actors["reviewer1"], registered(session, actors)
    made = ask(session, reviewer, application.id, "physician", "重症度", ON - timedelta(days=40))
    assert due(session, reviewer)["physician_inquiry"] == 1 and "inquiry_reminder" not in due(session, reviewer)
    print_all(session, folder, ask_to_print(session, reviewer, "physician_inquiry"))
    assert "physician_inquiry" not in due(session, reviewer)
    remind(session, reviewer, made.id, ON)
    job = ask_to_print(session, reviewer, "inquiry_reminder")
    assert print_all(session, folder, job) == "done" and job.faults == []
    assert "inquiry_reminder" not in due(session, reviewer)


def test_a_protected_persons_notice_waits_for_who_may_see(session, actors):
    person = certified_person(session, actors)
    protect(session, actors["manager1"], person.id, ON, "申出書")
    seer = Actor(actors["manager1"].user_id, "", sees_withheld=True)
    assert due(session, seer)["certified"] == due(session, actors["reviewer1"]).get("certified", 0) + 1


@pytest.mark.parametrize("kind", ["draft", "correction", "renewal", "nothing"])
def test_what_is_printed_from_its_own_case_or_season_is_not_printed_here(session, actors, kind):
    with pytest.raises(NothingDue):
        ask_to_print(session, actors["reviewer1"], kind)
