"""受付の画面: a paper gets its number, and a refused one loses nothing that was typed."""

from datetime import date
from io import BytesIO

from sqlalchemy.orm import Session

from tests.city import settle

PAPER = {"kind": "new_application", "received": "R8.11.24", "counter": "07", "batch": "12"}


def test_a_received_sheet_is_answered_with_its_number_once(login):
    client = login("clerk1")
    assert client.post("/reception/", data=PAPER).status_code == 302
    assert 'class="big">R8-07-' in client.get("/reception/").text
    assert 'class="big"' not in client.get("/reception/").text


def test_a_refused_reception_keeps_what_was_typed(login):
    answer = login("clerk1").post("/reception/", data={**PAPER, "received": "R9.1.1", "remarks": "至急"})
    assert answer.status_code == 400
    assert "今日より後の日付です" in answer.text and "至急" in answer.text


def test_a_file_that_is_no_scan_is_refused_in_words(login):
    from_disk = {**PAPER, "scan": (BytesIO(b"MZ not a scan"), "paper.pdf")}
    answer = login("clerk1").post("/reception/", data=from_disk)
    assert answer.status_code == 400 and "PDF・PNG・JPEGとして開けません" in answer.text


def test_a_person_without_the_right_receives_nothing(login):
    assert login("auditor1").get("/reception/").status_code == 403


def test_the_counter_finds_who_is_known_already_by_kana_and_birth_date(login, engine):
    with Session(engine) as session:
        settle(session, {"name": "受付　花子", "kana": "ウケツケ　ハナコ", "birth": date(1951, 3, 9)}, noise=5, source="test_reception")
        session.commit()
    client = login("clerk1")
    for typed, found in (("S26.3.9", True), ("3260310", False)):
        answer = client.post("/recipients/search", data={"recipient.name_kana": "うけつけ", "recipient.birth_date": typed,
                                                         "recipient.recipient_number": ""}, follow_redirects=True)
        assert ("受付　花子" in answer.text) is found
