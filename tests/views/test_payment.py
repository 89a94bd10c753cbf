"""支払の画面: from the candidates to the file and back, each step by those who may take it."""

import io
import subprocess
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from models.payment import PaymentBatch, PaymentOrder, PaymentReturn
from tests.money import ACCOUNT, granted, people
from tests.neighbours.bank_records import decode, refuse


@pytest.fixture
def office(engine, actors, monkeypatch, app):
    """Two claims wait; what other tests left waiting or running is out of the way."""
    with Session(engine, expire_on_commit=False) as session:
        session.execute(text("UPDATE payment_batch SET state = 'cancelled', cancelled_by = made_by, cancelled_at = now(), "
                             "cancel_reason = 'test' WHERE state = 'made'"))
        session.execute(text("UPDATE payment_order SET state = 'cancelled' WHERE batch_id IN "
                             "(SELECT id FROM payment_batch WHERE state = 'cancelled') AND state = 'ordered'"))
        one, other = people(session, 2)
        claims = granted(session, actors, one), granted(session, actors, other, 3_080, bank_branch="999")
        session.commit()
        yield session, claims


def number_of(answer) -> int:
    return int(answer.headers["Location"].rsplit("/", 1)[-1])


def test_a_run_goes_from_the_candidates_to_the_bank_and_a_transfer_comes_back(login, office, app):
    session, (good, bad) = office
    reviewer, manager = login("reviewer1"), login("manager1")
    page = reviewer.get("/payments/candidates?on=R8.12.10").text
    assert f'value="{good.id}" checked' in page and f'value="{bad.id}"' not in page and "金融機関の表にありません" in page
    number = number_of(reviewer.post("/payments/", data={"on": "2026-12-10", "claims": [good.id]}))
    assert "あなたが作った支払回です" in reviewer.get(f"/payments/{number}").text
    assert reviewer.post(f"/payments/{number}/release").status_code == 403
    assert "まだ承認されていません" in manager.post(f"/payments/{number}/file", follow_redirects=True).text
    assert "承認しました" in manager.post(f"/payments/{number}/release", follow_redirects=True).text
    sent = manager.post(f"/payments/{number}/file")
    assert "SOGO_20261210_" in sent.headers["Content-Disposition"] and decode(sent.data)["yen"] == 24_500
    assert manager.post(f"/payments/{number}/file").data == sent.data
    (order,) = session.query(PaymentOrder).filter_by(batch_id=number)
    answer = reviewer.post("/payments/returns", data={"file": (io.BytesIO(refuse(sent.data, {order.number: "03"})), "funo.txt")},
                           follow_redirects=True)
    assert "振込不能1件を取り込みました" in answer.text and "口座が解約されている" in answer.text
    again = reviewer.post("/payments/returns", data={"file": (io.BytesIO(refuse(sent.data, {order.number: "03"})), "funo.txt")},
                          follow_redirects=True)
    assert "取込済み" in again.text
    back = session.query(PaymentReturn).filter_by(order_id=order.id).one()
    assert "ほかの人に回してください" in reviewer.post(f"/payments/returns/{back.id}", data={"note": "銀行の誤り"}, follow_redirects=True).text
    assert "支払に戻しました" in manager.post(f"/payments/returns/{back.id}", data={"note": "銀行の誤り"}, follow_redirects=True).text
    assert "一致" in manager.get("/payments/").text


def test_lists_and_entries_of_a_run_can_be_taken(login, office):
    _, (good, _bad) = office
    number = number_of(login("reviewer1").post("/payments/", data={"on": "R8.12.11", "claims": [good.id]}))
    manager = login("manager1")
    unreleased = manager.post(f"/payments/{number}/paper")
    told = subprocess.run(["pdftotext", "-layout", "-", "-"], input=unreleased.data, capture_output=True, check=True).stdout.decode()
    assert "承認前" in told and "1234567" in told and "24,500円" in told
    assert "いまその操作ができません" in manager.post(f"/payments/{number}/entries", follow_redirects=True).text
    manager.post(f"/payments/{number}/release")
    assert "1234567" in manager.post(f"/payments/{number}/detail").text
    assert "扶助費" in manager.post(f"/payments/{number}/entries").text


def test_a_refusal_is_said_and_changes_nothing(login, office):
    session, (good, _bad) = office
    reviewer = login("reviewer1")
    weekend = reviewer.post("/payments/", data={"on": "2026-12-12", "claims": [good.id]}, follow_redirects=True)
    assert "銀行の営業日" in weekend.text
    assert "請求を選んで" in reviewer.post("/payments/", data={"on": "2026-12-14"}, follow_redirects=True).text
    assert "支払える請求がありません" in reviewer.post("/payments/", data={"on": "2026-12-14", "claims": "0"}, follow_redirects=True).text
    assert "読み取れません" in reviewer.get("/payments/candidates?on=R8.13.40").text
    assert reviewer.get("/payments/999999").status_code == 404
    wrong = reviewer.post("/payments/returns", data={"file": (io.BytesIO(b"strange"), "x.txt")}, follow_redirects=True)
    assert "取り込みませんでした" in wrong.text and "途中で切れて" in wrong.text
    assert "ファイルを選んで" in reviewer.post("/payments/returns", follow_redirects=True).text
    assert session.query(PaymentBatch).filter(PaymentBatch.transfer_date.in_((date(2026, 12, 12), date(2026, 12, 14)))).count() == 0


def test_a_run_is_cancelled_with_a_reason_and_a_return_is_registered_by_hand(login, office):
    _, (good, _bad) = office
    reviewer = login("reviewer1")
    number = number_of(reviewer.post("/payments/", data={"on": "2026-12-15", "claims": [good.id]}))
    assert "取消の理由" in reviewer.post(f"/payments/{number}/cancel", follow_redirects=True).text
    assert "取り消しました" in reviewer.post(f"/payments/{number}/cancel", data={"reason": "確かめ直し"}, follow_redirects=True).text
    assert "振込不能にできません" in reviewer.post(f"/payments/{number}/return", data={
        "order": "0", "reason": "01", "returned_on": "R8.12.15", "note": "電話"}, follow_redirects=True).text


def test_an_account_is_in_full_only_for_those_who_pay(login, office):
    session, (good, _bad) = office
    number = number_of(login("reviewer1").post("/payments/", data={"on": "2026-12-16", "claims": [good.id]}))
    assert ACCOUNT["account_number"] in login("manager1").get(f"/payments/{number}").text
    seen_by_review = login("reviewer1").get(f"/payments/{number}").text
    assert ACCOUNT["account_number"] not in seen_by_review and "＊＊＊＊567" in seen_by_review
    assert session.get(PaymentBatch, number).state == "made"
