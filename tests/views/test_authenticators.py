"""読取装置の画面: a code is shown once, confirmed by another administrator, and revoked by one button."""

import re
from dataclasses import replace
from datetime import date
from statistics import median
from time import process_time

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from procedures.actor import SYSTEM
from procedures.directory import Directory
from procedures.passwords import choose
from procedures.users import Account, add
from rules.parameters import add as add_figures
from rules.parameters import figures
from tests.door import give_reader
from tests.office import NOW
from tests.templates import TODAY

MINE = "まどぐちの あさは しずかだ 2026"


@pytest.fixture
def clerk(engine: Engine):
    with Session(engine) as session:
        yield session.query(User).filter_by(username="clerk2").one().id


@pytest.fixture(scope="module")
def second(app, engine: Engine):
    """Another administrator, logged in."""
    with Session(engine) as session:
        user, plain = add(session, SYSTEM, Account("admin7", "次席", "護", ("admin",)), NOW)
        choose(session, SYSTEM, user, plain, MINE, MINE, NOW)
        session.commit()
    client = app.test_client()
    assert client.post("/login/", data={"username": "admin7", "password": MINE}).status_code == 302
    yield client
    client.post("/logout/")
    with engine.begin() as connection:
        connection.execute(text("UPDATE ab_user SET active = false WHERE username = 'admin7'"))


def newest(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(text("SELECT max(id) FROM enrolment")).scalar()


def test_a_code_is_shown_once_and_waits_for_another_administrator(login, second, clerk, engine: Engine):
    admin = login("admin1")
    shown = admin.post(f"/authenticators/of/{clerk}").text
    code = re.search(r'id="code">([\w-]+)<', shown)[1]
    assert code not in admin.get("/authenticators/").text and code not in admin.get(f"/authenticators/of/{clerk}").text
    assert "別の管理者が確かめます" in admin.get("/authenticators/").text
    number = newest(engine)
    refused = admin.post(f"/authenticators/{number}/confirm", follow_redirects=True).text
    assert "自分の登録は自分ではできません" in refused
    assert f"/authenticators/{number}/confirm" in second.get("/authenticators/").text
    assert "確かめました" in second.post(f"/authenticators/{number}/confirm", follow_redirects=True).text
    assert "確かめた。本人の入力を待っている" in admin.get("/authenticators/").text
    assert "取り消しました" in admin.post(f"/authenticators/{number}/cancel", follow_redirects=True).text
    assert "もう使われたか" in second.post(f"/authenticators/{number}/confirm", follow_redirects=True).text


def test_nobody_gives_herself_a_code(login, engine: Engine):
    admin = login("admin1")
    with Session(engine) as session:
        me = session.query(User).filter_by(username="admin1").one().id
    assert "登録コードを出す" not in admin.get(f"/authenticators/of/{me}").text
    assert "自分の登録は自分ではできません" in admin.post(f"/authenticators/of/{me}", follow_redirects=True).text


def test_a_lost_reader_is_shut_out_by_one_button(login, clerk, engine: Engine):
    with Session(engine) as session:
        give_reader(session, "http://localhost:8000", "clerk2")
        session.commit()
    admin = login("admin1")
    page = admin.get(f"/authenticators/of/{clerk}").text
    number = re.search(r"/authenticators/(\d+)/revoke", page)[1]
    assert "機種の証明なし" in page
    gone = admin.post(f"/authenticators/{number}/revoke", data={"person": clerk}, follow_redirects=True).text
    assert "使えなくしました" in gone and "登録された読取装置はありません" in gone
    again = admin.post(f"/authenticators/{number}/revoke", data={"person": "x"})
    assert again.headers["Location"] == "/users/"


def test_a_person_who_is_not_there_has_no_readers(login):
    assert login("admin1").get("/authenticators/of/999999").status_code == 404


def test_the_city_may_ask_for_an_account_where_it_has_a_directory(app, login, engine: Engine, monkeypatch):
    admin = login("admin1")
    admin.post("/users/new", data={"username": "common1", "family": "共通", "given": "花", "roles": "entry"})
    with Session(engine) as session:
        number = session.query(User).filter_by(username="common1").one().id
    version = re.search(r'name="version" value="(\w+)"', admin.get(f"/users/{number}").text)[1]
    assert admin.post(f"/users/{number}/directory", data={"version": version}).status_code == 404
    monkeypatch.setitem(app.config, "DOOR", replace(app.config["DOOR"], directory=Directory("localhost", 1, "dc=x")))
    assert "全庁のディレクトリでログインさせる" in admin.get(f"/users/{number}").text
    admin.post(f"/users/{number}/directory", data={"version": version})
    assert "全庁のディレクトリのパスワードと読取装置" in admin.get(f"/users/{number}").text
    answer = app.test_client().post("/login/", data={"username": "common1", "password": MINE}, environ_base={"REMOTE_ADDR": "127.0.3.1"})
    assert answer.status_code == 401 and "全庁の共通認証に接続できません" in answer.text


def test_where_passwords_expire_an_old_one_opens_only_its_own_change(login, app, engine: Engine):
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO chosen_password SELECT id, now() - interval '89 days' FROM ab_user WHERE username = 'clerk3'"))
    add_figures({"password": {TODAY: {**figures("password", date(2026, 11, 1)), "expires_after_days": 90}}})
    try:
        client = login("clerk3")
        assert client.get("/queue/").status_code == 200
        with engine.begin() as connection:
            connection.execute(text("UPDATE chosen_password SET chosen_at = now() - interval '91 days'"))
        assert client.get("/queue/").headers["Location"] == "/password/"
    finally:
        add_figures({})
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM chosen_password WHERE user_id = (SELECT id FROM ab_user WHERE username = 'clerk3')"))


def test_a_stranger_waits_as_long_for_her_refusal_as_somebody_with_a_wrong_password(app, engine: Engine):
    """Without the comparison that a stranger is given too, hers would come twenty times as fast."""
    taken: dict[str, list[float]] = {"clerk1": [], "nobody9": []}
    client = app.test_client()
    for place in range(3):
        for name, times in taken.items():
            start = process_time()
            client.post("/login/", data={"username": name, "password": "x"}, environ_base={"REMOTE_ADDR": f"127.0.4.{place}"})
            times.append(process_time() - start)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM login_throttle"))
    assert 0.5 < median(taken["nobody9"]) / median(taken["clerk1"]) < 2
