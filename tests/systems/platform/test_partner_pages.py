"""接続先の画面: an operator joins a system by its key or a long password, and stops it; nobody else does."""

import re

import pytest
from sqlalchemy import select

from exchange.file_door import key_files
from systems.frame.screens import Screens, add_screens
from systems.frame.server import new_app
from systems.frame.staff import seed_demo_staff
from systems.platform.doors import partner_of
from systems.platform.pages import MENU, pages
from systems.platform.permissions import DEMO
from systems.platform.tables import COMMON, SCHEMA, Partner


@pytest.fixture(scope="module")
def browser(engine):
    seed_demo_staff(engine, COMMON, DEMO)
    app = new_app(SCHEMA, engine)
    add_screens(app, Screens(SCHEMA, "連携基盤", MENU, engine, COMMON, b"s" * 32))
    app.register_blueprint(pages())

    def logged_in(who: str):
        client = app.test_client()
        client.post("/login", base_url="https://localhost", data={"username": who, "password": "demo-Nanbyo-1"})
        return client
    return logged_in


def send(client, path, **values):
    page = client.get("/partners", base_url="https://localhost").text
    key = re.search(r'name="csrf" value="([0-9a-f]+)"', page)[1]
    return client.post(path, base_url="https://localhost", data={"csrf": key, **values}, follow_redirects=True)


def test_a_system_is_joined_changed_and_stopped(browser, engine, settings, session):
    operator, key = browser("admin1"), key_files(settings.tls_dir, "core")[1].read_text()
    wrong = {"name": "kaigo", "title": "介護保険システム"}
    assert "SSH公開鍵を一行で" in send(operator, "/partners", **wrong).text
    assert "SSH公開鍵を一行で" in send(operator, "/partners", **wrong, ssh_key=key_files(settings.tls_dir, "core")[0].read_text()).text
    assert "英小文字" in send(operator, "/partners", **wrong | {"name": "../core"}, ssh_key=key).text
    assert "https://" in send(operator, "/partners", **wrong, ssh_key=key, address="http://kaigo").text
    assert "介護保険システム" in send(operator, "/partners", **wrong, ssh_key=key, receives="residents").text
    made = session.scalars(select(Partner).where(Partner.name == "kaigo")).one()
    assert made.ssh_key == key.strip() and made.receives == ["residents"]
    assert partner_of(engine, "kaigo") is not None
    send(operator, f"/partners/{made.id}", address="https://kaigo.example:8443")
    session.expire_all()
    assert (made.ssh_key, made.address, made.receives) == (key.strip(), "https://kaigo.example:8443", [])
    assert partner_of(engine, "kaigo") is None


def test_an_operator_adds_staff_takes_rights_away_and_never_changes_herself(browser, session):
    operator = browser("admin1")
    assert "12 文字以上" in send(operator, "/staff", username="clerk9", full_name="入力 九", password="short", roles="staff").text
    assert "clerk9" in send(operator, "/staff", username="clerk9", full_name="入力 九", password="demo-Nanbyo-1", roles="decider").text
    clerk = browser("clerk9")
    assert clerk.get("/", base_url="https://localhost").status_code == 200
    places = dict(session.execute(select(COMMON.staff.username, COMMON.staff.id)).all())
    send(operator, f"/staff/{places['clerk9']}", roles="staff")  # not marked as one who may use it
    assert clerk.get("/", base_url="https://localhost").location == "/login"
    assert "自分の権限" in send(operator, f"/staff/{places['admin1']}", roles="auditor", is_active="yes").text


def test_only_an_operator_sees_how_systems_come_in(browser):
    for who, may in (("auditor1", {"/files", "/log", "/notices", "/tickets"}), ("clerk1", set()),
                     ("admin1", {"/files", "/log", "/notices", "/tickets", "/partners", "/staff"})):
        client = browser(who)
        opened = {path for path in ("/files", "/log", "/notices", "/tickets", "/partners", "/staff")
                  if client.get(path, base_url="https://localhost").status_code == 200}
        assert opened == may
