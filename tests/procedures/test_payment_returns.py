"""振込不能: comes back with its reason, is put right by two people, and is paid once more, never twice."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.payment import PaymentReturn
from procedures import corrections, payment
from procedures.corrections import ClaimStands
from procedures.payment import NothingToPay
from procedures.payment_candidates import candidates
from procedures.payment_ledger import ledger
from procedures.payment_returns import NoSuchOrder, RegisteredIt, corrected, put_back, register, take_in, waiting
from procedures.refusal import Refused
from tests.money import PAY_DAY, granted, made, people, released
from tests.neighbours.bank_records import refuse
from tests.office import NOW

BACK = PAY_DAY.replace(day=15)
NEXT = PAY_DAY.replace(day=25)


@pytest.fixture
def paid(session, actors):
    """Two paid claims, their run, and its file as the bank has it."""
    one, other = people(session, 2)
    claims = granted(session, actors, one, 24_500), granted(session, actors, other, 3_080)
    batch = released(session, actors)
    return batch, claims, payment.hand_over(session, actors["manager1"], batch.id, "taken", NOW)


def numbers(session, batch) -> list[int]:
    return [order.number for order in payment.orders_of(session, batch.id)]


def came_back(session, actors, paid, who: str = "reviewer1") -> PaymentReturn:
    batch, _, sent = paid
    report = take_in(session, actors[who], "funo.txt", refuse(sent, {numbers(session, batch)[0]: "03"}), BACK, NOW)
    assert (report.read, report.accepted, report.errors) == (1, 1, [])
    return session.query(PaymentReturn).one()


def correct(session, actors, claim, attribute: str = "account_number", value: str = "7777777") -> None:
    asked = corrections.ask(session, actors["reviewer1"], "reimbursement_claim", claim.id, attribute, value, "本人に確かめた", NOW)
    corrections.decide(session, actors["manager1"], asked.id, True, NOW)


def test_a_returned_transfer_goes_back_to_its_claim_with_its_reason(session, actors, paid):
    back = came_back(session, actors, paid)
    assert [claim.state for claim in paid[1]] == ["returned", "paid"] and back.reason == "03"
    assert [(each.claim, each.is_good) for each in candidates(session, actors["manager1"], NEXT)] == [(paid[1][0], False)]
    with pytest.raises(NothingToPay):
        made(session, actors, NEXT)


def test_the_same_list_again_changes_nothing(session, actors, paid):
    came_back(session, actors, paid)
    batch, _, sent = paid
    again = take_in(session, actors["manager1"], "funo.txt", refuse(sent, {numbers(session, batch)[0]: "03"}), BACK, NOW)
    assert (again.read, again.accepted, again.already) == (1, 0, 1) and session.query(PaymentReturn).count() == 1


def test_a_corrected_account_is_paid_by_the_next_run_and_only_once(session, actors, paid):
    came_back(session, actors, paid)
    correct(session, actors, paid[1][0])
    assert [corrected(session, row) for row in waiting(session, actors["manager1"])] == [True]
    batch = released(session, actors, NEXT)
    (order,) = payment.orders_of(session, batch.id)
    assert (order.claim_id, order.account_number, order.yen) == (paid[1][0].id, "7777777", 24_500)
    assert paid[1][0].state == "paid" and waiting(session, actors["manager1"]) == []
    with pytest.raises(NothingToPay):
        made(session, actors, NEXT.replace(day=28))
    assert ledger(session).is_balanced and ledger(session).total.paid == 27_580


def test_a_right_account_is_put_back_by_a_second_person_with_a_reason(session, actors, paid):
    back = came_back(session, actors, paid)
    with pytest.raises(RegisteredIt):
        put_back(session, actors["reviewer1"], back.id, "銀行の誤り", NOW)
    with pytest.raises(Refused, match="理由"):
        put_back(session, actors["manager1"], back.id, " ", NOW)
    put_back(session, actors["manager1"], back.id, "銀行の誤り", NOW)
    assert released(session, actors, NEXT).total_yen == 24_500
    with pytest.raises(Refused, match="もう支払に戻されています"):
        put_back(session, actors["manager1"], back.id, "銀行の誤り", NOW)


def test_the_account_of_what_is_paid_is_not_corrected_and_what_was_decided_stands(session, actors, paid):
    came_back(session, actors, paid)
    with pytest.raises(ClaimStands):
        correct(session, actors, paid[1][1])
    with pytest.raises(ClaimStands):
        correct(session, actors, paid[1][0], "claimed_yen", "99999")
    with pytest.raises(Refused, match="空欄"):
        correct(session, actors, paid[1][0], "account_holder_kana", "")


def test_a_return_told_by_telephone_is_registered_with_how_it_was_told(session, actors, paid):
    batch, claims, _ = paid
    order = payment.orders_of(session, batch.id)[1]
    for reason, day, note, words in (("77", BACK, "電話", "理由"), ("01", BACK, "", "補足"),
                                     ("01", PAY_DAY.replace(day=9), "電話", "日"), ("01", BACK.replace(day=16), "電話", "日")):
        with pytest.raises(Refused, match=words):
            register(session, actors["reviewer1"], order.id, reason, day, note, BACK, NOW)
    register(session, actors["reviewer1"], order.id, "01", BACK, "12月15日 電話", BACK, NOW)
    assert claims[1].state == "returned"
    with pytest.raises(NoSuchOrder):
        register(session, actors["reviewer1"], order.id, "01", BACK, "12月15日 電話", BACK, NOW)


def test_nothing_comes_back_from_a_run_that_was_not_released(session, actors):
    (one,) = people(session)
    granted(session, actors, one)
    batch = made(session, actors)
    with pytest.raises(NoSuchOrder):
        register(session, actors["reviewer1"], payment.orders_of(session, batch.id)[0].id, "01", PAY_DAY, "電話", PAY_DAY, NOW)


@pytest.mark.parametrize(("change", "words"), [
    (lambda raw: raw.replace(b"1234567", b"1234568", 1), "2行目 口座番号"),
    (lambda raw: raw.replace(b"0000024500", b"0000024501").replace(b"000000024500", b"000000024501"), "2行目 振込金額"),
    (lambda raw: raw.replace("ﾀﾛｳ".encode("cp932"), "ｼﾛｳ".encode("cp932")), "2行目 受取人名"),
    (lambda raw: raw.replace(b"03     \r\n", b"77     \r\n"), "2行目 不能理由コード"),
    (lambda raw: raw.replace(b"0000000001", b"0000000002", 1), "支払回がありません"),
    (lambda raw: raw.replace(b"12100017", b"12110017", 1), "支払回がありません"),
    (lambda raw: raw[:122] + raw[122:244] * 2 + raw[244:].replace(b"8000001000000024500", b"8000002000000049000"), "3行目 顧客コード1"),
    (lambda raw: raw[:122] + raw[244:].replace(b"8000001000000024500", b"8000000000000000000"), "一件もない"),
    (lambda raw: raw[:-1], "途中で切れて")])
def test_a_list_that_is_not_of_our_transfers_is_refused_whole(session, actors, paid, change, words):
    batch, claims, sent = paid
    raw = refuse(sent, {numbers(session, batch)[0]: "03"})
    report = take_in(session, actors["manager1"], "funo.txt", change(raw), BACK, NOW)
    assert report.accepted == 0 and words in report.errors[0].message
    assert claims[0].state == "paid" and session.query(PaymentReturn).count() == 0


def test_what_came_back_already_is_refused_in_a_second_list(session, actors, paid):
    came_back(session, actors, paid)
    batch, _, sent = paid
    first, second = numbers(session, batch)
    report = take_in(session, actors["manager1"], "funo2.txt", refuse(sent, {first: "03", second: "01"}), BACK, NOW)
    assert "2行目" in report.errors[0].message and paid[1][1].state == "paid"


@pytest.mark.parametrize("harm", [
    "UPDATE payment_return SET reason = '01'", "DELETE FROM payment_return", "UPDATE returned_list SET row_count = 9",
    "UPDATE payment_return SET requeued_by = {manager}, requeued_at = now()",
    "UPDATE payment_return SET requeued_by = {reviewer}, requeued_at = now(), requeue_note = 'x'",
    "UPDATE reimbursement_claim SET state = 'granted' WHERE state = 'returned'",
    "UPDATE reimbursement_claim SET state = 'paid' WHERE state = 'returned'",
    "UPDATE reimbursement_claim SET state = 'returned' WHERE state = 'paid'",
    "UPDATE payment_order SET state = 'ordered' WHERE state = 'returned'"])
def test_the_database_itself_keeps_what_came_back(session, actors, paid, harm):
    came_back(session, actors, paid)
    with pytest.raises(DBAPIError):
        session.execute(text(harm.format(manager=actors["manager1"].user_id, reviewer=actors["reviewer1"].user_id)))
