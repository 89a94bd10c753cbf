"""番号連携サーバの画面: each role opens its pages and no other, two people decide, what was done is in the log, no number is shown."""

import io
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.soap import SoapFault
from systems.frame.outbox import send
from systems.numberlink import addressees, inquiry, notices
from systems.numberlink.application import create_app
from systems.numberlink.permissions import DEMO
from systems.numberlink.tables import (
    COMMON,
    Addressee,
    Candidate,
    Inquiry,
    Integrated,
    Notice,
    Permission,
    SealedNumber,
)
from tests.systems.numberlink.conftest import caller
from tests.systems.numberlink.people import individual_number, resident

PAGES = {
    "/addressees": {"numbers", "approver", "inquirer", "auditor"}, "/candidates": {"numbers", "approver"},
    "/permissions": {"numbers", "approver"}, "/sent-back": {"numbers", "approver", "operator"},
    "/codes": {"numbers", "approver", "operator"}, "/inquiries": {"inquirer", "auditor"}, "/provided": {"inquirer", "auditor"},
    "/notices": {"inquirer"}, "/reveals": {"auditor", "approver"}, "/log": {"auditor", "operator"}, "/operation": {"operator"},
    "/staff": {"operator"}, "/inquiries/1": {"inquirer"}, "/addressees/1": {"numbers", "approver", "inquirer", "auditor"}}
ROLES = {username: set(roles) for username, _, roles in DEMO}
ANSWER = {"特定個人情報名コード": "CHIHOZEI01", "レイアウト版": "模擬1", "項目": [
    {"項目コード": "KZ02", "項目名": "市町村民税所得割額", "値": "=120000"}]}


@pytest.fixture(scope="module")
def app(settings, engine, numbering):
    """The application with two people who may be one, one of them numbered, an inquiry answered and a notice."""
    app = create_app(settings)
    with Session(engine) as session:
        addressees.register(session, caller("feed"), {"宛名": [
            resident(1), resident(2, 氏名="見本一", 生年月日=resident(1)["生年月日"], 住登外区分="1"),
            resident(3, 履歴番号=2), resident(3)]})
        number = numbering.assign(session, caller(), {"整理番号": resident(1)["整理番号"], "個人番号": individual_number(1),
                                                      "本人確認": "カード"})["統合宛名番号"]
        inquiry.ask(session, caller(), {
            "統合宛名番号": number, "照会先機関コード": "112038", "事務コード": "B2120", "事務手続コード": "B2120P01",
            "特定個人情報名コード": "CHIHOZEI01", "目的": "審査"})
        asked = session.scalars(select(Inquiry)).one()
        asked.state, asked.answer, asked.answered_at = "回答済", ANSWER, datetime.now(UTC)
        notices.post(session, caller(), {"統合宛名番号": number, "件名": "更新のご案内", "本文": "案内", "回答要否": "true"})
        numbering.reveal(session, caller(), {"統合宛名番号": number, "理由": "届出の照合"})
        session.commit()
    yield app
    app.extensions["engine"].dispose()


@pytest.fixture
def as_staff(app):
    """``as_staff(username)`` → a browser in which that person is logged in; ``post`` carries the form's key."""
    def log_in(username):
        browser = app.test_client()
        answer = browser.post("/login", data={"username": username, "password": "demo-Nanbyo-1"}, base_url="https://localhost")
        assert answer.status_code == 302
        return Browser(browser)
    return log_in


class Browser:
    """One person's browser."""

    def __init__(self, client):
        self._client = client

    def get(self, path):
        return self._client.get(path, base_url="https://localhost", follow_redirects=True)

    def post(self, path, **form):
        page = self.get("/").get_data(as_text=True)
        key = re.search('name="csrf" value="([0-9a-f]+)"', page).group(1)
        return self._client.post(path, data={"csrf": key, **form}, base_url="https://localhost", follow_redirects=True)


@pytest.mark.parametrize("username", ["numbers1", "manager2", "auditor1", "admin1", "clerk1", "manager1"])
def test_each_role_opens_its_pages_and_no_other(as_staff, username):
    browser = as_staff(username)
    for path, roles in PAGES.items():
        answer = browser.get(path)
        assert answer.status_code == (200 if roles & ROLES[username] else 403), path
        assert 'lang="ja"' in answer.get_data(as_text=True)
        assert individual_number(1) not in answer.get_data(as_text=True)
    menu = re.findall(r'<li><a href="([^"]+)"', browser.get("/").get_data(as_text=True))
    assert set(menu) == {path for path, roles in PAGES.items() if roles & ROLES[username] and not path[-1].isdigit()}


def test_every_page_is_held_by_a_role(app):
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("numberlink."):
            assert app.view_functions[rule.endpoint].roles, rule.rule
    assert app.test_client().get("/addressees", base_url="https://localhost").status_code == 302


def test_an_addressee_is_found_by_number_or_name_and_all_that_was_done_is_shown(as_staff, engine):
    browser = as_staff("numbers1")
    assert "見本　一" in browser.post("/addressees", number=resident(1)["整理番号"]).get_data(as_text=True)
    assert "見つかりません" in browser.post("/addressees", name="だれも").get_data(as_text=True)
    page = browser.get("/addressees/1").get_data(as_text=True)
    for words in ("情報照会", "更新のご案内", "個人番号の確認", "届出の照合", "本人確認: カード"):
        assert words in page
    with Session(engine) as session:
        assert session.scalars(select(COMMON.log.act).where(COMMON.log.act == "saw addressee")).first()


def test_a_candidate_is_decided_by_one_and_confirmed_by_another(as_staff, engine):
    numbers, manager = as_staff("numbers1"), as_staff("manager1")
    assert "根拠" in numbers.post("/candidates/1", note=" ", same="yes").get_data(as_text=True)
    assert "入力できません" in numbers.post("/candidates/1", note=individual_number(9), same="yes").get_data(as_text=True)
    assert "別の人が確認します" in numbers.post("/candidates/1", note="戸籍の附票", same="yes").get_data(as_text=True)
    assert numbers.post("/candidates/1", agrees="yes").status_code == 403
    assert "判断を待つ候補はありません" in manager.post("/candidates/1", agrees="yes").get_data(as_text=True)
    with Session(engine) as session:
        assert session.get_one(Candidate, 1).confirmed_by == "manager1"
        assert len(set(session.scalars(select(Addressee.integrated_id).where(Addressee.id.in_((1, 2)))))) == 1


def test_a_permission_is_asked_for_and_given_on_the_screens(as_staff, engine):
    numbers, manager = as_staff("numbers1"), as_staff("manager1")
    assert "二人が要ります" in manager.post("/addressees/1/protect").get_data(as_text=True)
    assert "理由" in numbers.post("/addressees/1/permission", reason="").get_data(as_text=True)
    numbers.post("/addressees/1/permission", reason="届出の照合")
    assert "別の人の承認を待つ" in numbers.get("/permissions").get_data(as_text=True)
    assert "manager1" in manager.post("/permissions/1", agrees="yes").get_data(as_text=True)
    assert "先に処理" in manager.post("/permissions/1", agrees="yes").get_data(as_text=True)
    with Session(engine) as session:
        assert session.get_one(Permission, 1).approved_by == "manager1"
    with Session(engine) as session:
        session.scalars(select(COMMON.staff).where(COMMON.staff.username == "manager2")).one().roles = ["approver", "numbers"]
        session.commit()
    assert "別の人です" in as_staff("manager2").post("/addressees/1/protect").get_data(as_text=True)
    manager.post("/addressees/1/protect")
    with Session(engine) as session:
        assert not session.scalars(select(Integrated).where(Integrated.needs_permission)).all()
    assert numbers.post("/addressees/1/protect").status_code == 403
    assert "まだ個人番号が登録されていません" in numbers.post("/addressees/3/code").get_data(as_text=True)


def test_a_result_is_shown_and_taken_as_a_file_without_formulas(as_staff, engine):
    browser = as_staff("manager1")
    assert "市町村民税所得割額" in browser.get("/inquiries/1").get_data(as_text=True)
    taken = browser.post("/inquiries/1/file")
    text = io.BytesIO(taken.data).read().decode("utf-8-sig")
    assert "'=120000" in text and text.count("\r\n") == 2
    assert as_staff("auditor1").post("/inquiries/1/file").status_code == 403
    with Session(engine) as session:
        assert session.scalars(select(COMMON.log.act).where(COMMON.log.act == "took result as file")).all()


def test_a_notice_is_taken_back_on_the_screen(as_staff, engine):
    assert "取消を求めています" in as_staff("numbers1").post("/notices/1").get_data(as_text=True)
    with Session(engine) as session:
        assert session.get_one(Notice, 1).is_withdrawn


def test_what_was_given_up_is_sent_again_under_its_own_id(as_staff, engine):
    with Session(engine) as session:
        row = send(session, COMMON.outgoing, "interconnect", "FGU_FugoJokyo", {"統合宛名番号": "9" * 15}, "provided")
        row.state, row.tries, known = "given_up", 12, (row.id, row.request_id)
        session.commit()
    browser = as_staff("admin1")
    assert "FGU_FugoJokyo" in browser.get("/operation").get_data(as_text=True)
    browser.post("/operation/again", number=known[0])
    with Session(engine) as session:
        row = session.get_one(COMMON.outgoing, known[0])
        assert (row.state, row.tries, row.request_id) == ("waiting", 0, known[1])
    assert "先に処理" in browser.post("/operation/again", number=known[0]).get_data(as_text=True)


def test_a_new_key_is_asked_for_by_one_and_made_by_another(as_staff, engine, vault):
    admin = as_staff("admin1")
    assert "別の人が替えます" in admin.post("/operation/key").get_data(as_text=True)
    assert "別の人です" in admin.post("/operation/key").get_data(as_text=True)
    with Session(engine) as session:
        assert vault.seal_anew(session, 10) == 0
    as_staff("admin2").post("/operation/key")
    with Session(engine) as session:
        assert vault.seal_anew(session, 10) == len(session.scalars(select(SealedNumber)).all())
        session.rollback()
    assert as_staff("numbers1").post("/operation/key").status_code == 403


def test_staff_is_added_changed_and_stopped_at_once(as_staff, app, engine):
    admin = as_staff("admin1")
    new = {"username": "numbers9", "full_name": "番号 九", "password": "a-long-Password-9", "roles": "numbers"}
    assert "12 文字以上" in admin.post("/staff", **new | {"password": "short"}).get_data(as_text=True)
    assert "numbers9" in admin.post("/staff", **new).get_data(as_text=True)
    assert "すでにある" in admin.post("/staff", **new).get_data(as_text=True)
    her = Browser(app.test_client())
    her._client.post("/login", data={"username": "numbers9", "password": "a-long-Password-9"}, base_url="https://localhost")
    assert her.get("/candidates").status_code == 200
    with Session(engine) as session:
        place = session.scalars(select(COMMON.staff.id).where(COMMON.staff.username == "numbers9")).one()
        mine = session.scalars(select(COMMON.staff.id).where(COMMON.staff.username == "admin1")).one()
    admin.post(f"/staff/{place}", roles="numbers", is_active="")
    assert "ログイン" in her.get("/candidates").get_data(as_text=True)
    assert "自分では変えられません" in admin.post(f"/staff/{mine}", roles="numbers", is_active="yes").get_data(as_text=True)


def test_a_stopped_member_of_staff_has_no_number_assigned_any_more(session, numbering):
    session.scalars(select(COMMON.staff).where(COMMON.staff.username == "clerk2")).one().is_active = False
    session.flush()
    with pytest.raises(SoapFault) as found:
        numbering.assign(session, caller("clerk2"), {"整理番号": "1", "個人番号": individual_number(1), "本人確認": "カード"})
    assert found.value.code == "staff" and session.scalars(select(Integrated)).all()
