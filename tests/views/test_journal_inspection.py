"""点検の画面: the auditor asks by span, sees numbers and no names, and writes down how far the journal is sealed."""

import pytest


@pytest.fixture
def auditor(login):
    return login("auditor1")


def test_what_stands_out_is_shown_with_its_marks_and_leads_to_the_entries(auditor):
    page = auditor.get("/inspection/").text
    assert "普段と違うもの" in page and "40人以上" in page
    answer = auditor.post("/inspection/", data={"from": "R8.11.1", "to": "R8.11.30", "by": "clerk"})
    assert answer.headers["Location"] == "/inspection/?by=clerk"
    assert 'value="R8.11.1"' in auditor.get("/inspection/").text


@pytest.mark.parametrize("by", ["clerk", "day", "person"])
def test_who_saw_how_many(auditor, login, by):
    login("manager1").get("/recipients/")
    auditor.post("/inspection/", data={"from": "2020-01-01", "to": "2020-01-31", "by": by})
    assert "この期間の記録はありません" in auditor.get(f"/inspection/?by={by}").text


@pytest.mark.parametrize(("first", "last", "words"), [("R8.2.30", "R8.3.1", "日付"), ("R8.11.2", "R8.11.1", "3か月以内"), ("R8.1.1", "R8.12.1", "3か月")])
def test_a_span_that_cannot_be_asked_is_told(auditor, first, last, words):
    answer = auditor.post("/inspection/", data={"from": first, "to": last})
    assert answer.status_code == 422 and words in answer.text


def test_the_file_goes_out_with_its_reason_only(auditor):
    assert auditor.post("/inspection/file", data={"reason": ""}).status_code == 302
    answer = auditor.post("/inspection/file", data={"reason": "定期監査のため"})
    assert answer.mimetype == "text/csv" and "目印" in answer.data.decode("utf-8-sig")


def test_how_far_the_journal_is_sealed(auditor):
    page = auditor.get("/inspection/seal").text
    assert "動いています" in page and "根のハッシュ" in page


def test_who_asks_for_what_she_may_not_see_leaves_a_row(auditor, login):
    assert login("clerk1").get("/journal/").status_code == 403
    page = auditor.post("/journal/search", data={"action": "refused"}, follow_redirects=True).text
    assert "JournalView.rows" in page and "入力 一郎" in page
