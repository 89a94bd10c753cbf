"""支給決定の取消: by two people, before a run pays it, and never after its release."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from models.journal import JournalEntry
from procedures import payment
from procedures.claim_letters import letter_of
from procedures.payment_candidates import payable
from procedures.reimbursement import PAY, Draft, calculate, decision_of, draft, sign_off
from procedures.reimbursement_ledger import totals
from procedures.taking_back import AskedAlready, AskersOwn, InARun, NobodyAsked, NotGranted, ask, let_stand, take_back
from tests.claims import claimed, claimer, granted
from tests.money import CITY, PAY_DAY
from tests.office import NOW, ON


@pytest.fixture
def grant(session, actors):
    return granted(session, actors, claimer(session, actors))


def asked(session, actors, claim, who="reviewer1"):
    return ask(session, actors[who], claim.id, "証明書の取違え", ON)


def test_one_person_asks_and_another_takes_back_and_the_claim_is_decided_anew(session, actors, grant):
    asked(session, actors, grant)
    take_back(session, actors["manager1"], grant.id, ON)
    session.refresh(grant)
    assert (grant.state, grant.certification, grant.planned_yen, grant.decision_date, grant.decision_reason) == ("calculated", "0", None, None, None)
    assert [each.is_granted for each in grant.bills] == [False] and totals(session).open == grant.claimed_yen
    old = decision_of(session, grant.id)
    assert (old.sign_off, old.amount_yen, old.take_back_reason) == ("1", 20_000, "証明書の取違え")
    calculate(session, actors["reviewer1"], grant.id, ON)
    draft(session, actors["reviewer1"], grant.id, Draft(PAY), ON)
    sign_off(session, actors["manager1"], grant.id, ON)
    assert (grant.state, grant.planned_yen, decision_of(session, grant.id).id > old.id) == ("granted", 20_000, True)
    details = [entry.detail for entry in session.scalars(select(JournalEntry).where(
        JournalEntry.subject_kind == "reimbursement_claim").order_by(JournalEntry.id)) if "take_back" in entry.detail]
    assert details == [{"take_back": "asked"}, {"take_back": "taken_back"}]


def test_the_same_person_never_asks_and_takes_back(session, actors, grant):
    asked(session, actors, grant, "manager1")
    with pytest.raises(AskersOwn):
        take_back(session, actors["manager1"], grant.id, ON)
    with pytest.raises(DBAPIError, match="second_person"), session.begin_nested():
        session.execute(text("UPDATE payment_decision SET taken_back_by = take_back_asked_by, taken_back_on = now() WHERE is_current"))


def test_a_request_keeps_the_claim_out_of_a_run_until_it_is_dropped(session, actors, grant):
    asked(session, actors, grant)
    with pytest.raises(AskedAlready):
        asked(session, actors, grant)
    (candidate,) = payable(session, PAY_DAY)
    assert any("取消が依頼されています" in fault for fault in candidate.faults)
    with pytest.raises(payment.NothingToPay):
        payment.make(session, actors["reviewer1"], CITY, PAY_DAY, ON, NOW)
    let_stand(session, actors["manager1"], grant.id)
    (candidate,) = payable(session, PAY_DAY)
    assert not any("取消" in fault for fault in candidate.faults)
    with pytest.raises(NobodyAsked):
        take_back(session, actors["manager1"], grant.id, ON)


def test_what_a_run_orders_is_taken_back_only_once_the_run_is_cancelled_and_never_after_its_release(session, actors, grant):
    run = payment.make(session, actors["reviewer1"], CITY, PAY_DAY, ON, NOW)
    with pytest.raises(InARun):
        asked(session, actors, grant)
    payment.cancel(session, actors["reviewer1"], run.id, "確かめ直し", NOW)
    asked(session, actors, grant)
    let_stand(session, actors["manager1"], grant.id)
    run = payment.make(session, actors["reviewer1"], CITY, PAY_DAY, ON, NOW)
    payment.release(session, actors["manager1"], run.id, ON, NOW)
    with pytest.raises(NotGranted):
        asked(session, actors, grant)


@pytest.mark.parametrize("statement", [
    "UPDATE reimbursement_claim SET state = 'calculated', planned_yen = NULL",
    "UPDATE payment_decision SET taken_back_by = signed_by, taken_back_on = now(), take_back_asked_by = drafted_by, "
    "take_back_asked_on = now(), take_back_reason = 'x' WHERE is_current",
    "UPDATE payment_decision SET amount_yen = 1 WHERE is_current"])
def test_the_database_takes_nothing_back_by_one_hand(session, actors, grant, statement):
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text(statement))


def test_only_what_is_granted_is_taken_back_and_with_a_reason(session, actors, grant):
    with pytest.raises(Exception, match="取消の理由"):
        ask(session, actors["reviewer1"], grant.id, " ", ON)
    other = claimed(session, actors, claimer(session, actors))
    with pytest.raises(NotGranted):
        asked(session, actors, other)
    assert letter_of(session, grant, decision_of(session, grant.id)) == "payment_granted"
