"""請求の画面: from the counter to the copy in her hand, each step on the screen of whoever may take it."""

import re

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from tests.life import certified_person


@pytest.fixture
def number(engine: Engine, actors) -> str:
    with Session(engine) as session:
        made = certified_person(session, actors)
        session.commit()
        return str(made.recipient_number)


def test_a_disclosure_from_the_counter_to_the_copy(login, engine, number):
    reviewer, manager = login("reviewer1"), login("manager1")
    typed = {"number": number, "kind": "disclosure", "received_on": "R8.11.20", "requester": "self", "wish": "保有する情報のすべて"}
    assert "種類" in reviewer.post("/requests/", data=typed | {"number": "9999999"}).text
    answer = reviewer.post("/requests/", data=typed)
    place = answer.headers["Location"]
    assert re.fullmatch(r"/requests/\d+", place)
    assert "本人を確かめる" in reviewer.get(place).text and "あと26日" in manager.get("/requests/").text
    reviewer.post(f"{place}/identify", data={"proof": "1"})
    assert "決定する" not in reviewer.get(place).text
    assert manager.post(f"{place}/preview").data.startswith(b"%PDF")
    assert "決定を選んでください" in manager.post(f"{place}/decide", data={}, follow_redirects=True).text
    manager.post(f"{place}/decide", data={"decision": "part", "reason": "医師の情報を除く", "left_out": ["clinical_form"]})
    copy = manager.post(f"{place}/copy", data={"form": "zip"})
    assert copy.mimetype == "application/zip" and "disclosure" in copy.headers["Content-Disposition"]
    page = manager.get(place).text
    assert "交付・通知済み" in page and "臨床調査個人票" in page
    assert manager.post(f"{place}/copy", follow_redirects=True).text.count("いまその操作ができません") == 1
    assert manager.get("/requests/999999").status_code == 404


def test_a_correction_by_request_is_asked_for_on_the_record_and_comes_back_to_the_request(login, engine, number):
    reviewer, manager = login("reviewer1"), login("manager1")
    typed = {"number": number, "kind": "correction", "received_on": "R8.11.20", "requester": "self", "wish": "カナを直してほしい"}
    place = reviewer.post("/requests/", data=typed).headers["Location"]
    reviewer.post(f"{place}/identify", data={"proof": "1"})
    manager.post(f"{place}/decide", data={"decision": "whole"})
    record = re.search(r'href="(/corrections/patient/\d+)\?request=(\d+)"', reviewer.get(place).text)
    assert record is not None and "訂正請求による訂正" in reviewer.get(f"{record[1]}?request={record[2]}").text
    answer = reviewer.post(record[1], data={"request": record[2], "attribute": "patient_name_kana", "value": "ヨシダ ハルコ"})
    assert answer.headers["Location"] == place and "承認待ち" in reviewer.get(place).text
    assert manager.post(f"{place}/copy").headers["Location"] == place
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM request_correction WHERE request_id = :id"), {"id": int(record[2])}) == 1
