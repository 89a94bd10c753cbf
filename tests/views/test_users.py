"""利用者の画面: one-time passwords are seen once, and open only their own change."""

import re
from io import BytesIO

import pytest

OWN = "まどぐちの あさは しずかだ 2026"


@pytest.fixture
def admin(login):
    return login("admin1")


def _number(admin, username):
    return re.search(rf'href="/users/(\d+)">{username}<', admin.get("/users/").text)[1]


def _version(page):
    return re.search(r'name="version" value="(\w+)"', page)[1]


def _secret(page):
    return re.search(r'class="secret">([\w-]+)<', page)[1]


def _add(admin, username):
    answer = admin.post("/users/new", data={"username": username, "family": "新任", "given": "花", "roles": "entry"})
    assert answer.status_code == 200
    return _secret(answer.text)


def test_the_list_shows_who_may_do_what(admin):
    page = admin.get("/users/").text
    assert "clerk1" in page and "決裁・管理" in page and "最後のログイン" in page


def test_a_search_keeps_its_words_out_of_the_address(admin):
    answer = admin.post("/users/search", data={"words": "二葉"})
    assert "clerk2" in answer.text and "clerk3" not in answer.text and answer.status_code == 200


@pytest.mark.parametrize("after", ["abc", "-1", "9" * 30])
def test_an_address_typed_by_hand_breaks_nothing(admin, after):
    assert admin.get(f"/users/?after={after}").status_code == 200


def test_a_new_person_chooses_her_own_password_before_anything_else_opens(admin, app):
    temporary, client = _add(admin, "fresh1"), app.test_client()
    client.post("/login/", data={"username": "fresh1", "password": temporary})
    assert client.get("/queue/").headers["Location"] == "/password/"
    assert client.get("/lookup/disease?q=6", headers={"Accept": "application/json"}).status_code == 403
    wrong = client.post("/password/", data={"old": temporary, "new": "short", "again": "short"})
    assert wrong.status_code == 422 and "15文字以上" in wrong.text
    assert client.post("/password/", data={"old": temporary, "new": OWN, "again": OWN}).status_code == 302
    assert client.get("/queue/").status_code == 200


def test_a_new_password_kills_the_cookie_of_before_and_the_screen_goes_on(admin, app):
    temporary, here, thief = _add(admin, "fresh2"), app.test_client(), app.test_client()
    here.post("/login/", data={"username": "fresh2", "password": temporary})
    thief.set_cookie("nanbyo", here.get_cookie("nanbyo").value)
    here.post("/password/", data={"old": temporary, "new": OWN, "again": OWN})
    assert here.get("/queue/").status_code == 200
    assert thief.get("/queue/").headers["Location"] == "/login/"


def test_new_roles_end_the_login_of_the_person(admin, app):
    temporary, client = _add(admin, "fresh7"), app.test_client()
    client.post("/login/", data={"username": "fresh7", "password": temporary})
    number = _number(admin, "fresh7")
    admin.post(f"/users/{number}", data={"version": _version(admin.get(f"/users/{number}").text), "family": "新任",
                                         "given": "花", "roles": "audit"})
    assert client.get("/password/").headers["Location"] == "/login/"


def test_the_temporary_password_is_shown_once(admin):
    temporary = _add(admin, "fresh3")
    number = _number(admin, "fresh3")
    assert temporary not in admin.get(f"/users/{number}").text and temporary not in admin.get("/users/").text


def test_a_stopped_person_is_out_at_once_and_comes_back_with_a_new_password(admin, app):
    temporary, client = _add(admin, "fresh4"), app.test_client()
    client.post("/login/", data={"username": "fresh4", "password": temporary})
    number = _number(admin, "fresh4")
    page = admin.get(f"/users/{number}").text
    admin.post(f"/users/{number}/stop", data={"version": _version(page)})
    assert client.get("/password/").headers["Location"] == "/login/"
    page = admin.get(f"/users/{number}").text
    assert "停止中なので、何もできません" in page
    given = admin.post(f"/users/{number}/resume", data={"version": _version(page)}).text
    client.post("/login/", data={"username": "fresh4", "password": _secret(given)})
    assert client.get("/password/").status_code == 200


def test_what_was_typed_stays_when_an_account_is_refused(admin):
    answer = admin.post("/users/new", data={"username": "clerk1", "family": "重複", "given": "花", "roles": "entry"})
    assert answer.status_code == 422 and "すでに使われています" in answer.text
    assert 'value="重複"' in answer.text and 'href="#username"' in answer.text and 'value="entry" checked' in answer.text


def test_a_person_page_says_in_office_words_what_she_can_do(admin):
    page = admin.get(f"/users/{_number(admin, 'manager1')}").text
    assert "決裁する" in page and "can_" not in page


def test_one_does_not_find_the_buttons_to_stop_oneself(admin):
    number = _number(admin, "admin1")
    page = admin.get(f"/users/{number}").text
    assert "/stop" not in page
    admin.post(f"/users/{number}/stop", data={"version": _version(page)})
    assert admin.get("/users/").status_code == 200


def test_a_file_is_read_in_sentences_before_it_is_saved(admin):
    file = "利用者名,姓,名,役割,状態\nfresh5,新任,葵,入力,有効\n"
    page = admin.post("/users/take-in", data={"file": (BytesIO(file.encode()), "users.csv")}).text
    assert "次の1人が変わります" in page and "fresh5" not in admin.get("/users/").text
    given = admin.post("/users/take-in/save", data={"version": _version(page)}).text
    assert _secret(given) and "fresh5" in admin.get("/users/").text
    again = admin.post("/users/take-in/save", data={"version": _version(page)})
    assert again.headers["Location"] == "/users/take-in"


def test_a_faulty_file_names_the_line_and_takes_nothing_in(admin):
    file = "利用者名,姓,名,役割,状態\nfresh6,新任,葵,課長,有効\n"
    answer = admin.post("/users/take-in", data={"file": (BytesIO(file.encode()), "users.csv")})
    assert answer.status_code == 422 and "「課長」という役割はありません" in answer.text and ">2<" in answer.text


def test_a_file_that_is_no_table_is_told_so(admin):
    answer = admin.post("/users/take-in", data={"file": (BytesIO(b"\xff\xfe\x00"), "users.csv")})
    assert answer.status_code == 422 and "文字コード" in answer.text


def test_the_list_goes_out_as_a_file(admin):
    out = admin.get("/users/file")
    assert out.mimetype == "text/csv" and "clerk1,入力,一郎,入力,有効" in out.data.decode("utf-8-sig")
