"""応答の見出し: what every answer says to the browser, and that nothing is changed by looking."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import Engine, event

from app.building import create_app
from app.extensions import db
from config import ROOT
from tests.conftest import close
from tests.house.test_access import ACCESS, DEMO_USERS, OPEN, _address

# Looking at a person is written down; being let in and asking for a page begins a session. Nothing else is written by a GET.
WRITES = re.compile(r"\A\s*TRUNCATE|\bINSERT INTO\b|\bUPDATE \w+ SET\b|\bDELETE FROM\b", re.I)
WRITTEN_BY_A_LOOK = re.compile(r"\s*(INSERT INTO (journal_entry|login_session|login_throttle)|UPDATE login_session|"
                               r"DELETE FROM login_session)\b", re.I)


@pytest.fixture(scope="module")
def behind_tls(settings):
    app = create_app(replace(settings, demo=False, behind_https=True, proxies=1, origin="https://nanbyo.city.example"))
    yield app
    close(app)


@pytest.mark.parametrize("address", ["/login/", "/", "/nowhere", "/healthz", "/static/app.css", "/login/provider/back?code=x&state=y"])
def test_every_answer_says_what_it_may_do(client, address):
    with client.get(address) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'self'" in policy
    assert "*" not in policy and "http" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "publickey-credentials-get=(self)" in headers["Permissions-Policy"] and "Server" not in headers
    assert ("no-store" in headers.get("Cache-Control", "")) is not address.startswith("/static/")


def test_browsers_are_told_to_come_by_tls_where_there_is_tls(client, behind_tls: Flask):
    assert "Strict-Transport-Security" not in client.get("/login/").headers
    answer = behind_tls.test_client().get("/login/", base_url="https://nanbyo.city.example")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert answer.headers["Set-Cookie"].startswith("__Host-nanbyo=")


def test_behind_a_proxy_a_form_of_this_site_is_taken_and_one_of_another_is_not(behind_tls: Flask):
    client, site = behind_tls.test_client(), "https://nanbyo.city.example"
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login/", base_url=site).text)[1]
    sent = {"csrf_token": token, "username": "clerk1", "password": "x"}
    taken = client.post("/login/", base_url=site, data=sent, headers={"Referer": site + "/login/", "X-Forwarded-For": "127.0.2.1"})
    assert taken.status_code == 401 and "パスワードが違います" in taken.text
    for headers in ({"Referer": "https://evil.example/"}, {}):
        assert "パスワードが違います" not in client.post("/login/", base_url=site, data=sent, headers=headers).text


def test_the_terminal_is_the_one_the_proxy_names(behind_tls: Flask, engine: Engine):
    client, site = behind_tls.test_client(), "https://nanbyo.city.example"
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login/", base_url=site).text)[1]
    client.post("/login/", base_url=site, data={"csrf_token": token, "username": "x", "password": "x"},
                headers={"Referer": site, "X-Forwarded-For": "192.0.2.99, 192.0.2.77"})
    with engine.connect() as connection:
        keys = {key for (key,) in connection.exec_driver_sql("SELECT key FROM login_throttle WHERE key LIKE 'terminal:192%%'")}
    assert keys == {"terminal:192.0.2.77"}, "what a terminal says of itself is not believed"


def test_no_form_is_taken_without_its_token(settings, engine: Engine):
    app = create_app(settings)
    client = app.test_client()
    taken = {}
    for route in (*ACCESS, *OPEN):
        # What a provider says has no page of ours behind it; its signature counts (test_common_login).
        if route.startswith("POST") and route != "POST /login/provider/logout":
            answer = client.post(_address(route), data={"username": "clerk1", "password": "demo-Nanbyo-1"})
            taken[route] = answer.status_code, answer.headers.get("Location")
    assert {route for route, found in taken.items() if found not in ((302, "/login/"), (400, None))} == set()
    close(app)


@pytest.mark.parametrize("role", ["admin", "manager", "entry", "audit"])
def test_looking_changes_nothing(app: Flask, login, role):
    client, written = login(DEMO_USERS[role]), []

    def note(connection, cursor, statement, *_):
        if WRITES.search(statement) and not WRITTEN_BY_A_LOOK.match(statement):
            written.append(" ".join(statement.split())[:80])

    with app.app_context():
        machine = db.engine
    event.listen(machine, "before_cursor_execute", note)
    try:
        for route, roles in ACCESS.items():
            if route.startswith("GET") and role in roles and route != "GET /queue/next":
                client.get(_address(route))
    finally:
        event.remove(machine, "before_cursor_execute", note)
    assert written == []


def test_no_template_holds_a_script_or_a_style_of_its_own():
    found = [f"{path.name}: {line.strip()[:60]}" for path in (ROOT / "views" / "templates").rglob("*.html")
             for line in path.read_text().splitlines()
             if re.search(r"<script(?![^>]*\bsrc=)|\son\w+=\"|\sstyle=|javascript:", line)]
    assert found == []


def test_every_page_of_a_trial_says_that_it_is_one():
    whole = {path.relative_to(ROOT / "views" / "templates").as_posix() for path in (ROOT / "views" / "templates").rglob("*.html")
             if not path.read_text().lstrip().startswith("{% extends") and "<html" in path.read_text()}
    assert whole == {"layout.html"} and "生体認証を省いています" in (ROOT / "views" / "templates" / "layout.html").read_text()
