"""権限の画面: rows in office words, sentences before saving, effect with the next request."""

import re

import pytest

from tests.office_pages import ticks_on


def _version(page):
    return re.search(r'name="version" value="(\w+)"', page)[1]


@pytest.fixture
def admin(login, app):
    """The administrator's client; what the test ticked is taken back afterwards."""
    client = login("admin1")
    before = ticks_on(client.get("/roles/").text)
    yield client
    client.post("/roles/", data={"version": _version(client.get("/roles/").text), "tick": before})
    assert ticks_on(client.get("/roles/").text) == before


def test_the_matrix_speaks_office_japanese(login):
    page = login("admin1").get("/roles/").text
    assert "相違を確認して決める" in page and "決裁・管理" in page and "受託入力" in page
    assert "can_" not in page


def test_the_matrix_is_there_in_english_too(login):
    client = login("admin1")
    client.post("/lang/en")
    page = client.get("/roles/").text
    assert "Settle differences" in page and "Contract entry" in page


def test_what_would_change_is_read_in_sentences_and_nothing_is_saved_yet(admin):
    page = admin.get("/roles/").text
    wished = [*ticks_on(page), "entry:list.export"]
    answer = admin.post("/roles/preview", data={"version": _version(page), "tick": wished})
    assert "「入力」に「一覧を出力する」を加える" in answer.text
    assert "entry:list.export" not in ticks_on(admin.get("/roles/").text)


def test_a_saved_tick_works_with_the_next_request_of_somebody_already_logged_in(admin, login):
    clerk = login("clerk1")
    assert clerk.post("/recipients/export", data={}).status_code == 403
    page = admin.get("/roles/").text
    admin.post("/roles/", data={"version": _version(page), "tick": [*ticks_on(page), "entry:list.export"]})
    assert clerk.post("/recipients/export", data={}).status_code != 403


def test_a_stale_table_is_refused_with_what_was_ticked_still_there(admin):
    answer = admin.post("/roles/preview", data={"version": "0" * 16, "tick": ["entry:list.export"]})
    assert answer.status_code == 422 and "ほかの人が先に" in answer.text
    assert ticks_on(answer.text) == ["entry:list.export"]


def test_going_back_keeps_the_ticks(admin):
    answer = admin.post("/roles/", data={"version": "x", "tick": ["entry:list.export"], "back": "1"})
    assert ticks_on(answer.text) == ["entry:list.export"]


def test_the_last_keys_stay(admin):
    page = admin.get("/roles/").text
    wished = [each for each in ticks_on(page) if each != "admin:roles.edit"]
    answer = admin.post("/roles/", data={"version": _version(page), "tick": wished})
    assert answer.status_code == 422 and "いなくなります" in answer.text


def test_a_tick_that_is_not_ours_is_nobodys_wish(admin):
    page = admin.get("/roles/").text
    wished = [*ticks_on(page), "Admin:everything", "entry:everything"]
    assert "変更がありません" in admin.post("/roles/preview", data={"version": _version(page), "tick": wished}).text
