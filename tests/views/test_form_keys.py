"""一度だけ: a form that is sent twice has one effect and one answer, however it came to be sent twice."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from config import ROOT

TEMPLATES = ROOT / "views" / "templates"
# Its form carries the marks of the form that was held back (parts/fields of presence/fresh.html); the other fills its token by script.
WITHOUT = {"presence/fresh.html", "login/back.html"}


def test_every_posting_form_carries_its_key():
    bare = set()
    for path in sorted(TEMPLATES.rglob("*.html")):
        page = path.read_text()
        marks = ["form_marks()", *(
            f"{{{{ {name} }}}}" for name, said in re.findall(r"{%-? set (\w+) -?%}(.*?){%-? endset -?%}", page, re.DOTALL)
            if "form_marks()" in said)]
        bare |= {f"{path.relative_to(TEMPLATES)}" for form in re.findall(
            r"<form\b[^>]*method=\"post\".*?</form>", page, re.DOTALL | re.IGNORECASE) if not any(each in form for each in marks)}
    assert bare == WITHOUT


def bank(**more):
    return {"number": "9991", "name": "見本銀行", "name_kana": "ミホン", "source": "見本", "valid_from": "R8.4.1", "valid_to": "", **more}


@pytest.fixture
def count(engine):
    def counted() -> int:
        with engine.connect() as connection:
            return int(connection.scalar(text("SELECT count(*) FROM journal_entry WHERE action = 'administered'")))
    return counted


def posted(client, fields):
    return client.post("/masters/banks/add", data=fields)


def a_bank(client, number):
    page = client.get("/masters/banks/add").text
    names = re.findall(r'<input id="(\w+)"', page)
    return {name: bank().get(name, "") for name in names} | {"number": number} | {
        "form_key": re.findall(r'name="form_key" value="([^"]+)"', page)[-1]}


def test_a_replayed_form_has_one_effect_and_the_same_answer(login, count):
    client = login("admin1")
    fields = a_bank(client, "9991")
    before = count()
    first = posted(client, fields)
    assert first.status_code == 302, first.text
    again = posted(client, fields)
    assert (again.status_code, again.headers["Location"]) == (302, first.headers["Location"])
    assert count() == before + 1


def test_twenty_at_once_have_one_effect_and_one_answer(app, login, count):
    client = login("admin1")
    fields = a_bank(client, "9992")
    cookie = client.get_cookie("nanbyo").value
    before = count()

    def send(_):
        other = app.test_client()
        other.set_cookie("nanbyo", cookie)
        answer = posted(other, fields)
        return answer.status_code, answer.headers.get("Location")

    with ThreadPoolExecutor(5) as people:
        assert set(people.map(send, range(20))) == {(302, "/masters/banks/list/")}
    assert count() == before + 1


def test_what_was_refused_may_be_corrected_under_the_same_key(login, count):
    client = login("admin1")
    fields = a_bank(client, "9993")
    before = count()
    assert posted(client, fields | {"valid_from": ""}).status_code == 422
    assert posted(client, fields).status_code == 302
    assert count() == before + 1


def test_the_key_of_another_person_gives_nothing_away(login, engine):
    client = login("admin1")
    posted(client, a_bank(client, "9994"))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM form_key WHERE location = '/masters/banks/list/'")) >= 1
    assert login("clerk1").post("/masters/banks/add", data=bank()).status_code == 403


def test_a_browser_form_without_a_key_is_not_taken(app, login):
    client = login("admin1")
    app.config["WTF_CSRF_CHECK_DEFAULT"] = True
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        assert client.post("/masters/banks/search", data={}).status_code == 400
    finally:
        app.config["WTF_CSRF_CHECK_DEFAULT"] = False
        app.config["WTF_CSRF_ENABLED"] = True
