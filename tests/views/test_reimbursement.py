"""償還払の画面: from the list to the signature, with the account hidden from who does not decide."""

import re

import pytest
from sqlalchemy.orm import Session

from models.journal import JournalEntry
from models.letter import Letter
from models.reimbursement import ReimbursementBill, ReimbursementClaim
from seeds.codes import load_demo_masters
from tests.claims import bill, claimed, claimer, month, receipt


@pytest.fixture
def claim_of(engine, actors):
    """A claim in the database of the screens."""
    def make(*lines, **other):
        with Session(engine, expire_on_commit=False) as session:
            load_demo_masters(session)
            person = claimer(session, actors)
            made = claimed(session, actors, person, *(lines or (bill(), month(high_cost="0"))), **other)
            if other.get("claimed_yen") == "30001":
                receipt(session, person, 2_500)
            session.commit()
            return made
    return make


def state_of(engine, claim):
    with Session(engine) as session:
        return session.get_one(ReimbursementClaim, claim.id).state


def test_a_claim_goes_from_the_list_to_the_signature(login, engine, claim_of):
    claim = claim_of()
    reviewer, manager = login("reviewer1"), login("manager1")
    address = f"/reimbursements/{claim.id}"
    assert claim.acceptance_number in reviewer.get("/reimbursements/?state=registered").text
    assert "算定しました" in reviewer.post(f"{address}/calculate", follow_redirects=True).text
    page = reviewer.get(address).text
    assert "20,000円の支給を起案する" in page and "法5条2項" in page and "受給者本人" in page
    assert "起案しました" in reviewer.post(f"{address}/draft", data={"result": "pay"}, follow_redirects=True).text
    assert "決裁する" not in re.sub("決裁者", "", reviewer.get(address).text.split("</h1>")[1])
    assert reviewer.post(f"{address}/sign").status_code == 403
    assert "決裁しました" in manager.post(f"{address}/sign", follow_redirects=True).text
    assert state_of(engine, claim) == "granted"
    letter = manager.post(f"{address}/letter")
    assert letter.mimetype == "application/pdf" and letter.data.startswith(b"%PDF")
    again = manager.post(f"{address}/letter")
    assert again.status_code == 200 and "再印刷" in manager.get(address).text
    assert reviewer.post(f"{address}/sheet").mimetype == "application/pdf"
    assert claim.acceptance_number in manager.get(f"/person/{claim.recipient_id}").text


def test_the_account_is_shown_to_who_decides_and_to_nobody_else(login, engine, claim_of):
    claim = claim_of()
    address = f"/reimbursements/{claim.id}"
    assert "1234567" in login("manager1").get(address).text
    hidden = login("reviewer1").get(address).text
    assert "1234567" not in hidden and "****567" in hidden
    with Session(engine) as session:
        seen = [entry.detail for entry in session.query(JournalEntry).filter_by(
            subject_kind="reimbursement_claim", subject_id=claim.id, action="saw").order_by(JournalEntry.id)]
    assert seen == [{"account": True}, {"account": False}]


def test_an_overlap_is_cleared_with_its_source_and_a_bill_left_out_with_its_reason(login, claim_of):
    claim = claim_of(claimed_yen="30001")
    reviewer, address = login("reviewer1"), f"/reimbursements/{claim.id}"
    reviewer.post(f"{address}/calculate")
    page = reviewer.get(address).text
    assert "公費で支払済みかもしれません" in page and "支給を起案する" not in page and "起案できません" in page
    line = f"{address}/bill/{claim.bills[0].id}"
    assert "何で確かめたか" in reviewer.post(line, data={"what": "overlap", "source": ""}, follow_redirects=True).text
    assert "記録しました" in reviewer.post(line, data={"what": "overlap", "source": "医療機関に電話"}, follow_redirects=True).text
    assert "内容が変わっています" in reviewer.get(address).text
    assert "記録しました" in reviewer.post(line, data={"reason": "16", "source": "小慢で支払"}, follow_redirects=True).text
    reviewer.post(f"{address}/calculate")
    assert "不支給を起案する" in reviewer.get(address).text


def test_a_hold_goes_on_when_the_insurer_has_decided(login, engine, claim_of):
    claim = claim_of(bill(total=600_000, paid=180_000), month(high_cost="2"))
    reviewer, manager, address = login("reviewer1"), login("manager1"), f"/reimbursements/{claim.id}"
    reviewer.post(f"{address}/calculate")
    reviewer.post(f"{address}/draft", data={"result": "hold", "reason": "17", "remarks": "2月に届く見込み"})
    manager.post(f"{address}/sign")
    assert "2月に届く見込み" in reviewer.get("/reimbursements/?state=held").text
    assert manager.post(f"{address}/letter").mimetype == "application/pdf"
    for typed in ("", "十二万", "12円"):
        assert "0以上の整数" in reviewer.post(f"{address}/high-cost", data={"month": "2026-11", "yen": typed, "source": "通知"},
                                             follow_redirects=True).text
    shown = {"versions": re.search(r'name="versions" value="([^"]*)"', manager.get(address).text)[1]}
    reviewer.post(f"{address}/high-cost", data={"month": "2026-11", "yen": "９９，５７０", "source": "支給決定通知書"})
    stale = manager.post(f"{address}/high-cost", data={"month": "2026-11", "yen": "1", "source": "電話"} | shown)
    assert stale.status_code == 409 and "<td>99570</td><td>1</td>" in stale.text and "<td>支給決定通知書</td><td>電話</td>" in stale.text
    reviewer.post(f"{address}/calculate")
    assert state_of(engine, claim) == "calculated"


def test_other_steps_say_what_they_did_or_why_not(login, engine, claim_of):
    claim = claim_of(account_holder="見本 一郎", account_holder_kana="ミホン イチロウ")
    reviewer, manager, address = login("reviewer1"), login("manager1"), f"/reimbursements/{claim.id}"
    assert "委任状を確かめた" in reviewer.get(address).text
    assert "委任状を確かめたことを記録しました" in reviewer.post(f"{address}/proxy", data={"source": "委任状"}, follow_redirects=True).text
    assert "進達を記録しました" in reviewer.post(f"{address}/forward", data={"forwarded": "R8.11.24", "arrived": "20261125"}, follow_redirects=True).text
    assert "順に合いません" in reviewer.post(f"{address}/forward", data={"forwarded": "R8.11.1"}, follow_redirects=True).text
    assert "まだ算定されていません" in reviewer.post(f"{address}/sheet", follow_redirects=True).text
    reviewer.post(f"{address}/calculate")
    reviewer.post(f"{address}/draft", data={"result": "pay"})
    assert "差し戻しました" in manager.post(f"{address}/back", data={"reason": "口座"}, follow_redirects=True).text
    assert "差戻しの理由" in reviewer.get(address).text
    assert "取り下げました" in reviewer.post(f"{address}/withdraw", data={"reason": "申し出"}, follow_redirects=True).text
    assert "この請求はありません" not in reviewer.get(address).text and state_of(engine, claim) == "withdrawn"
    assert "その請求はありません" in reviewer.get("/reimbursements/999999", follow_redirects=True).text


def test_the_english_screens_are_english(login, claim_of):
    claim = claim_of()
    reviewer = login("reviewer1")
    reviewer.post("/lang/en")
    reviewer.post(f"/reimbursements/{claim.id}/calculate")
    for address in ("/reimbursements/", f"/reimbursements/{claim.id}"):
        page = re.sub(r'<(script|style|tbody|option|svg|nav|dl|ul)\b.*?</\1>', "", reviewer.get(address).text, flags=re.S)
        words = re.sub(r"<[^>]*>", " ", page[page.index("<main"):])
        assert not re.search("[ぁ-んァ-ヶ一-龠]", words.replace("審査 史子", "")), words


def test_the_decided_month_is_paid_first_and_the_other_has_a_page_of_its_own(login, engine, claim_of):
    claim = claim_of(bill(), bill(1, "R8.10.8"), month(high_cost="2"), month(1, "2026-10"), claimed_yen="60000")
    with Session(engine) as session:  # a November that waits beside an October outside of the certification
        session.query(ReimbursementBill).filter_by(claim_id=claim.id, position=0).update({"total_yen": 600_000, "paid_yen": 40_000})
        session.commit()
    reviewer, address = login("reviewer1"), f"/reimbursements/{claim.id}"
    reviewer.post(f"{address}/calculate")
    assert "保留の月を分け、決まった月を先に支給する" in reviewer.get(address).text
    assert "両方を算定し直しました" in reviewer.post(f"{address}/divide", follow_redirects=True).text
    page = reviewer.get(address).text
    assert f"{claim.acceptance_number}-2" in page and "不支給を起案する" in page and "保留の月を分け、" not in page
    assert "分けられる月がありません" in reviewer.post(f"{address}/divide", follow_redirects=True).text


def test_a_grant_is_taken_back_by_two_with_a_letter_and_the_next_grant_has_a_letter_of_its_own(login, engine, claim_of):
    claim = claim_of()
    reviewer, manager, address = login("reviewer1"), login("manager1"), f"/reimbursements/{claim.id}"

    def decide():
        reviewer.post(f"{address}/calculate")
        reviewer.post(f"{address}/draft", data={"result": "pay"})
        manager.post(f"{address}/sign")
        assert manager.post(f"{address}/letter").mimetype == "application/pdf"

    decide()
    assert "取消の理由を入力" in reviewer.post(f"{address}/take-back/ask", follow_redirects=True).text
    reviewer.post(f"{address}/take-back/ask", data={"reason": "証明書の取違え"})
    assert "別の決裁者が決めます" in reviewer.get(address).text and reviewer.post(f"{address}/take-back").status_code == 403
    assert "支給決定はそのままです" in manager.post(f"{address}/take-back/stand", follow_redirects=True).text
    reviewer.post(f"{address}/take-back/ask", data={"reason": "証明書の取違え"})
    assert "支給決定を取り消しました" in manager.post(f"{address}/take-back", follow_redirects=True).text
    page = manager.get(address).text
    assert "支給決定を取り消した理由: 証明書の取違え" in page and "償還払 支給決定取消通知書" in page
    assert manager.post(f"{address}/letter").mimetype == "application/pdf"
    decide()
    with Session(engine) as session:
        letters = session.query(Letter.kind, Letter.is_reprint, Letter.document_number).filter_by(claim_id=claim.id).order_by(Letter.id).all()
    assert [(kind, again) for kind, again, _ in letters] == [
        ("payment_granted", False), ("payment_revoked", False), ("payment_granted", False)]
    assert len({number for _, _, number in letters}) == 3
