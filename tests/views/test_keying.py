"""入力の画面: what reaches the second clerk's browser, and what the office refuses to take."""

import re

import pytest
from sqlalchemy.orm import Session

from models.sheet import Keying
from tests.office import NEW_APPLICATION, keyed, received

LONG = {**NEW_APPLICATION, "patient.patient_name": "長い名前の人" * 9, "patient.patient_phone": ""}


def keyed_once(engine, actors, answers, unreadable=()) -> int:
    """A committed sheet that clerk1 keyed with *answers*; its id."""
    with Session(engine) as session:
        sheet = received(session, actors)
        keyed(session, actors["clerk1"], sheet, answers, unreadable)
        session.commit()
        return sheet.id


def without_marks(page: str) -> str:
    """The page without what differs between any two sheets: numbers of the sheet and one-time marks."""
    for pattern in (r'name="(csrf_token|form_key|submission_key)" value="[^"]*"', r'nonce="[^"]*"', r"R8-07-\d{6}",
                    r'(/keying/submit/|/queue/return/|data-keying="|data-sheet=")\d+'):
        page = re.sub(pattern, "", page)
    return page


def test_the_second_clerk_receives_the_same_bytes_whatever_the_first_typed(login, engine, actors):
    sheets = [keyed_once(engine, actors, NEW_APPLICATION), keyed_once(engine, actors, LONG, ("patient.patient_sex",))]
    client = login("clerk2")
    pages = [without_marks(client.post(f"/keying/{sheet}", follow_redirects=True).text) for sheet in sheets]
    assert "第二入力" in pages[0]
    assert pages[0] == pages[1]


def test_a_second_opener_is_told_who_has_the_sheet(login, engine, actors):
    with Session(engine) as session:
        sheet = received(session, actors)
        session.commit()
        sheet_id = sheet.id
    first = login("clerk1")
    assert "入力を始める" in first.get(f"/keying/{sheet_id}").text
    assert 'data-keying="' in first.post(f"/keying/{sheet_id}", follow_redirects=True).text
    assert "入力 一郎さんが入力中です" in login("clerk2").get(f"/keying/{sheet_id}", follow_redirects=True).text
    answer = login("clerk2").post(f"/keying/{sheet_id}", follow_redirects=True)
    assert "入力 一郎さんが入力中です" in answer.text


def test_a_double_submission_is_stored_once(login, engine, actors):
    with Session(engine) as session:
        sheet = received(session, actors)
        session.commit()
        sheet_id = sheet.id
    client = login("clerk1")
    page = client.post(f"/keying/{sheet_id}", follow_redirects=True).text
    address = re.search(r'action="(/keying/submit/\d+)"', page).group(1)
    form = {f"f:{name}": text for name, text in NEW_APPLICATION.items()}
    form["submission_key"] = re.search(r'name="submission_key" value="([^"]+)"', page).group(1)
    assert [client.post(address, data=form).status_code for _ in range(2)] == [302, 302]
    with Session(engine) as session:
        assert session.query(Keying).filter_by(sheet_id=sheet_id).count() == 1


@pytest.mark.parametrize("sent", [[], {"raw": 1}, {"raw": {"patient.patient_name": 1}}, {"raw": {}, "unreadable": "x"}])
def test_a_draft_that_our_screen_never_sends_is_refused(login, engine, actors, sent):
    with Session(engine) as session:
        sheet = received(session, actors)
        session.commit()
        sheet_id = sheet.id
    client = login("clerk1")
    page = client.post(f"/keying/{sheet_id}", follow_redirects=True).text
    keying = re.search(r'data-keying="(\d+)"', page).group(1)
    assert client.post(f"/keying/draft/{keying}", json=sent).status_code == 400


@pytest.mark.parametrize("text", ["a\x00b", "\ud842"])
def test_a_character_that_no_text_can_hold_is_refused_and_the_draft_stays(login, engine, actors, text):
    with Session(engine) as session:
        sheet = received(session, actors)
        session.commit()
        sheet_id = sheet.id
    client = login("clerk1")
    keying = re.search(r'data-keying="(\d+)"', client.post(f"/keying/{sheet_id}", follow_redirects=True).text).group(1)
    assert client.post(f"/keying/draft/{keying}", json={"raw": {"patient.patient_name": "山田"}}).status_code == 200
    assert client.post(f"/keying/draft/{keying}", json={"raw": {"patient.patient_name": text}}).status_code == 400
    assert 'value="山田"' in client.get(f"/keying/{sheet_id}").text
    assert client.post("/recipients/search", data={"q": "a\x00b"}).status_code == 400
