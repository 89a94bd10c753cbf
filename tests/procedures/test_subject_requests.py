"""開示・訂正・利用停止の請求: step by step by two people, in its term; the copy holds everything and tells of nobody else."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import pypdfium2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.journal import Action
from procedures import journal
from procedures.corrections import decide as decide_correction
from procedures.disclosure import copy_of
from procedures.person import open_page
from procedures.subject_requests import (
    AnotherDecides,
    Asked,
    NotNow,
    SayMore,
    ask_correction,
    decide,
    extend,
    hand_over,
    identify,
    look,
    open_requests,
    preview,
    receive,
    records_of,
    withdraw,
)
from reports.disclosure import MASKED
from tests.life import CITY, certified_person
from tests.office import NOW, ON

RECEIVED = date(2026, 11, 2)


@pytest.fixture
def person(session, actors):
    """Somebody certified who lives with another, and whom several people looked at."""
    made = certified_person(session, actors)
    journal.record(session, actors["clerk3"], Action.SAW, made, recipient_id=made.id, reason="窓口の照会")
    journal.record(session, actors["manager1"], Action.LISTED, detail={"listing": "recipients", "recipients": [made.id, made.id + 1]})
    journal.record(session, actors["manager1"], Action.LISTED, detail={"listing": "recipients", "recipients": [made.id + 1]})
    session.flush()
    return made


@pytest.fixture
def asked(session, actors, person):
    """``asked(kind, requester)`` → a received request of hers."""
    def asked(kind="disclosure", requester="self", name=""):
        return receive(session, actors["reviewer1"], Asked(kind, person.id, RECEIVED, requester, name, "保有する情報のすべて"), ON)
    return asked


@pytest.fixture
def decided(session, actors, asked):
    """``decided(kind, decision)`` → a request that two people brought to its decision."""
    def decided(kind="disclosure", decision="whole", left_out=(), **how):
        made = asked(kind, **how)
        identify(session, actors["reviewer1"], made.id, "1", ON)
        return decide(session, actors["manager1"], made.id, decision, "" if decision == "whole" else "範囲のとおり", left_out, ON)
    return decided


def _told(copy):
    return {(section.title, label): text for section in copy.sections for row in section.rows for label, text in row}


def test_a_request_has_its_number_and_its_term_of_thirty_days_extended_once(session, actors, asked):
    made = asked()
    assert made.number.startswith("R8-D-") and made.due_on == date(2026, 12, 2)
    with pytest.raises(SayMore):
        extend(session, actors["reviewer1"], made.id, " ")
    assert extend(session, actors["reviewer1"], made.id, "記録が多い").due_on == date(2027, 1, 1)
    with pytest.raises(NotNow):
        extend(session, actors["reviewer1"], made.id, "もう一度")


@pytest.mark.parametrize("spoiled", [
    {"kind": "x"}, {"requester": "x"}, {"recipient_id": 0}, {"wish": " "}, {"received_on": ON + timedelta(days=1)},
    {"requester": "agent", "requester_name": ""}])
def test_what_is_missing_on_a_request_is_said(session, actors, person, spoiled):
    whole = {"kind": "disclosure", "recipient_id": person.id, "received_on": RECEIVED, "requester": "self", "requester_name": "", "wish": "x"}
    with pytest.raises(SayMore):
        receive(session, actors["reviewer1"], Asked(**(whole | spoiled)), ON)


def test_identity_first_then_another_decides_then_it_is_handed_over_once(session, actors, asked):
    made = asked()
    for too_early in (lambda: decide(session, actors["manager1"], made.id, "whole", "", (), ON),
                      lambda: hand_over(session, actors["manager1"], made.id, "pdf", CITY, ON, NOW)):
        with pytest.raises(NotNow):
            too_early()
    with pytest.raises(SayMore):
        identify(session, actors["reviewer1"], made.id, "?", ON)
    identify(session, actors["reviewer1"], made.id, "1", ON)
    with pytest.raises(AnotherDecides):
        decide(session, actors["reviewer1"], made.id, "whole", "", (), ON)
    with pytest.raises(SayMore):
        decide(session, actors["manager1"], made.id, "none", " ", (), ON)
    decide(session, actors["manager1"], made.id, "whole", "", (), ON)
    content = hand_over(session, actors["manager1"], made.id, "pdf", CITY, ON, NOW)
    assert content.startswith(b"%PDF") and made.state == "handed_over" and len(made.package_sha256) == 64
    with pytest.raises(NotNow):
        hand_over(session, actors["manager1"], made.id, "pdf", CITY, ON, NOW)


@pytest.mark.parametrize("statement", [
    "UPDATE subject_request SET state = 'handed_over', handed_over_by = decided_by", "DELETE FROM subject_request",
    "UPDATE subject_request SET state = 'decided', decision = 'whole', decided_by = identified_by",
    "UPDATE subject_request SET recipient_id = recipient_id + 1"])
def test_the_table_refuses_what_skips_a_step(session, actors, asked, statement):
    identify(session, actors["reviewer1"], asked().id, "1", ON)
    with pytest.raises(DBAPIError):
        session.execute(text(statement))


def test_her_copy_holds_her_records_her_accesses_and_of_others_only_that_they_are_there(session, actors, person, decided):
    made = decided()
    copy = copy_of(session, made, CITY, ON)
    told = _told(copy)
    assert told["本人", "本人個人氏名"] == "𠮷田 邉󠄏子" and told["申請", "申請区分"] == "新規" and told["病名", "疾患番号"].startswith("6 ")
    assert told["臨床調査個人票", "臨床調査個人票作成医"] == MASKED
    lines = next(section for section in copy.sections if section.title == "世帯員").rows
    assert sorted(dict(row)["世帯員氏名"] for row in lines) == sorted([MASKED, "𠮷田 邉󠄏子"])
    assert {"認定", "所得判定", "起案・決裁", "入力", "受付票", "個人番号"} <= {title for title, _ in told}
    everything = json.dumps([list(told.values()), [vars(each) for each in copy.accesses]], ensure_ascii=False, default=str)
    assert "𠮷田 太郎" not in everything and "見本 医師" not in everything and "邉󠄏子" in everything
    assert "入力 一郎" not in everything and "審査の職員" in everything  # who worked on it, by office and role
    assert [each.reason for each in copy.accesses if each.action == "閲覧" and each.reason] == ["窓口の照会"]
    assert len([each for each in copy.accesses if each.action == "一覧表示" and "決裁・管理" in each.who]) == 1


def test_before_she_was_on_the_ledger_her_paper_was_seen_too(session, actors, person, decided):
    actions = [each.action for each in copy_of(session, decided(), CITY, ON).accesses]
    assert actions.index("受付") < actions.index("入力") < actions.index("登録")


def test_a_city_may_name_its_clerks(session, actors, decided):
    named = copy_of(session, decided(), replace(CITY, disclosed_clerks="name"), ON)
    assert "入力 一郎" in {each.who for each in named.accesses}


def test_what_the_decision_leaves_out_is_named_and_not_told(session, actors, decided):
    copy = copy_of(session, decided(decision="part", left_out=("review", "clinical_form")), CITY, ON)
    assert copy.left_out == ("臨床調査個人票", "審査") and not {"審査", "臨床調査個人票"} & {section.title for section in copy.sections}


def test_a_withheld_persons_whereabouts_are_given_to_herself_alone(session, actors, person, decided):
    session.execute(text("UPDATE recipient SET is_withheld = true WHERE id = :id"), {"id": person.id})
    session.expire_all()
    address = "埼玉県さいたま市浦和区常盤6-4-4"
    own, other = (repr(_told(copy_of(session, decided(**how), CITY, ON))) for how in ({}, {"requester": "legal", "name": "代理 人"}))
    assert address in own and address not in other and "048-829-1111" not in other and "不開示" in other


def test_the_archive_holds_the_paper_both_tables_and_their_hashes(session, actors, decided):
    content = hand_over(session, actors["manager1"], decided().id, "zip", CITY, ON, NOW)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert set(archive.namelist()) == {"disclosure.pdf", "records.csv", "accesses.csv", "manifest.json"}
        records = archive.read("records.csv").decode("utf-8-sig")
        pages = pypdfium2.PdfDocument(archive.read("disclosure.pdf"))
    said = "".join(page.get_textpage().get_text_bounded() for page in pages)
    assert "本人の氏名" in said and "見た・扱った記録" in said and "田 邉" in records and "𠮷田 太郎" not in records + said


def test_that_the_copy_was_looked_at_and_that_it_left_is_journalled(session, actors, person, asked):
    made = asked()
    identify(session, actors["reviewer1"], made.id, "1", ON)
    preview(session, actors["manager1"], made.id, CITY, ON, NOW)
    decide(session, actors["manager1"], made.id, "whole", "", (), ON)
    hand_over(session, actors["manager1"], made.id, "pdf", CITY, ON, NOW)
    rows = session.execute(text("SELECT action, recipient_id FROM journal_entry WHERE subject_kind = 'subject_request' ORDER BY id")).all()
    assert [row.action for row in rows] == ["received", "changed", "saw", "decided", "exported"]
    assert {row.recipient_id for row in rows} == {person.id}


def test_a_correction_by_request_goes_through_two_people_and_stays_tied_to_it(session, actors, person, decided):
    made = decided("correction")
    row = session.scalar(text("SELECT p.id FROM patient p JOIN application a ON a.id = p.application_id WHERE a.recipient_id = :p"),
                         {"p": person.id})
    assert ("patient", row, "本人") in records_of(session, person.id)
    correction = ask_correction(session, actors["reviewer1"], made.id, "patient", row, "patient_name_kana", "ヨシダ ハルコ", NOW)
    assert made.number in correction.reason
    decide_correction(session, actors["manager1"], correction.id, True, NOW)
    _, _, led_to = look(session, actors["manager1"], made.id)
    assert [(each.id, each.state) for each in led_to] == [(correction.id, "approved")]
    session.refresh(person)
    assert person.name_kana == "ヨシダ ハルコ"
    assert hand_over(session, actors["manager1"], made.id, "pdf", CITY, ON, NOW) is None and made.state == "handed_over"


def test_only_what_was_granted_is_corrected_and_only_her_own(session, actors, person, decided):
    refused, granted = decided("correction", "none"), decided("correction")
    row = session.scalar(text("SELECT max(id) FROM patient"))
    with pytest.raises(NotNow):
        ask_correction(session, actors["reviewer1"], refused.id, "patient", row, "patient_name_kana", "ヨシダ", NOW)
    other = certified_person(session, actors, **{"patient.patient_name": "別人 一", "patient.patient_birth_date": "S40.1.1"})
    row = session.scalar(text("SELECT p.id FROM patient p JOIN application a ON a.id = p.application_id WHERE a.recipient_id = :p"),
                         {"p": other.id})
    with pytest.raises(NotNow, match="請求した人"):
        ask_correction(session, actors["reviewer1"], granted.id, "patient", row, "patient_name_kana", "ヨシダ", NOW)


def test_a_stop_of_use_is_said_on_her_page(session, actors, person, decided):
    decided("stop_use", "none")
    assert open_page(session, actors["manager1"], person.id, with_money=False, with_looks=False).stopped == []
    made = decided("stop_use", "part")
    assert open_page(session, actors["manager1"], person.id, with_money=False, with_looks=False).stopped == [(made.number, made.wish, made.decision_reason)]


def test_a_request_is_withdrawn_before_its_decision_only(session, actors, asked, decided):
    with pytest.raises(SayMore):
        withdraw(session, actors["reviewer1"], asked().id, "")
    assert withdraw(session, actors["reviewer1"], asked().id, "本人の申し出").state == "withdrawn"
    with pytest.raises(NotNow):
        withdraw(session, actors["reviewer1"], decided().id, "本人の申し出")


def test_the_list_begins_with_what_is_due_first(session, actors, asked, decided):
    later, sooner = asked(), asked()
    extend(session, actors["reviewer1"], later.id, "記録が多い")
    withdraw(session, actors["reviewer1"], asked().id, "本人の申し出")
    rows = open_requests(session, actors["manager1"], ON)
    assert [row.request.id for row in rows][:2] == [sooner.id, later.id] and rows[0].days_left == 8
