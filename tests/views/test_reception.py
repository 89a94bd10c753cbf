"""受付の画面: a paper gets its number, and a refused one loses nothing that was typed."""

from io import BytesIO

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
