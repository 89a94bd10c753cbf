"""個人番号の画面: one at a time, for a reason, for the one role; nothing of it in any other page."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from config import Settings
from procedures.keying import claim, submit
from procedures.vault import Vault, numbers_of
from tests.office import NOW, ON, received, registered
from tests.procedures.test_number_registration import FIELD, NUMBER, answers


@pytest.fixture
def clerks(actors):
    return {name: replace(actor, handles_numbers=True) for name, actor in actors.items()}


@pytest.fixture
def person(engine: Engine, settings: Settings, clerks) -> tuple[int, int]:
    """A recipient whose number is registered: her id and the number's."""
    vault = Vault(settings.keys())
    with Session(engine) as session:
        application = registered(session, clerks)
        sheet = received(session, clerks, "number_report")
        for name in ("clerk1", "clerk2"):
            keying = claim(session, clerks[name], sheet.id, NOW)
            submit(session, clerks[name], keying.id, answers(application.acceptance_number), (), f"n-{keying.id}", NOW,
                   ON, vault)
        session.commit()
        [(_, number)] = numbers_of(session, application.recipient_id)
        return application.recipient_id, number.id


@pytest.fixture
def waiting(engine: Engine, clerks) -> int:
    with Session(engine) as session:
        sheet = received(session, clerks, "number_report")
        session.commit()
        return sheet.id


def plain(page: str) -> str:
    return re.sub(r"[\s-]", "", page)


def test_the_page_hides_the_number_until_a_reason_is_given(login, person):
    client = login("numbers1")
    assert NUMBER not in plain(client.get(f"/numbers/{person[0]}").text)
    refused = client.post(f"/numbers/{person[0]}", data={"number": person[1], "reason": " "})
    assert refused.status_code == 422 and NUMBER not in plain(refused.text)
    shown = client.post(f"/numbers/{person[0]}", data={"number": person[1], "reason": "情報照会の入力のため"})
    assert NUMBER in plain(shown.text) and shown.headers["Cache-Control"] == "no-store"


def test_the_journal_knows_who_saw_it_and_why_and_not_what_it_is(login, person, engine):
    login("numbers1").post(f"/numbers/{person[0]}", data={"number": person[1], "reason": "本人からの問い合わせ"})
    with engine.connect() as connection:
        entry = connection.execute(text(
            "SELECT reason, subject_kind, t::text FROM journal_entry t WHERE detail ? 'individual_number'"
            " ORDER BY id DESC LIMIT 1")).one()
    assert entry[:2] == ("本人からの問い合わせ", "individual_number") and NUMBER not in entry[2]


@pytest.mark.parametrize("username", ["clerk1", "reviewer1", "manager1", "admin1", "auditor1"])
def test_nobody_else_opens_it(login, person, username):
    assert login(username).get(f"/numbers/{person[0]}").status_code == 403


def test_the_clerk_who_comes_back_to_her_draft_does_not_get_the_number_back(login, waiting):
    client = login("clerk1")
    page = client.post(f"/keying/{waiting}", follow_redirects=True).text
    keying = re.search(r'data-keying="(\d+)"', page).group(1)
    assert client.post(f"/keying/draft/{keying}", json={"raw": {FIELD: NUMBER}}).status_code == 200
    again = client.get(f"/keying/{waiting}").text
    assert NUMBER not in plain(again) and "入力済み" in again

