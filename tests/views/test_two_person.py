"""二人での承認の画面: who asked waits, another administrator agrees, and the number opens with the next request."""

import re

import pytest
from sqlalchemy.orm import Session

from seeds.users import DEMO_PASSWORD, add_user, generate_password_hash


@pytest.fixture(scope="module")
def second_admin(engine) -> str:
    with Session(engine) as session:
        add_user(session, "admin2", "権限", "次郎", generate_password_hash(DEMO_PASSWORD), ("admin",))
        session.commit()
    return "admin2"


def asked_on(page: str, wish: str) -> str:
    return re.findall(rf'action="(/two-person/\d+/{wish})"', page)[-1]


def test_one_administrator_asks_and_only_another_agrees(login, second_admin):
    one, two = login("admin1"), login(second_admin)
    one.post("/two-person/see-numbers", data={"username": "clerk1", "reason": "番号照会の担当になった"})
    page = one.get("/two-person/").text
    assert "番号照会の担当になった" in page and "別の人が承認します" in page and "/confirm" not in page
    confirm = asked_on(two.get("/two-person/").text, "confirm")
    assert "ほかの人に頼んでください" in one.post(confirm, follow_redirects=True).text
    two.post(confirm)
    assert "承認した: 権限 次郎" in two.get("/two-person/").text
    one.post(asked_on(one.get("/two-person/").text, "end"))
    assert "clerk1" not in one.get("/two-person/").text and "番号照会の担当になった" not in one.get("/two-person/").text


def test_a_manager_neither_sees_nor_decides_who_may_see_numbers(login, second_admin):
    login("admin1").post("/two-person/see-numbers", data={"username": "clerk2", "reason": "臨時の担当"})
    confirm = asked_on(login(second_admin).get("/two-person/").text, "confirm")
    manager = login("manager1")
    assert "臨時の担当" not in manager.get("/two-person/").text and manager.post(confirm).status_code == 403
    assert manager.post("/two-person/see-numbers", data={"username": "clerk3", "reason": "理由はある"}).status_code == 403


def test_a_name_nobody_has_and_a_missing_reason_are_said(login):
    client = login("admin1")
    assert "その利用者名の利用者はいません" in client.post("/two-person/see-numbers", data={"username": "x", "reason": "理由はある"}, follow_redirects=True).text
    assert "4文字以上" in client.post("/two-person/see-numbers", data={"username": "clerk3", "reason": ""}, follow_redirects=True).text
