"""支払: made by one, released by another, paid once, the same bytes for ever."""

from datetime import date, timedelta
from threading import Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from exchange.zengin import read
from models.payment import PaymentOrder
from procedures import payment
from procedures.city import City
from procedures.consignor import ConsignorMissing
from procedures.payment import ChangedSince, MakersOwn, NoBankDay, NothingToPay, NotPossibleNow
from procedures.payment_candidates import candidates
from procedures.payment_file import BatchAltered, content_of, keep, keep_all, name_of
from procedures.refusal import Refused
from procedures.sealed_folder import SealedFolder
from tests.money import CITY, PAY_DAY, granted, made, people, released
from tests.neighbours.bank_records import decode
from tests.office import NOW, ON


@pytest.fixture
def two(session, actors):
    one, other = people(session, 2)
    return (granted(session, actors, one, 24_500),
            granted(session, actors, other, 3_080, bank="9900", bank_branch="038", account_number="7654321",
                    account_holder_kana="ミホン ハナコ"))


def test_a_run_pays_every_good_candidate_once_and_a_bank_understands_it(session, actors, two):
    batch = released(session, actors)
    seen = decode(payment.hand_over(session, actors["manager1"], batch.id, "taken", NOW))
    assert [(each["name"], each["yen"], each["bank"], each["branch"], each["account"]) for each in seen["payments"]] == [
        ("ﾐﾎﾝ ﾀﾛｳ", 24_500, "0017", "104", "1234567"), ("ﾐﾎﾝ ﾊﾅｺ", 3_080, "9900", "038", "7654321")]
    assert seen["sums_are_right"] and (seen["day"], seen["consignor"], seen["code"]) == ("1210", "ﾐﾎﾝｼ ｶｲｹｲｶﾝﾘｼﾔ", "0000000001")
    assert [claim.state for claim in two] == ["paid", "paid"] and batch.state == "sent"
    with pytest.raises(NothingToPay):
        made(session, actors, date(2026, 12, 11))


def test_the_same_run_gives_the_same_bytes_again(session, actors, two):
    batch = released(session, actors)
    first = payment.hand_over(session, actors["manager1"], batch.id, "taken", NOW)
    assert payment.hand_over(session, actors["manager1"], batch.id, "taken", NOW + timedelta(days=9)) == first
    assert batch.sent_at == NOW


def test_a_day_has_one_run_until_it_is_cancelled(session, actors, two):
    batch = made(session, actors)
    with pytest.raises(NotPossibleNow, match=str(batch.number)):
        made(session, actors)
    payment.cancel(session, actors["reviewer1"], batch.id, "口座の確かめ直し", NOW)
    again = made(session, actors)
    assert again.total_yen == 27_580 and again.number > batch.number
    assert session.query(PaymentOrder).filter_by(batch_id=batch.id, state="cancelled").count() == 2


def test_who_made_a_run_does_not_release_it(session, actors, two):
    batch = made(session, actors)
    with pytest.raises(MakersOwn):
        payment.release(session, actors["reviewer1"], batch.id, ON, NOW)
    with pytest.raises(DBAPIError, match="maker_does_not_release"):
        session.execute(text("UPDATE payment_batch SET state = 'released', released_by = made_by, released_at = now() WHERE id = :id"),
                        {"id": batch.id})


def test_nothing_leaves_before_the_release(session, actors, two):
    batch = made(session, actors)
    with pytest.raises(NotPossibleNow, match="別の人が承認"):
        payment.hand_over(session, actors["manager1"], batch.id, "taken", NOW)
    assert [claim.state for claim in two] == ["granted", "granted"]


def test_a_released_run_is_never_cancelled_and_never_released_twice(session, actors, two):
    batch = released(session, actors)
    with pytest.raises(NotPossibleNow):
        payment.cancel(session, actors["reviewer1"], batch.id, "やめる", NOW)
    with pytest.raises(NotPossibleNow):
        payment.release(session, actors["manager1"], batch.id, ON, NOW)


def test_a_cancellation_needs_its_reason(session, actors, two):
    with pytest.raises(Refused, match="理由"):
        payment.cancel(session, actors["reviewer1"], made(session, actors).id, " ", NOW)


@pytest.mark.parametrize(("on", "today"), [("2026-12-12", ON), ("2026-12-31", ON), ("2026-12-10", date(2026, 12, 11)),
                                           ("2031-01-06", ON)])
def test_a_run_is_for_a_bank_day_that_is_not_past(session, actors, two, on, today):
    with pytest.raises(NoBankDay):
        payment.make(session, actors["reviewer1"], CITY, date.fromisoformat(on), today, NOW)


def test_a_run_made_for_today_is_possible_and_tomorrow_too_late(session, actors, two):
    batch = payment.make(session, actors["reviewer1"], CITY, PAY_DAY, PAY_DAY, NOW)
    with pytest.raises(NoBankDay):
        payment.release(session, actors["manager1"], batch.id, PAY_DAY + timedelta(days=1), NOW)


def test_an_account_that_changed_after_the_run_was_made_stops_the_release(session, actors, two):
    batch = made(session, actors)
    two[0].account_holder_kana = "ミホン　ジロウ"
    session.flush()
    with pytest.raises(ChangedSince):
        payment.release(session, actors["manager1"], batch.id, ON, NOW)


@pytest.mark.parametrize(("account", "words"), [
    ({"bank": "9999"}, "金融機関の表にありません"), ({"bank_branch": "999"}, "金融機関の表にありません"),
    ({"account_number": "123456"}, "7桁"), ({"account_holder_kana": "見本 太郎"}, "口座名義カナ"),
    ({"account_holder_kana": "ヲグラ"}, "口座名義カナ"), ({"account_holder_kana": " "}, "口座名義カナ"), ({"account_kind": "3"}, "預金種別")])
def test_what_no_bank_could_pay_is_named_and_left_out(session, actors, two, account, words):
    (third,) = people(session)
    bad = granted(session, actors, third, **account)
    (faulty,) = [each for each in candidates(session, actors["manager1"], PAY_DAY) if not each.is_good]
    assert faulty.claim is bad and words in faulty.faults[0]
    assert made(session, actors).order_count == 2


def test_bank_and_branch_are_those_of_the_transfer_day(session, actors, two):
    session.execute(text("UPDATE bank_branch SET valid_to = '2026-12-10' WHERE bank_number = '0017' AND number = '104'"))
    assert [each.is_good for each in candidates(session, actors["manager1"], PAY_DAY)] == [True, True]
    session.execute(text("UPDATE bank_branch SET valid_to = '2026-12-09' WHERE bank_number = '0017' AND number = '104'"))
    assert [each.is_good for each in candidates(session, actors["manager1"], PAY_DAY)] == [False, True]
    with pytest.raises(ConsignorMissing):
        made(session, actors)


def test_a_long_name_is_sent_by_its_first_thirty_letters_and_an_account_of_two_people_is_told(session, actors):
    one, other = people(session, 2)
    for who in (one, other):
        granted(session, actors, who, account_holder_kana="ミホンアルベルトクリストフアーマクシミリアンヨハネスパウルス")
    found = candidates(session, actors["manager1"], PAY_DAY)
    assert all(len(each.holder_kana) == 30 and each.is_good and len(each.notes) == 2 for each in found)


@pytest.mark.parametrize("change", [{"consignors": {}}, {"consignors": {date(2027, 1, 1): {}}}, {"consignors": {date(2015, 1, 1): {}}},
                                    {"consignors": {date(2015, 1, 1): {**CITY.consignors[date(2015, 1, 1)], "name": "見本市"}}},
                                    {"consignors": {date(2015, 1, 1): {**CITY.consignors[date(2015, 1, 1)], "code": "1"}}}])
def test_without_a_consignor_in_the_citys_settings_no_run_is_made(session, actors, two, change):
    with pytest.raises(ConsignorMissing):
        payment.make(session, actors["reviewer1"], City(**(vars(CITY) | change)), PAY_DAY, ON, NOW)


def test_only_the_chosen_claims_are_paid(session, actors, two):
    batch = payment.make(session, actors["reviewer1"], CITY, PAY_DAY, ON, NOW, chosen={two[1].id})
    assert [order.claim_id for order in payment.orders_of(session, batch.id)] == [two[1].id]


@pytest.mark.parametrize("harm", [
    "UPDATE payment_order SET yen = yen + 1", "UPDATE payment_order SET account_number = '0000000'", "DELETE FROM payment_order",
    "UPDATE payment_batch SET total_yen = 1", "UPDATE payment_batch SET sha256 = 'x'", "DELETE FROM payment_batch",
    "UPDATE payment_batch SET transfer_date = '2026-12-11'", "UPDATE payment_batch SET state = 'sent', sent_at = now(), sent_how = 'x'",
    "UPDATE payment_order SET state = 'returned'", "UPDATE payment_order SET state = 'cancelled'",
    "UPDATE reimbursement_claim SET state = 'paid' WHERE state = 'granted'",
    "INSERT INTO payment_order (batch_id, position, number, claim_id, recipient_id, yen, bank, bank_name, bank_kana, branch,"
    " branch_name, branch_kana, account_kind, account_number, holder_kana) SELECT batch_id, 99, 99, claim_id, recipient_id, yen, bank,"
    " '', '', branch, '', '', account_kind, account_number, holder_kana FROM payment_order LIMIT 1"])
def test_the_database_itself_refuses_what_must_never_happen(session, actors, two, harm):
    made(session, actors)
    with pytest.raises(DBAPIError):
        session.execute(text(harm))


def test_a_claim_is_in_one_living_order_only_and_no_run_is_released_with_more_than_it_was_made(session, actors, two):
    batch = made(session, actors)
    (third,) = people(session)
    late = granted(session, actors, third)
    session.execute(text(
        "INSERT INTO payment_order (batch_id, position, number, claim_id, recipient_id, yen, bank, bank_name, bank_kana, branch, branch_name,"
        " branch_kana, account_kind, account_number, holder_kana) VALUES (:batch, 9, 9999, :claim, :person, :yen, '0017', '', '', '104', '', '',"
        " '1', '1234567', 'ﾐﾎﾝ ﾀﾛｳ')"), {"batch": batch.id, "claim": late.id, "person": third, "yen": late.planned_yen})
    with pytest.raises(BatchAltered):
        payment.release(session, actors["manager1"], batch.id, ON, NOW)
    with pytest.raises(DBAPIError, match="released as it was made"):
        session.execute(text("UPDATE payment_batch SET state = 'released', released_by = :who, released_at = now() WHERE id = :id"),
                        {"id": batch.id, "who": actors["manager1"].user_id})


def test_rows_that_no_longer_give_the_released_bytes_are_never_handed_over(session, actors, two):
    batch = released(session, actors)
    session.execute(text("ALTER TABLE payment_order DISABLE TRIGGER payment_order_is_guarded"))
    session.execute(text("UPDATE payment_order SET account_number = '7777777'"))
    session.expire_all()
    with pytest.raises(BatchAltered):
        payment.hand_over(session, actors["manager1"], batch.id, "taken", NOW)


def test_a_crash_between_commit_and_file_is_made_good_at_the_next_start(session, actors, two, tmp_path, monkeypatch):
    """The rename fails as if the process had died there: the rows stand, no half file does, the next start makes the same bytes."""
    files, batch = SealedFolder(tmp_path, b"payment", b"k" * 32), released(session, actors)
    session.commit()

    def die(self, target):
        raise OSError("the power went")

    with monkeypatch.context() as broken:
        broken.setattr("pathlib.Path.rename", die)
        with pytest.raises(OSError, match="power"):
            keep(session, files, batch)
    assert not files.path(name_of(batch)).exists()
    assert keep_all(session, files) == 1 and keep_all(session, files) == 0
    assert files.read(name_of(batch)) == content_of(session, batch) == payment.hand_over(session, actors["manager1"], batch.id, "taken", NOW)
    assert read(files.read(name_of(batch))).transfers[0].yen == 24_500


def test_an_unreleased_or_cancelled_run_has_no_file(session, actors, two, tmp_path):
    files, batch = SealedFolder(tmp_path, b"payment", b"k" * 32), made(session, actors)
    assert keep_all(session, files) == 0
    payment.cancel(session, actors["reviewer1"], batch.id, "やめる", NOW)
    assert keep_all(session, files) == 0


def test_every_step_is_journalled_with_whom_it_paid(session, actors, two):
    batch = released(session, actors)
    payment.hand_over(session, actors["manager1"], batch.id, "taken", NOW)
    session.flush()
    rows = session.execute(text("SELECT action, detail ->> 'payment', detail -> 'recipients' FROM journal_entry "
                                "WHERE subject_kind = 'payment_batch' AND subject_id = :id ORDER BY id"), {"id": batch.id}).all()
    whom = sorted(claim.recipient_id for claim in two)
    assert [tuple(row) for row in rows] == [("drafted", "made", whom), ("decided", "released", whom), ("exported", "taken", whom)]



def test_two_people_who_make_a_run_at_once_make_one(engine, actors):
    """The second waits for the first to finish and is told of its run."""
    with Session(engine, expire_on_commit=False) as office:
        one, other = people(office, 2)
        granted(office, actors, one), granted(office, actors, other)
        office.commit()
    day, outcome = date(2027, 2, 10), []

    def late() -> None:
        with Session(engine) as second:
            try:
                payment.make(second, actors["manager1"], CITY, day, ON, NOW)
            except NotPossibleNow as refusal:
                outcome.append(refusal.message)

    with Session(engine) as first:
        batch = payment.make(first, actors["reviewer1"], CITY, day, ON, NOW)
        thread = Thread(target=late)
        thread.start()
        thread.join(0.3)
        assert thread.is_alive() and outcome == []
        first.commit()
        thread.join(10)
        assert outcome and str(batch.number) in outcome[0]
        payment.cancel(first, actors["reviewer1"], batch.id, "試験の後始末", NOW)
        first.commit()
