"""ログイン: one way in, and nothing stays open behind it."""

from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Engine, text

from app.extensions import db
from procedures.passwords import end_sessions
from seeds.users import DEMO_PASSWORD


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("nanbyo")
    assert cookie is not None
    return cookie.value


def test_nobody_sees_anything_before_logging_in(client):
    assert client.get("/").headers["Location"] == "/login/"


def test_a_wrong_password_opens_nothing_and_does_not_say_which_half_was_wrong(client):
    stranger = client.post("/login/", data={"username": "nobody9", "password": "x"})
    wrong = client.post("/login/", data={"username": "clerk1", "password": "x"})
    assert stranger.status_code == wrong.status_code == 401
    assert "利用者名またはパスワードが違います" in wrong.text
    assert "利用者名またはパスワードが違います" in stranger.text


def test_a_guesser_waits_at_the_account_wherever_she_sits_and_nobody_is_locked_out_for_good(client, engine: Engine):
    for place in range(5):
        client.post("/login/", data={"username": "numbers1", "password": "x"}, environ_base={"REMOTE_ADDR": f"127.0.1.{place}"})
    answer = client.post("/login/", data={"username": "numbers1", "password": DEMO_PASSWORD})
    assert answer.status_code == 401 and "しばらく待って" in answer.text
    with engine.begin() as connection:
        connection.execute(text("UPDATE login_throttle SET waits_until = now(), failures = 0"))
    assert client.post("/login/", data={"username": "numbers1", "password": DEMO_PASSWORD}).status_code == 302


def test_a_password_typed_as_a_name_is_kept_nowhere(client, engine: Engine):
    client.post("/login/", data={"username": "my-Secret-sentence", "password": "clerk1"})
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT string_agg(t::text, ' ') FROM (SELECT j.* FROM journal_entry j) t")).scalar()
        assert "my-Secret-sentence" not in kept and "my-secret-sentence" not in kept
        assert not connection.execute(text("SELECT 1 FROM login_throttle WHERE key LIKE '%ecret%'")).first()


def test_the_cookie_changes_at_login_and_is_dead_after_logout(app: Flask, client, login):
    client.get("/login/")
    before = client.get_cookie("nanbyo")
    client.post("/login/", data={"username": "clerk2", "password": DEMO_PASSWORD})
    kept = cookie_of(client)
    assert before is None or before.value != kept
    client.post("/logout/")
    thief = app.test_client()
    thief.set_cookie("nanbyo", kept)
    assert thief.get("/").headers["Location"] == "/login/"


def test_ending_the_sessions_of_a_user_takes_effect_at_once(app: Flask, login):
    client = login("clerk3")
    assert client.get("/").headers["Location"] != "/login/"
    with app.app_context():
        end_sessions(db.session, db.session.query(User).filter_by(username="clerk3").one().id)
        db.session.commit()
    assert client.get("/").headers["Location"] == "/login/"


def test_the_cookie_holds_a_random_token_and_nothing_else(login):
    client = login("clerk1")
    cookie = client.get_cookie("nanbyo")
    assert cookie is not None and cookie.http_only and cookie.same_site == "Strict"
    assert "." not in cookie.value and len(cookie.value) == 43


def test_no_page_is_kept_by_the_browser(login):
    answer = login("clerk1").get("/login/", follow_redirects=True)
    assert answer.headers["Cache-Control"] == "no-store"
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self' 'nonce-" in policy and "unsafe" not in policy


def test_the_json_login_and_the_apis_of_the_framework_are_gone(app: Flask):
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    assert not [rule for rule in rules if rule.startswith("/api/") or "security" in rule or "openapi" in rule]


def test_a_script_without_a_login_gets_no_session_that_would_end_one_in_another_window(client):
    answer = client.post("/keying/draft/1", json={"raw": {}}, headers={"Accept": "*/*"})
    assert (answer.status_code, answer.headers.getlist("Set-Cookie")) == (401, [])


def test_a_picture_that_was_asked_for_without_a_login_is_not_where_the_login_leads(client):
    assert client.get("/scan/1/1", headers={"Accept": "image/avif,image/webp,*/*;q=0.8"}).status_code == 401
