"""所得判定から交付まで: each step on its screen, by the people whose step it is."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models.application import Application
from models.certification import Certification
from models.journal import JournalEntry
from procedures.assessment import household_of
from tests.office import registered

Login = Callable[[str], FlaskClient]


@pytest.fixture
def case_id(engine: Engine, actors) -> int:
    """A committed application that waits for its assessment."""
    with Session(engine) as session:
        application = registered(session, actors)
        household_of(session, application.id)
        session.commit()
        return application.id


def step(client: FlaskClient, address: str, **form: str) -> str:
    answer = client.post(address, data=form, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def assess(client: FlaskClient, case_id: int) -> str:
    page = client.get(f"/assessment/{case_id}").text
    members = sorted(set(re.findall(r'name="taxation:(\d+)"', page)), key=int)
    form = {f"taxation:{member}": "1" for member in members} | {f"income_levy_yen:{members[0]}": "94,600"}
    return step(client, f"/assessment/{case_id}", **form)


def test_the_whole_way_from_tax_to_certificate(login: Login, case_id: int, engine: Engine):
    reviewer, manager = login("reviewer1"), login("manager1")
    assert "10,000" in assess(reviewer, case_id)
    step(reviewer, f"/review/{case_id}", document_review="1")
    assert "起案しました" in step(reviewer, f"/certification/{case_id}/draft", certification="1")
    page = manager.get(f"/certification/{case_id}").text
    assert "決裁のときに採番" in page and "54117015" in page and "令和8年11月10日" in page
    assert "決裁しました" in step(manager, f"/certification/{case_id}/sign")
    with Session(engine) as session:
        certification = session.query(Certification).filter_by(application_id=case_id).one().id
    assert f"/issue/{certification}/preview" in manager.get("/issue/").text
    assert manager.get(f"/issue/{certification}/preview").data.startswith(b"%PDF")
    printed = manager.post(f"/issue/{certification}")
    assert printed.mimetype == "application/pdf" and printed.data.startswith(b"%PDF")
    assert "再印刷の理由を入力してください" in step(manager, f"/issue/{certification}")
    with Session(engine) as session:
        assert session.get(Application, case_id).state == "issued"


def test_what_cannot_be_judged_says_so_and_keeps_what_was_typed(login: Login, case_id: int):
    client = login("reviewer1")
    member = re.findall(r'name="taxation:(\d+)"', client.get(f"/assessment/{case_id}").text)[0]
    answer = client.post(f"/assessment/{case_id}", data={f"taxation:{member}": "1", f"income_levy_yen:{member}": "94600"})
    assert answer.status_code == 400
    assert "全員の課税区分を入力してください" in answer.text and 'value="94600"' in answer.text


def test_the_drafter_is_not_offered_the_sign_off(login: Login, case_id: int):
    manager = login("manager1")
    assess(manager, case_id)
    step(login("reviewer1"), f"/review/{case_id}", document_review="1")
    step(manager, f"/certification/{case_id}/draft", certification="1")
    assert "起案した本人は決裁できません" in manager.get(f"/certification/{case_id}").text
    assert "起案した人は決裁できません" in step(manager, f"/certification/{case_id}/sign")


def test_a_bulk_sign_off_first_shows_what_changes(login: Login, case_id: int):
    reviewer, manager = login("reviewer1"), login("manager1")
    assess(reviewer, case_id)
    step(reviewer, f"/review/{case_id}", document_review="1")
    step(reviewer, f"/certification/{case_id}/draft", certification="1")
    assert "1件が変わります" in step(manager, "/certification/bulk", cases=str(case_id))
    assert "1件を決裁しました" in step(manager, "/certification/bulk", cases=str(case_id), confirmed="1")


@pytest.mark.parametrize("who", ["clerk1", "admin1", "auditor1"])
@pytest.mark.parametrize("address", ["/assessment/", "/review/", "/certification/", "/issue/"])
def test_the_steps_stay_closed_to_those_whose_they_are_not(login: Login, who: str, address: str):
    assert login(who).get(address).status_code == 403


def test_a_list_of_cases_leaves_whom_it_showed_in_the_journal(login: Login, case_id: int, engine: Engine):
    login("reviewer1").get("/assessment/")
    with Session(engine) as session:
        person = session.get_one(Application, case_id).recipient_id
        told = session.query(JournalEntry).filter_by(action="listed", actor_name="審査 史子").order_by(
            JournalEntry.id.desc()).first()
        assert person in told.detail["recipients"]
