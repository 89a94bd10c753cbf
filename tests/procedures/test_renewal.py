"""更新時期: everybody due has one place, letters go out by range and resume, each step is derived from what happened."""

from datetime import date, timedelta

import pytest

from models.renewal import RenewalNotice
from models.work_item import WorkItem
from procedures import renewal
from procedures.jobs import take, work
from procedures.refusal import Refused
from procedures.renewal import NobodyDue, NothingToPrint, SeasonExists, ask_to_print, came_back, followed, open_season
from procedures.renewal_print import RenewalJob
from procedures.sealed_folder import SealedFolder
from tests.life import CITY, certified_person, loss, paper
from tests.office import NEW_APPLICATION, NOW
from tests.procedures.test_issue import text_of

ENDS, OPENS, CLOSES = date(2027, 9, 30), date(2027, 7, 2), date(2027, 8, 17)
JUNE = date(2027, 6, 1)


@pytest.fixture
def season(session, actors):
    people = [certified_person(session, actors, **{"patient.patient_name": name, "patient.patient_postal_code": code})
              for name, code in (("見本 二郎", "3300062"), ("見本 一郎", "3300061"), ("見本 三郎", "3300063"))]
    return open_season(session, actors["manager1"], ENDS, OPENS, CLOSES), people


def steps(session, actors, season, on=JUNE) -> list[tuple[str, str]]:
    return [(row.name, row.step) for row in followed(session, actors["manager1"], season.id, on)]


def printed(session, actors, season, tmp_path, kind="renewal", first=1, last=9, on=JUNE) -> bytes:
    files = SealedFolder(tmp_path, b"job", b"k" * 32)
    job = ask_to_print(session, actors["manager1"], season.id, kind, first, last, on)
    assert take(session, NOW).id == job.id
    assert work(session, job.id, RenewalJob(files, CITY, on, lambda: NOW), lambda: NOW) == "done"
    return files.read(job.result)


def test_everybody_who_ends_on_that_day_has_a_place_in_the_order_of_addresses(session, actors, season):
    made, _ = season
    assert [name for name, _ in steps(session, actors, made)] == ["見本 一郎", "見本 二郎", "見本 三郎"]
    with pytest.raises(SeasonExists):
        open_season(session, actors["manager1"], ENDS, OPENS, CLOSES)


@pytest.mark.parametrize("ends", [date(2027, 9, 29), date(2027, 10, 1)])
def test_who_ends_a_day_before_or_after_is_not_chosen(session, actors, ends):
    certified_person(session, actors)
    with pytest.raises(NobodyDue):
        open_season(session, actors["manager1"], ends, OPENS, CLOSES)


def test_the_days_of_a_season_stand_in_order(session, actors):
    with pytest.raises(Refused, match="順"):
        open_season(session, actors["manager1"], ENDS, CLOSES, OPENS)


def test_letters_and_prefilled_sheets_are_printed_and_followed(session, actors, season, tmp_path):
    made, people = season
    said = "".join(text_of(printed(session, actors, made, tmp_path)).split())
    for words in ("見本一郎", "見本三郎", "令和9年7月2日から令和9年8月17日まで", "パーキンソン病", people[0].recipient_number,
                  "支給認定申請書(更新)"):
        assert words in said, words
    assert {step for _, step in steps(session, actors, made)} == {"sent"}
    assert renewal.counts(session, made.id, ENDS + timedelta(days=1)) == {"overdue": 3}


def test_a_range_is_printed_again_and_a_range_without_people_is_refused(session, actors, season, tmp_path):
    made, _ = season
    printed(session, actors, made, tmp_path)
    said = text_of(printed(session, actors, made, tmp_path, first=2, last=2))
    assert "見本 二郎" in said and "見本 一郎" not in said
    with pytest.raises(NothingToPrint):
        ask_to_print(session, actors["manager1"], made.id, "renewal", 4, 9, JUNE)


def test_a_stopped_print_goes_on_where_it_was(session, actors, season, tmp_path, monkeypatch):
    made, _ = season
    monkeypatch.setattr("procedures.renewal_print.CHUNK", 1)
    files = SealedFolder(tmp_path, b"job", b"k" * 32)
    job = ask_to_print(session, actors["manager1"], made.id, "renewal", 1, 9, JUNE)
    take(session, NOW)
    handler = RenewalJob(files, CITY, JUNE, lambda: NOW)
    job.total = handler.plan(session, job)
    job.done += handler.step(session, job)
    assert [step for _, step in steps(session, actors, made)] == ["sent", "waiting", "waiting"]
    assert work(session, job.id, RenewalJob(files, CITY, JUNE, lambda: NOW), lambda: NOW) == "done"
    assert text_of(files.read(job.result)).count("更新手続について") == 3


def test_who_applied_is_received_then_in_review_and_gets_no_reminder(session, actors, season, tmp_path):
    made, people = season
    printed(session, actors, made, tmp_path)
    answers = NEW_APPLICATION | {"application.written_recipient_number": str(people[1].recipient_number),
                                 "application.application_date": "20270705", "patient.patient_name": people[1].name}
    known = {name: text for name, text in answers.items() if not name.endswith(("is_main", "diagnosed_date"))}
    paper(session, actors, "renewal", known, date(2027, 7, 5))
    loss(session, actors, people[2])
    assert dict(steps(session, actors, made)) == {"見本 一郎": "received", "見本 二郎": "sent", "見本 三郎": "ended"}
    said = text_of(printed(session, actors, made, tmp_path, "reminder", on=date(2027, 9, 1)))
    assert "見本 二郎" in said and "見本 一郎" not in said and "まだお済みでない" in said
    assert session.query(RenewalNotice).filter_by(recipient_id=people[0].id).one().reminded_on == date(2027, 9, 1)


def test_the_code_of_a_sheet_opens_its_person_and_no_other_code_does(session, actors, season):
    made, _ = season
    first = followed(session, actors["manager1"], made.id, JUNE)[0]
    assert renewal.season_of_token(session, f"R{first.notice_id:09}").id == first.recipient_id
    for wrong in ("", "R", "R999999999", "X000000001", "R00000000a"):
        assert renewal.season_of_token(session, wrong) is None


def test_a_letter_that_came_back_is_seen_in_the_list(session, actors, season):
    made, _ = season
    first = followed(session, actors["manager1"], made.id, JUNE)[0]
    came_back(session, actors["manager1"], first.notice_id, JUNE)
    assert followed(session, actors["manager1"], made.id, JUNE)[0].came_back_on == JUNE


def test_who_ran_out_without_a_renewal_is_told_once_and_loses_nothing_by_itself(session, actors, season):
    _, people = season
    assert renewal.tell_expired(session, actors["manager1"], ENDS) == 0
    assert renewal.tell_expired(session, actors["manager1"], ENDS + timedelta(days=1)) == 3
    assert renewal.tell_expired(session, actors["manager1"], ENDS + timedelta(days=2)) == 0
    assert session.query(WorkItem).filter_by(recipient_id=people[0].id, kind="expired").count() == 1
