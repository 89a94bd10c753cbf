"""照会・提供・移転の画面: asked, filed and handed over by those who may, seen by whom it concerns."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.application import Application
from models.neighbour import Destination, NetworkInquiry, OutgoingMessage, Provision, Transfer
from models.recipient import Recipient
from procedures.actor import Actor
from tests.life import paper
from tests.office import NEW_APPLICATION
from tests.procedures.neighbours import linked_person


@pytest.fixture(scope="module")
def case(engine) -> tuple[int, int]:
    """An open application of somebody certified and linked to the register."""
    with Session(engine) as session:
        actors = {name: Actor(number, name) for number, name in session.execute(text("SELECT id, username FROM ab_user"))}
        person = linked_person(session, actors)
        application = paper(session, actors, "new_application", NEW_APPLICATION | {"patient.patient_phone": "048-000-0003"})
        application.recipient_id = person.id
        session.commit()
        return application.id, person.id


def test_a_case_worker_asks_and_sees_that_it_waits(login, engine, case):
    application, _person = case
    reviewer = login("reviewer1")
    page = reviewer.get(f"/network-inquiries/{application}").text
    assert "地方税関係情報" in page and "別表第二 120の項" in page and "別表第二 26" not in page
    answer = reviewer.post(f"/network-inquiries/{application}", data={"member": "", "row": "0", "provider": "112038", "purpose": " "},
                           follow_redirects=True)
    assert "照会の目的を入力してください" in answer.text
    answer = reviewer.post(f"/network-inquiries/{application}", follow_redirects=True, data={
        "member": "", "row": "0", "provider": "112038", "purpose": "所得判定のため"})
    assert "送信を待っています" in answer.text
    assert "所得判定のため" in reviewer.get("/network-inquiries/").text
    with Session(engine) as session:
        made = session.scalars(select(NetworkInquiry)).one()
        assert session.scalars(select(OutgoingMessage.staff).where(OutgoingMessage.operation == "ShokaiYokyu")).one() == "reviewer1"
    assert "照会を取り消しました" in reviewer.post(f"/network-inquiries/{application}/{made.id}/cancel", follow_redirects=True).text
    assert "いまその操作ができません" in reviewer.post(f"/network-inquiries/{application}/{made.id}/file", follow_redirects=True).text
    answer = reviewer.post(f"/network-inquiries/{application}/here", follow_redirects=True, data={
        "member": "", "information": "CHIHOZEI01", "purpose": "所得判定のため"})
    assert "庁内連携" in answer.text
    assert login("clerk1").get(f"/network-inquiries/{application}").status_code == 403


def test_a_manager_hands_over_on_paper_and_the_page_of_the_person_says_so(login, engine, case):
    _application, person = case
    manager, reviewer = login("manager1"), login("reviewer1")
    with Session(engine) as session:
        target = session.scalars(select(Destination.id).where(Destination.kind == "transfer")).one()
        number = session.get_one(Recipient, person).recipient_number
    what = {"destination": str(target), "item": ["recipient_number"], "reason": "生活保護の決定のため", "handed_to": "福祉 花子"}
    assert "すべて入力してください" in manager.post(f"/given/{person}/transfer", data=what | {"item": []}, follow_redirects=True).text
    answer = manager.post(f"/given/{person}/transfer", data=what)
    assert answer.mimetype == "application/pdf"
    assert reviewer.post(f"/given/{person}/transfer", data=what).status_code == 403
    page = reviewer.get(f"/given/{person}").text
    assert "生活保護の決定のため" in page and "福祉 花子" in page and "提供情報を登録した" in page and str(number) in page
    assert "取り寄せを頼みました" in reviewer.post(f"/given/{person}/records", follow_redirects=True).text
    assert reviewer.get("/given/0").status_code == 404
    with Session(engine) as session:
        assert session.query(Transfer).count() == 1 and session.query(Provision).filter_by(recipient_id=person).count() == 1


def test_destinations_are_entered_and_ended_and_the_list_keeps_both(login):
    manager = login("manager1")
    words = {"kind": "transfer", "name": "こども課", "law": "番号法第9条第2項", "purpose": "小児慢性の審査", "what": "認定の有無", "means": "紙", "since": "R8.11.24"}
    assert "すべて入力してください" in manager.post("/destinations/", data=words | {"law": ""}, follow_redirects=True).text
    page = manager.post("/destinations/", data=words, follow_redirects=True).text
    assert "こども課" in page and "生活福祉課" in page
    assert "日付" in manager.post("/destinations/", data=words | {"name": "他", "since": "きのう"}, follow_redirects=True).text
    number = max(int(each.split("/")[0]) for each in page.split('action="/destinations/')[1:] if each[0].isdigit())
    assert "終わりました" in manager.post(f"/destinations/{number}/end", follow_redirects=True).text


def test_an_administrator_sees_what_stopped_and_sends_it_again(login, engine, case):
    with Session(engine) as session:
        row = session.scalars(select(OutgoingMessage).where(OutgoingMessage.operation == "TeikyoToroku")).one()
        row.state, row.fault, number = "given_up", "store", row.id
        session.commit()
    admin = login("admin1")
    page = admin.get("/systems/").text
    assert "提供情報の登録" in page and "store" in page and "𠮷田" not in page
    assert "もう一度送ります" in admin.post(f"/systems/messages/{number}", follow_redirects=True).text
    with Session(engine) as session:
        assert session.get_one(OutgoingMessage, number).state == "waiting"
        assert session.get_one(Application, case[0]).state == "registered"
    assert login("manager1").post(f"/systems/messages/{number}").status_code == 403
