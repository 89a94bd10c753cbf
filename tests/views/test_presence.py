"""画面を閉じる・開ける: counted by the server from the person's last act; what a page asks for by itself counts for nothing."""

from datetime import date

import pytest
from sqlalchemy import Engine, text

from app.sessions import BACKGROUND
from rules.parameters import add, figures
from seeds.users import DEMO_PASSWORD
from tests.door import later

SCRIPT = {"Accept": "application/json"}
BY_ITSELF = SCRIPT | {BACKGROUND: "1"}
ALMOST = 0.05  # minutes; a slow machine is no idle person


def state(client, headers=BY_ITSELF):
    return client.get("/presence/state", headers=headers).get_json()


@pytest.mark.parametrize(("minutes", "is_locked"), [(5 - ALMOST, False), (5, True), (15 - ALMOST, True)])
def test_a_screen_locks_after_five_minutes(login, engine: Engine, minutes, is_locked):
    client = login("manager1")
    later(engine, minutes=minutes)
    assert state(client)["locked"] is is_locked


@pytest.mark.parametrize("minutes", [15, 700])
def test_a_login_ends_after_fifteen_minutes(login, engine: Engine, minutes):
    client = login("manager1")
    later(engine, minutes=minutes)
    assert client.get("/presence/state", headers=BY_ITSELF).status_code == 401
    assert client.get("/today/").headers["Location"] == "/login/"


def test_a_login_ends_after_ten_hours_of_work(login, engine: Engine):
    client = login("manager1")
    with engine.begin() as connection:
        connection.execute(text("UPDATE login_session SET created_at = now() - interval '9 hours 59 minutes 57 seconds'"))
    assert client.get("/today/").status_code == 200
    with engine.begin() as connection:
        connection.execute(text("UPDATE login_session SET created_at = now() - interval '10 hours'"))
    assert client.get("/today/").headers["Location"] == "/login/"


def test_what_a_page_asks_for_by_itself_prolongs_nothing(login, engine: Engine):
    client = login("manager1")
    later(engine, minutes=4)
    assert client.get("/jobs/", headers=BY_ITSELF).status_code == 200
    assert state(client)["seconds"] <= 60
    later(engine, minutes=1)
    assert state(client)["locked"]


def test_what_a_person_does_begins_the_count_anew(login, engine: Engine):
    client = login("manager1")
    later(engine, minutes=4)
    assert state(client, SCRIPT)["locked"] is False
    assert state(client)["seconds"] > 290


def test_a_locked_screen_opens_nothing_and_nothing_keeps_it_alive(login, engine: Engine):
    client = login("manager1")
    later(engine, minutes=6)
    assert client.get("/recipients/").headers["Location"] == "/presence/"
    assert client.get("/lookup/disease?q=6", headers=SCRIPT).status_code == 423
    sent = client.post("/recipients/search", data={"recipient.name": "x"})
    assert (sent.status_code, sent.data) == (204, b""), "the browser stays where it is, with everything typed"
    assert client.get("/nowhere").status_code == 404
    page = client.get("/presence/").text
    assert "管理 学" in page and "受給者一覧" not in page
    later(engine, minutes=9)
    assert client.get("/presence/").headers["Location"] == "/login/"


def test_it_opens_for_the_same_person_at_the_very_page(login, engine: Engine):
    client = login("manager1")
    old = client.get_cookie("nanbyo").value
    later(engine, minutes=6)
    client.get("/recipients/?after=3")
    assert client.post("/presence/prove", json={"password": "x"}, headers=SCRIPT).status_code == 401
    assert state(client)["locked"]
    opened = client.post("/presence/prove", json={"password": DEMO_PASSWORD}, headers=SCRIPT)
    assert opened.get_json() == {"onward": "/recipients/?after=3"}
    assert client.get("/recipients/").status_code == 200
    assert client.get_cookie("nanbyo").value != old
    client.set_cookie("nanbyo", old)
    assert client.get("/recipients/").headers["Location"] == "/login/"


def test_opening_it_does_not_make_the_day_longer(login, engine: Engine):
    client = login("manager1")
    with engine.begin() as connection:
        connection.execute(text("UPDATE login_session SET created_at = now() - interval '599 minutes'"))
    client.post("/presence/prove", json={"password": DEMO_PASSWORD}, headers=SCRIPT)
    later(engine, minutes=1)
    assert client.get("/today/").headers["Location"] == "/login/"


def test_who_leaves_her_seat_locks_the_screen_at_once(login):
    client = login("manager1")
    assert client.post("/presence/lock").headers["Location"] == "/presence/"
    assert client.get("/today/").headers["Location"] == "/presence/"
    assert client.get("/presence/").status_code == 200
    client.post("/logout/")
    assert client.get("/presence/").headers["Location"] == "/login/"


def test_guessing_at_a_locked_screen_makes_wait(login, engine: Engine):
    client = login("clerk3")
    client.post("/presence/lock")
    for _ in range(5):
        client.post("/presence/prove", json={"password": "x"}, headers=SCRIPT)
    answer = client.post("/presence/prove", json={"password": DEMO_PASSWORD}, headers=SCRIPT)
    assert answer.status_code == 401 and "しばらく待って" in answer.get_json()["message"]
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM login_throttle"))


def test_an_unlocked_screen_has_no_lock_page(login):
    assert login("manager1").get("/presence/").headers["Location"] == "/"


def test_a_city_that_locks_sooner_is_obeyed_from_its_day_on(login, engine: Engine):
    add({"login": {date(2026, 11, 24): {**figures("login", date(2026, 11, 24)), "lock_minutes": 2}}})
    try:
        client = login("manager1")
        later(engine, minutes=2)
        assert state(client)["locked"]
    finally:
        add({})


def test_new_rights_ask_for_the_finger_again_but_end_nobodys_work(login, engine: Engine):
    admin, client = login("admin1"), login("auditor1")
    page = admin.get("/roles/").text
    ticks = [part.split('"')[0] for part in page.split('name="tick" value="')[1:] if " checked" in part.split(">")[0]]
    version = page.split('name="version" value="')[1].split('"')[0]
    changed = [tick for tick in ticks if tick != "audit:journal.export"]
    try:
        assert admin.post("/roles/", data={"tick": changed, "version": version}).status_code == 302
        assert client.get("/journal/").status_code == 200
        assert client.post("/journal/file", data={}).status_code == 403, "obeyed by the next request"
        with engine.connect() as connection:
            fresh = dict(connection.execute(text("SELECT username, fresh_at IS NOT NULL FROM login_session s JOIN ab_user u "
                                                 "ON u.id = s.user_id")).all())
        assert fresh == {"admin1": True, "auditor1": False}
    finally:
        version = admin.get("/roles/").text.split('name="version" value="')[1].split('"')[0]
        admin.post("/roles/", data={"tick": ticks, "version": version})
