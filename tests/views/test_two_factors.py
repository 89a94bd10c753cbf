"""二つの認証: in an installation that is no trial nothing opens by one factor, whatever a browser brings along."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_login import encode_cookie
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app.building import create_app
from seeds.users import DEMO_PASSWORD
from tests.authenticator import VERIFIED, Cheat
from tests.conftest import close
from tests.door import COOKIE, finger, give_reader, half_in, later, logged_in
from tests.house.test_access import ACCESS, OPEN, _address

ORIGIN = "http://localhost:8000"
WHO = ("manager1", "admin1", "numbers1", "clerk1")


@pytest.fixture(scope="module")
def office(settings) -> Flask:
    """The same database, served as no trial."""
    app = create_app(replace(settings, demo=False, origin=ORIGIN))
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    yield app
    close(app)


@pytest.fixture(scope="module")
def readers(office, engine: Engine):
    """Everybody's reader."""
    with Session(engine) as session:
        given = {name: give_reader(session, ORIGIN, name) for name in WHO}
        session.commit()
    return given


@pytest.fixture(autouse=True)
def go_home(engine: Engine):
    yield
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM login_session"))
        connection.execute(text("DELETE FROM login_throttle"))


def opened(client: FlaskClient, **more) -> set[str]:
    """Every address that opened, or led anywhere but to the door."""
    found = set()
    for route in ACCESS:
        answer = client.open(_address(route), method=route.split()[0], **more)
        if answer.status_code != 401 and answer.headers.get("Location") != "/login/":
            found.add(f"{route} {answer.status_code}")
    return found


def test_both_factors_open_the_door_and_the_first_page_is_where_one_wanted_to_go(office, readers):
    client = office.test_client()
    client.get("/certification/")
    client.post("/login/", data={"username": "manager1", "password": DEMO_PASSWORD})
    assert finger(client, readers["manager1"]).get_json() == {"onward": "/certification/"}
    assert client.get("/certification/").status_code == 200


def test_nothing_opens_for_nobody(office):
    assert opened(office.test_client()) == set()


def test_nothing_opens_by_a_password_alone_or_with_a_finger_that_is_not_hers(office, readers):
    client = half_in(office, "manager1")
    assert client.get("/login/finger").status_code == 200
    options = client.post("/login/finger/challenge", json={}).get_json()
    refused = [client.post("/login/finger", json={"answer": readers["clerk1"].get(options)}),
               client.post("/login/finger", json={"answer": None}), client.post("/login/finger", data=b"[]"),
               client.post("/login/enrol", json={"code": "aaaa-aaaa-aaaa", "answer": {}})]
    assert {answer.status_code for answer in refused} == {401}
    assert opened(client) == set()


def test_nothing_opens_by_a_half_login_that_is_too_old(office, readers, engine: Engine):
    client = half_in(office, "manager1")
    with engine.begin() as connection:
        connection.execute(text("UPDATE login_session SET data = jsonb_set(data, '{half,until}', '\"2026-01-01T00:00:00+09:00\"')"))
    assert client.get("/login/finger").headers["Location"] == "/login/"
    assert client.post("/login/finger/challenge", json={}).status_code == 401
    assert opened(client) == set()


def test_nothing_opens_by_the_cookie_of_before(office, readers):
    """The half login's cookie after the finger, and the full login's after logging out."""
    client, thief = half_in(office, "manager1"), office.test_client()
    thief.set_cookie(COOKIE, client.get_cookie(COOKIE).value)
    finger(client, readers["manager1"])
    assert opened(thief) == set() and client.get("/today/").status_code == 200
    thief.set_cookie(COOKIE, client.get_cookie(COOKIE).value)
    client.post("/logout/")
    assert opened(thief) == set()


def test_nothing_opens_by_the_cookie_of_somebody_who_logged_in_elsewhere(office, readers):
    first = logged_in(office, "manager1", readers["manager1"])
    second = logged_in(office, "manager1", readers["manager1"])
    assert "ほかの場所で開いていた画面は終わりました" in second.get("/today/").text
    assert opened(first) == set()


def test_nothing_opens_for_an_account_that_was_stopped(office, readers, engine: Engine):
    client, half = logged_in(office, "manager1", readers["manager1"]), half_in(office, "manager1")
    with engine.begin() as connection:
        connection.execute(text("UPDATE ab_user SET active = false WHERE username = 'manager1'"))
    try:
        assert opened(client) == opened(half) == set()
        assert half.post("/login/finger/challenge", json={}).status_code == 401
        assert office.test_client().post("/login/", data={"username": "manager1", "password": DEMO_PASSWORD}).status_code == 401
    finally:
        with engine.begin() as connection:
            connection.execute(text("UPDATE ab_user SET active = true WHERE username = 'manager1'"))


def test_no_header_and_no_remembering_cookie_opens_anything_even_with_the_right_seal(office, session):
    number = session.execute(text("SELECT id FROM ab_user WHERE username = 'manager1'")).scalar()
    client = office.test_client()
    with office.app_context():
        client.set_cookie("remember_token", encode_cookie(str(number)))
    for seal in ("Bearer x", "Basic bWFuYWdlcjE6ZGVtby1OYW5ieW8tMQ=="):
        assert client.get("/today/", headers={"Authorization": seal}).headers["Location"] == "/login/"
    assert opened(client, headers={"Authorization": "Bearer x", "X-API-Key": "x", "X-Forwarded-User": "manager1",
                                   "Remote-User": "manager1", "X-Remote-User": "manager1"}) == set()


def test_what_a_session_says_of_itself_opens_nothing(office, readers, engine: Engine):
    """Only the row's own column names the person; a session whose content claims one is nobody's."""
    client = half_in(office, "clerk1")
    with engine.begin() as connection:
        connection.execute(text("UPDATE login_session SET data = data || jsonb_build_object('_user_id', "
                                "(SELECT id::text FROM ab_user WHERE username = 'manager1'), '_fresh', true)"))
    assert opened(client) == set()


def test_a_cookie_is_for_this_site_only_and_no_script_reads_it(office, readers):
    client = office.test_client()
    cookie = client.post("/login/", data={"username": "manager1", "password": DEMO_PASSWORD}).headers["Set-Cookie"]
    assert cookie.startswith("__Host-nanbyo=") and "Domain" not in cookie
    assert all(part in cookie for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Strict"))
    gone = client.post("/logout/")
    assert gone.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_an_answer_is_used_up_and_a_weak_one_refused(office, readers):
    client = half_in(office, "manager1")
    options = client.post("/login/finger/challenge", json={}).get_json()
    weak = readers["manager1"].get(options, Cheat(flags_off=VERIFIED))
    assert client.post("/login/finger", json={"answer": weak}).status_code == 401
    honest = readers["manager1"].get(options)
    assert client.post("/login/finger", json={"answer": honest}).status_code == 401, "its question was used up"
    assert finger(client, readers["manager1"]).status_code == 200


def test_a_sensitive_act_asks_for_a_finger_that_is_not_five_minutes_old(office, readers, engine: Engine):
    client = logged_in(office, "admin1", readers["admin1"])
    sent = {"username": "fresh9", "family": "新任", "given": "花", "roles": "entry"}
    later(engine, minutes=4.9)
    assert client.post("/users/new", data=sent | {"roles": ""}).status_code == 422
    with engine.begin() as connection:
        connection.execute(text("UPDATE login_session SET fresh_at = now() - interval '301 seconds', seen_at = now()"))
    asked = client.post("/users/new", data=sent)
    assert asked.status_code == 403 and 'name="username" value="fresh9"' in asked.text and "csrf" in asked.text
    assert client.post("/users/new", data=sent, headers={"Accept": "application/json"}).status_code == 403
    assert "fresh9" not in client.get("/users/").text
    assert finger(client, readers["admin1"], "/presence/prove", "/presence/challenge").status_code == 200
    assert client.post("/users/new", data=sent).status_code == 200


def test_the_acts_that_ask_for_a_fresh_finger_are_these(office):
    found = {f"{method} {rule.rule}" for rule in office.url_map.iter_rules() for method in rule.methods - {"HEAD", "OPTIONS"}
             if getattr(office.view_functions[rule.endpoint], "asks_for_the_finger", False)}
    assert found == {
        "POST /two-person/see-numbers", "POST /two-person/<int:number>/<any(confirm, reject, end):wish>",
        "POST /numbers/<int:number>", "POST /numbers/<int:number>/register", "POST /roles/", "POST /users/new", "POST /users/<int:number>", "POST /users/take-in/save",
        "POST /users/<int:number>/<any(stop, resume, password, directory, provider):wish>",
        "POST /payments/<int:number>/release", "POST /authenticators/of/<int:number>", "POST /authenticators/<int:number>/revoke",
        "POST /authenticators/<int:number>/<any(confirm, cancel):wish>"}
    assert not found & OPEN
