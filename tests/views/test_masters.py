"""台帳の画面: administrators keep code lists; nobody else sees the screens, and nothing is deleted."""

import re
from io import BytesIO

import pytest


def test_an_administrator_sees_every_table_in_japanese(login):
    page = login("admin1").get("/masters/").text
    assert "申請区分" in page and "指定難病" in page and "金融機関の支店" in page


@pytest.mark.parametrize("noun", ["diseases", "facilities", "insurers", "municipalities", "banks", "branches",
                                  "counter"])
def test_each_table_opens_with_its_source_and_dates(login, noun):
    client = login("admin1")
    assert client.get(f"/masters/{noun}/").status_code == 200
    form = client.get(f"/masters/{noun}/new").text
    assert "出典" in form and "開始日" in form and "終了日" in form


def test_a_code_list_has_a_column_for_the_citys_own_code(login):
    assert "市の独自コード" in login("admin1").get("/masters/counter/").text


def test_a_row_is_added_then_ended(login):
    client = login("admin1")
    row = {"code": "93", "label": "支所", "valid_from": "R9.4.1", "source": "市の要領"}
    assert client.post("/masters/counter/new", data=row).status_code == 302
    page = client.get("/masters/counter/?q=93").text
    assert "これから" in page and "令和9年4月1日" in page
    number = re.search(r'href="/masters/counter/(\d+)"', page)[1]
    shown = client.get(f"/masters/counter/{number}").text
    version = re.search(r'name="version" id="version" value="(\d+)"', shown)[1]
    changed = row | {"version": version, "valid_to": "R9.4.30"}
    assert client.post(f"/masters/counter/{number}", data=changed).status_code == 302
    assert "令和9年4月30日" in client.get("/masters/counter/?q=93").text


def test_what_was_typed_stays_when_a_row_is_refused(login):
    answer = login("admin1").post("/masters/counter/new", data={"code": "94", "label": "出張所", "valid_from": "x",
                                                                "source": "市"})
    assert answer.status_code == 422 and "出張所" in answer.text and 'href="#valid_from"' in answer.text


def test_a_list_goes_out_as_csv_and_comes_back(login):
    client = login("admin1")
    out = client.get("/masters/relationship/file")
    assert out.mimetype == "text/csv" and "市の独自コード" in out.data.decode("utf-8-sig")
    back = client.post("/masters/relationship/file", data={"file": (BytesIO(out.data), "list.csv")})
    assert back.status_code == 200 and "登録済み 16 件" in back.text


@pytest.mark.parametrize("noun", ["people", "ab_user"])
def test_there_is_no_screen_for_other_tables(login, noun):
    assert login("admin1").get(f"/masters/{noun}/").status_code == 404


@pytest.mark.parametrize("username", ["clerk1", "reviewer1", "manager1", "auditor1", "numbers1"])
def test_only_administrators_open_the_masters(login, username):
    client = login(username)
    assert client.get("/masters/").status_code == 403
    assert client.post("/masters/counter/new", data={}).status_code == 403
