"""台紙・届出・作業・照会・審査会・文面: the office's other screens, each by the people whose it is."""

import re
from io import BytesIO

import pytest
from sqlalchemy.orm import Session

from models.application import Application
from models.board import BoardItem, BoardSession
from models.inquiry import Inquiry
from models.recipient import Recipient
from models.work_item import WorkItem
from procedures.review import review_documents
from procedures.work import tell
from seeds.codes import load_demo_masters
from tests.life import certified_person, paper, taxed
from tests.office import NEW_APPLICATION, ON, registered


@pytest.fixture
def office(engine, actors):
    """A committed session for what the screens will read."""
    with Session(engine) as session:
        load_demo_masters(session)
        yield session


def sent(client, address: str, **form: str):
    answer = client.post(address, data=form, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_case_file_notes_papers_asks_answers_and_prints(office, actors, login):
    application = registered(office, actors)
    office.commit()
    client, base = login("reviewer1"), f"/case/{application.id}"
    assert "不足5件" in client.get(base).text
    assert "不足4件" in sent(client, f"{base}/attachment", attachment="01")
    assert "照会を登録しました" in sent(client, f"{base}/ask", kind="physician", question="重症度の確認")
    inquiry = office.query(Inquiry).filter_by(application_id=application.id).one().id
    assert client.post(f"{base}/letter/physician_inquiry").data.startswith(b"%PDF")
    assert "回答を登録しました" in sent(client, f"{base}/answer/{inquiry}", answer="Ⅲ度")
    assert client.post(f"{base}/letter/correction").data.startswith(b"%PDF")
    assert "その通知を出せません" in sent(client, f"{base}/letter/certified")
    assert "取り下げました" in sent(client, f"{base}/withdraw", reason="本人の申し出")


def test_a_notice_is_accepted_and_its_certificate_printed(office, actors, login):
    person = certified_person(office, actors)
    answers = {name: text for name, text in NEW_APPLICATION.items() if name.startswith("patient.")}
    application = paper(office, actors, "change_notice", answers | {
        "application.application_date": "R8.11.20", "application.written_recipient_number": str(person.recipient_number),
        "application.change_contents": "02", "patient.patient_address": "埼玉県さいたま市大宮区桜木町1-7-5"})
    office.commit()
    reviewer, manager = login("reviewer1"), login("manager1")
    assert application.acceptance_number in reviewer.get("/notices/").text
    assert "交付待ちになります" in reviewer.get(f"/notices/{application.id}").text
    assert "受理しました" in sent(reviewer, f"/notices/{application.id}")
    assert f"/issue/notice/{application.id}/preview" in manager.get("/issue/").text
    assert manager.get(f"/issue/notice/{application.id}/preview").data.startswith(b"%PDF")
    assert manager.post(f"/issue/notice/{application.id}").data.startswith(b"%PDF")
    page = reviewer.get("/notices/recalls").text
    number = re.findall(r'name="recall" value="(\d+)"', page)[-1]
    assert "返却を登録しました" in sent(reviewer, "/notices/recalls", recall=number)


def test_a_work_item_is_closed_with_what_was_done_or_becomes_a_change(office, actors, login):
    person = certified_person(office, actors)
    for cause in ("a", "b"):
        tell(office, person.id, "moved_within", cause, ON)
    office.commit()
    client = login("reviewer1")
    assert "市内転居" in client.get("/work/?kind=moved_within").text
    first, second = (each.id for each in office.query(WorkItem).filter_by(recipient_id=person.id, kind="moved_within").order_by(WorkItem.id))
    assert "どう対応したか" in sent(client, f"/work/{first}", note="")
    sent(client, f"/work/{first}", note="届出を確認した")
    sent(client, f"/work/{second}", note="住所が変わったため", open="change")
    office.expire_all()
    made = office.get(WorkItem, second)
    assert office.get(Application, made.application_id).office_reason == "住所が変わったため"


def test_the_office_begins_a_loss_from_the_persons_page(office, actors, login):
    person = certified_person(office, actors)
    office.commit()
    client = login("reviewer1")
    assert "職権で始める" in client.get(f"/person/{person.id}").text
    assert "日付" in sent(client, f"/work/person/{person.id}/loss", loss_reason="05", loss_date="いつか", why="死亡")
    sent(client, f"/work/person/{person.id}/loss", loss_reason="05", loss_date="R8.11.20", why="死亡の連絡")
    (application,) = office.query(Application).filter_by(recipient_id=person.id, application_kind="7")
    assert "死亡" in client.get(f"/certification/{application.id}").text
    sent(client, f"/certification/{application.id}/draft")
    assert "決裁しました" in sent(login("manager1"), f"/certification/{application.id}/sign")
    office.expire_all()
    assert office.get(Recipient, person.id).state == "lost"


def test_inquiries_go_out_and_come_back_on_the_screen(office, actors, login):
    application = registered(office, actors)
    office.commit()
    client = login("reviewer1")
    sent(client, f"/case/{application.id}/ask", kind="insurer", question="適用区分")
    number = office.query(Inquiry).filter_by(application_id=application.id).one().id
    assert "登録しました" in sent(client, f"/inquiries/{number}/remind")
    assert str(number) in client.post("/inquiries/file", data={"kind": "insurer"}).data.decode("utf-8-sig")
    wrong = {"file": (BytesIO(f"照会番号,適用区分,回答\r\n{number},か,\r\n".encode()), "a.csv")}
    assert client.post("/inquiries/answers", data=wrong).status_code == 422
    right = {"file": (BytesIO(f"照会番号,適用区分,回答\r\n{number},ウ,\r\n".encode()), "a.csv")}
    assert client.post("/inquiries/answers", data=right).status_code == 200


def test_the_board_is_planned_filled_answered_and_closed(office, actors, login):
    application = paper(office, actors, "new_application", NEW_APPLICATION)
    taxed(office, actors, application)
    review_documents(office, actors["reviewer1"], application.id, "2", None, ON)
    office.commit()
    client = login("reviewer1")
    sent(client, "/board/", held_on="R8.12.10", place="第1会議室")
    number = office.query(BoardSession).order_by(BoardSession.id.desc()).first().id
    assert "議題に載せました" in sent(client, f"/board/{number}/add", cases=str(application.id))
    assert client.post(f"/board/{number}/papers").data.startswith(b"%PDF")
    item = office.query(BoardItem).filter_by(session_id=number).one().id
    assert "結果を登録しました" in sent(client, f"/board/{number}/answer/{item}", result="1", opinion="適")
    assert "審査会を閉じました" in sent(client, f"/board/{number}/close")


def test_an_administrator_writes_the_citys_wording_and_sees_it_first(login):
    client = login("admin1")
    assert "支給認定通知書" in client.get("/wordings/").text
    typed = {"subject": "お知らせ", "body": "{氏名}様", "closing": "", "since": "R9.4.1"}
    assert client.post("/wordings/held/preview", data=typed).data.startswith(b"%PDF")
    assert client.post("/wordings/held", data=typed | {"body": "{個人番号}"}).status_code == 400
    assert "公開しました" in sent(client, "/wordings/held", **typed)
