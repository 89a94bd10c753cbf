"""レセプトの画面: a file is uploaded, read by a job, reported, decided line by line, listed, compared and undone on the screen."""

import re
from io import BytesIO

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.commands.worker import do_one
from models.recipient import Recipient
from rules.numbers import with_check_digit
from tests.city import settle
from tests.receipt_office import receipt, table

MONTH = "2026-10"
SPAN = "from=2026-11-01&to=2099-12-31"  # decisions carry the real day, whichever that is


@pytest.fixture(scope="module")
def person(engine) -> Recipient:
    with Session(engine, expire_on_commit=False) as session:
        (number,) = settle(session, {"name": "山本　直美", "kana": "ヤマモト　ナオミ"}, noise=10, source="test_receipts")
        session.commit()
        return session.get_one(Recipient, number)


@pytest.fixture
def upload(login, engine, settings):
    def upload(rows, name="receipts.csv", **totals):
        client = login("manager1")
        answer = client.post("/receipts/", data={"file": (BytesIO(table(rows, **totals)), name)})
        assert answer.status_code == 302 and answer.location.startswith("/receipts/uploads/")
        assert client.get(answer.location).status_code == 200
        while do_one(engine, settings):
            pass
        return client, answer.location
    return upload


def of(person, **other):
    return receipt(person, **({"treatment_month": MONTH, "billing_month": "2026-11"} | other))


def test_a_file_goes_from_the_upload_to_its_report_and_away_again(upload, engine, person):
    client, address = upload([of(person, points=611), of(person, points=612, recipient_number=with_check_digit("888888"))])
    shown = client.get(address, follow_redirects=True)
    assert "取り込みました" in shown.text and "判断を待つ行1件" in shown.text and person.name not in shown.text
    number = re.search(r"/receipts/(\d+)/undo", shown.text)[1]
    assert "理由を入力" in client.post(f"/receipts/{number}/undo", data={"reason": ""}, follow_redirects=True).text
    gone = client.post(f"/receipts/{number}/undo", data={"reason": "試しに取り込んだ"}, follow_redirects=True)
    assert "取り消しました" in gone.text and "試しに取り込んだ" in gone.text
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM benefit WHERE points = 611")) == 0


def test_a_refused_file_says_why_and_stays_on_the_page_of_files(upload, person):
    client, address = upload([of(person, points=622)], "wrong.csv", yen=7)
    page = client.get(address).text
    assert "何も登録していません" in page and "合いません" in page
    assert "wrong.csv" in client.get("/receipts/").text
    assert client.get(f"{address}/progress").json["over"] is True


@pytest.mark.parametrize("file", [None, b""])
def test_an_upload_without_a_file_is_refused_in_words(login, file):
    data = {} if file is None else {"file": (BytesIO(file), "empty.csv")}
    assert "ファイルを選んでください" in login("manager1").post("/receipts/", data=data, follow_redirects=True).text


def test_held_lines_are_accepted_for_somebody_or_refused_onto_the_list(upload, person):
    wrong = with_check_digit("777777")
    client, _ = upload([of(person, points=631, recipient_number=wrong), of(person, points=632, recipient_number=wrong)], "held.csv")
    page = client.get("/held-receipts/").text
    first, second = (re.search(r"action=\"/held-receipts/(\d+)\"(?:(?!</tr>).)*", part)[1] for part in page.split("held.csv")[1:3])
    assert "台帳にない番号" in client.post(f"/held-receipts/{first}", follow_redirects=True, data={
        "decision": "accept", "recipient_number": "0000000", "note": "確認"}).text
    assert "登録しました" in client.post(f"/held-receipts/{first}", follow_redirects=True, data={
        "decision": "accept", "recipient_number": person.recipient_number, "note": "番号の書き誤り"}).text
    assert "返戻依頼の一覧に載せました" in client.post(f"/held-receipts/{second}", follow_redirects=True, data={
        "decision": "refuse", "note": "該当者なし"}).text
    assert "該当者なし" in client.get(f"/receipt-lists/?{SPAN}&kind=return").text


def test_findings_are_decided_many_at_once_and_go_out_as_csv_xlsx_and_pdf(upload, person):
    client, _ = upload([of(person, points=641, sex="1" if person.sex == "2" else "2"),
                        of(person, points=642, sex="1" if person.sex == "2" else "2")], "findings.csv")
    numbers = re.findall(r'name="finding" value="(\d+)"', client.get("/findings/?code=W4").text)
    assert "指摘を選んで" in client.post("/findings/", data={"decision": "adjust", "note": "別人"}, follow_redirects=True).text
    assert "対応を登録しました" in client.post("/findings/", follow_redirects=True, data={
        "finding": numbers, "decision": "adjust", "note": "別人", "code": "W4"}).text
    assert client.get("/findings/?code=W4").text.count('name="finding"') == 0
    assert "別人" in client.get(f"/receipt-lists/?{SPAN}&kind=adjust").text
    for form, begins in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("pdf", b"%PDF")):
        answer = client.post(f"/receipt-lists/file?{SPAN}", data={"kind": "adjust", "format": form})
        assert answer.status_code == 200 and answer.data.startswith(begins)


def test_the_month_is_compared_with_the_invoice(upload, person):
    client, _ = upload([of(person, points=651, billing_month="2026-03", treatment_month="2026-02", payer_class="2")], "month.csv")
    page = client.get("/receipt-report/?month=2026-03").text
    assert "請求額が未入力" in page and "6,510" in page
    entered = {"month": "2026-03", "agency": "2", "payer_class": "2", "receipts": "1", "points": "651", "public_yen": "651"}
    assert "合いました" in client.post("/receipt-report/invoice", data=entered, follow_redirects=True).text
    assert "合いません" in client.post("/receipt-report/invoice", data=entered | {"points": "652"}, follow_redirects=True).text
    assert client.post("/receipt-report/file", data={"month": "2026-03", "format": "pdf"}).data.startswith(b"%PDF")


def test_a_receipt_shows_where_its_values_came_from_and_two_people_adjust_it(upload, login, engine, person):
    client, _ = upload([of(person, points=661, insurer_yen=None, public_yen=None)], "one.csv")
    with engine.connect() as connection:
        number = connection.scalar(text("SELECT id FROM benefit WHERE points = 661"))
    page = client.get(f"/benefits/{person.id}/{number}").text
    assert "届いたままの記録" in page and ",661," in page and "ファイル" in page
    slip = {"adjustment": "1", "day": "R8.11.20"}
    client.post(f"/adjustments/{person.id}/{number}", data=slip)
    assert person.name in login("clerk1").get("/adjustments/").text
    assert "反映します" in login("clerk1").post(f"/adjustments/{person.id}/{number}", data=slip, follow_redirects=True).text
    assert "取下げ・返還されたレセプト" in client.get(f"/benefits/{person.id}/{number}").text
    assert "給付" in client.get(f"/benefits/{person.id}/month/{MONTH}").text
    assert client.get(f"/benefits/{person.id}/month/nonsense").status_code == 404


def test_the_person_page_leads_to_the_months_and_the_over_cap_list_to_the_person(upload, person):
    cap = person.copay_cap_yen
    client, _ = upload([of(person, points=cap, total_yen=cap * 10, copay_yen=cap + 1, treatment_month="2026-09",
                           insurer_yen=cap * 7, public_yen=cap * 2 - 1)], "cap.csv")
    assert f"/benefits/{person.id}/month/2026-09" in client.get(f"/person/{person.id}").text
    assert f"/benefits/{person.id}/month/2026-09" in client.get("/over-cap/?month=2026-09").text
    assert client.get("/over-cap/candidates?special=mild").status_code == 200


def test_the_severity_of_a_check_is_changed_from_a_day_on(login):
    client = login("manager1")
    entered = {"code": "W15", "severity": "ignore", "valid_from": "R9.4.1", "reason": "古い月の請求が多い"}
    assert "変えました" in client.post("/severities/", data=entered, follow_redirects=True).text
    assert "調べない" in client.get("/severities/").text
    assert "保留にはできません" in client.post("/severities/", data=entered | {"code": "W7", "severity": "block"}, follow_redirects=True).text
    assert "今日以降" in client.post("/severities/", data=entered | {"valid_from": "R8.1.1"}, follow_redirects=True).text
