"""保留したレセプト: accepted for somebody with a reason, or refused and asked back; decided once."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.benefit import Benefit, BenefitMonth
from models.receipt import HeldReceipt
from procedures import held_receipts
from procedures.accumulation import recompute
from procedures.held_receipts import AlreadyDecided, WhoseIsIt, accept, refuse
from procedures.receipt_lists import entries
from procedures.refusal import Refused
from rules.numbers import with_check_digit
from tests.life import CITY, certified_person
from tests.office import NOW
from tests.receipt_office import place, receipt, table, taken_in

PAYERS = (CITY.payer_general, CITY.payer_welfare)


@pytest.fixture
def person(session, actors, tmp_path):
    person = certified_person(session, actors)
    taken_in(session, actors["manager1"], place(tmp_path), table([
        receipt(person, recipient_number=with_check_digit("999999"), insurer_yen=None, public_yen=None),
        receipt(person, treatment_month="2026-10")]))
    return person


def held(session, line: int) -> HeldReceipt:
    return session.query(HeldReceipt).filter_by(line=line).one()


def test_who_is_named_gets_the_receipt_and_what_the_file_did_not_say_is_computed(session, actors, person):
    accept(session, actors["manager1"], held(session, 2).id, str(person.recipient_number), "番号の書き誤り、医療機関に確認", PAYERS, NOW)
    row = session.query(Benefit).one()
    assert (row.recipient_id, row.recipient_number, row.points, row.line) == (person.id, with_check_digit("999999"), 1000, 2)
    assert held(session, 2).benefit_id == row.id
    assert session.query(BenefitMonth).one().copay_yen == 2000 and recompute(session) == 0


def test_a_receipt_outside_the_period_can_be_accepted_with_a_reason(session, actors, person):
    accept(session, actors["manager1"], held(session, 3).id, str(person.recipient_number), "遡って認定", PAYERS, NOW)
    assert session.query(Benefit).one().treatment_month == "2026-10" and session.query(BenefitMonth).one().cap_yen is None


def test_a_refused_receipt_is_asked_back(session, actors, person):
    refuse(session, actors["manager1"], held(session, 2).id, "該当者なし", NOW)
    assert session.query(Benefit).count() == 0
    (entry,) = entries(session, actors["manager1"], "return", NOW.date(), NOW.date())
    assert entry.recipient_number == with_check_digit("999999") and "該当者なし" in entry.reason and entry.points == 1000


def test_a_reason_and_somebody_on_the_ledger_are_needed(session, actors, person):
    number = held(session, 2).id
    with pytest.raises(Refused):
        refuse(session, actors["manager1"], number, " ", NOW)
    with pytest.raises(WhoseIsIt):
        accept(session, actors["manager1"], number, "0000000", "確認", PAYERS, NOW)
    assert len(held_receipts.waiting(session, actors["manager1"])) == 2


def test_a_decision_stays(session, actors, person):
    number = held(session, 2).id
    refuse(session, actors["manager1"], number, "該当者なし", NOW)
    with pytest.raises(AlreadyDecided):
        accept(session, actors["manager1"], number, str(person.recipient_number), "やはり", PAYERS, NOW)
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text("UPDATE held_receipt SET note = 'x' WHERE id = :id"), {"id": number})
