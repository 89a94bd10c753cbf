"""台帳の画面: administrators keep code lists; nobody else sees the screens, and nothing is deleted."""

import re
from io import BytesIO

import pytest


def test_an_administrator_sees_every_table_in_japanese(login):
    page = login("admin1").get("/masters/").text
    assert "申請区分" in page and "指定難病" in page and "金融機関の支店" in page


COUNTER = "/masters/codes/counter"


@pytest.mark.parametrize("noun", ["diseases", "facilities", "insurers", "municipalities", "banks", "branches",
                                  "codes/counter"])
def test_each_table_opens_with_its_source_and_dates(login, noun):
    client = login("admin1")
    assert client.get(f"/masters/{noun}/list/").status_code == 200
    form = client.get(f"/masters/{noun}/add").text
    assert "出典" in form and "開始日" in form and "終了日" in form


def test_a_code_list_has_a_column_for_the_citys_own_code(login):
    assert "市の独自コード" in login("admin1").get(f"{COUNTER}/list/").text


def row_like(**typed):
    """Every field of the form of a code, as a browser sends it."""
    return {"code": "", "label": "", "label_en": "", "own_code": "", "position": "0", "valid_from": "", "valid_to": "",
            "source": ""} | typed


def search(client, address, **terms):
    """Narrow a list by terms that each must equal or begin a column, and return the page."""
    client.post(f"{address}/search", data={f"is:{column}": text for column, text in terms.items()})
    return client.get(f"{address}/list/").text


def test_a_row_is_added_then_ended(login):
    client = login("admin1")
    row = row_like(code="93", label="支所", valid_from="R9.4.1", source="市の要領")
    assert client.post(f"{COUNTER}/add", data=row).status_code == 302
    page = search(client, COUNTER, code="93")
    assert "これから" in page and "令和9年4月1日" in page
    number = re.search(rf'href="{COUNTER}/show/(\d+)"', page)[1]
    assert "行を直す・終える" in client.get(f"{COUNTER}/show/{number}").text
    version = re.search(r'name="version" value="(\d+)"', client.get(f"{COUNTER}/edit/{number}").text)[1]
    changed = row | {"version": version, "valid_to": "R9.4.30"}
    assert client.post(f"{COUNTER}/edit/{number}", data=changed).status_code == 302
    assert "令和9年4月30日" in search(client, COUNTER, code="93")


def test_what_was_typed_stays_when_a_row_is_refused(login):
    answer = login("admin1").post(f"{COUNTER}/add", data=row_like(code="94", label="出張所", valid_from="x", source="市"))
    assert answer.status_code == 422 and "出張所" in answer.text and 'href="#valid_from"' in answer.text


def test_a_row_of_another_list_is_not_found_under_this_one(login):
    client = login("admin1")
    number = re.search(r'href="/masters/codes/sex/show/(\d+)"', client.get("/masters/codes/sex/list/").text)[1]
    assert client.get(f"{COUNTER}/show/{number}").status_code == 404
    assert client.get(f"{COUNTER}/edit/{number}").status_code == 404
    assert client.post(f"{COUNTER}/edit/{number}", data=row_like(code="1", version="1")).status_code == 404


def test_what_procedures_refuse_is_said_at_its_field(login):
    answer = login("admin1").post("/masters/facilities/add", data={
        "number": "1111012349", "name": "見本病院", "kind": "病院", "postal_code": "", "address": "", "phone": "",
        "valid_from": "R8.4.1", "valid_to": "", "source": "通知"})
    assert answer.status_code == 422 and 'href="#number"' in answer.text and "検証番号が合いません" in answer.text
    assert 'value="見本病院"' in answer.text


def test_a_list_is_narrowed_by_a_part_of_the_name(login):
    client = login("admin1")
    assert re.search(r'name="op:name".*?<option value="2" selected>(.*?)</option>', client.get("/masters/diseases/list/").text)
    client.post("/masters/diseases/search", data={"is:name": "ーキンソン", "op:name": "2"})
    page = client.get("/masters/diseases/list/").text
    assert "パーキンソン病" in page and "球脊髄性筋萎縮症" not in page and "条件を外す" in page


def test_a_list_goes_out_as_csv_and_comes_back(login):
    client = login("admin1")
    out = client.get("/masters/codes/relationship/file")
    assert out.mimetype == "text/csv" and "市の独自コード" in out.data.decode("utf-8-sig")
    back = client.post("/masters/codes/relationship/take-in", data={"file": (BytesIO(out.data), "list.csv")})
    assert back.status_code == 200 and "登録済み 16 件" in back.text


@pytest.mark.parametrize("noun", ["people", "codes/people", "codes/ab_user", "codes/diseases"])
def test_there_is_no_screen_for_other_tables(login, noun):
    assert login("admin1").get(f"/masters/{noun}/list/").status_code == 404


@pytest.mark.parametrize("username", ["clerk1", "reviewer1", "manager1", "auditor1", "numbers1"])
def test_only_administrators_open_the_masters(login, username):
    client = login(username)
    assert client.get("/masters/").status_code == 403
    assert client.post(f"{COUNTER}/add", data={}).status_code == 403
