"""一人の画面: everything of one person on one page, journalled before it leaves."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from tests.city import settle


@pytest.fixture(scope="module")
def person(engine: Engine) -> int:
    with Session(engine) as session:
        (number,) = settle(session, {"name": "𠮷田　一", "kana": "ヨシダ　ハジメ"}, noise=5, source="test_person")
        session.commit()
    return number


def test_the_page_tells_who_until_when_and_what_happened(login, person):
    page = login("manager1").get(f"/person/{person}").text
    for words in ("𠮷田　一", "ヨシダ　ハジメ", "R9.3.31", "申請受理", "経過", "自己負担上限額", "誰が見たか"):
        assert words in page


def test_the_look_is_in_the_journal_and_the_manager_sees_who_looked(login, person, engine):
    login("clerk2").get(f"/person/{person}")
    with engine.connect() as connection:
        seen = connection.execute(text("SELECT actor_name, action FROM journal_entry WHERE recipient_id = :person"
                                       " ORDER BY id DESC LIMIT 1"), {"person": person}).one()
    assert tuple(seen) == ("入力 二葉", "saw")
    assert "入力 二葉" in login("manager1").get(f"/person/{person}").text


def test_a_clerk_sees_neither_income_nor_who_looked(login, person):
    page = login("clerk1").get(f"/person/{person}").text
    assert "階層区分" not in page and "誰が見たか" not in page


@pytest.mark.parametrize("username", ["admin1", "auditor1"])
def test_who_has_no_case_rights_sees_nobody(login, person, username):
    answer = login(username).get(f"/person/{person}")
    assert answer.status_code == 403 and "𠮷田" not in answer.text


def test_nobody_is_not_a_person(login):
    assert login("manager1").get("/person/999999999").status_code == 404
