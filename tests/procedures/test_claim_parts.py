"""請求の分割: the decided months of a claim are paid while the others wait, and not a yen is claimed twice or lost."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.reimbursement import ReimbursementClaim
from procedures.claim_letters import facts_of
from procedures.claim_parts import ClaimedTooLittle, NothingToDivide, divide
from procedures.reimbursement import HOLD, PAY, Draft, Stale, calculate, decision_of, draft, sign_off
from procedures.reimbursement_ledger import totals
from procedures.reimbursement_office import note_high_cost
from procedures.reimbursement_progress import ClaimOutOfOrder
from tests.claims import bill, claimed, claimer, month

LATER = date(2027, 1, 12)
WAITING = (bill(), bill(1, "R8.12.8", total=600_000, paid=180_000), month(high_cost="0"), month(1, "2026-12", high_cost="2"))


@pytest.fixture
def two_months(session, actors):
    """November is decided (30,000 − 10,000 = 20,000), December's 高額療養費 is open; 200,000 yen are claimed."""
    made = claimed(session, actors, claimer(session, actors), *WAITING, on=LATER, claimed_yen="200,000", application_date="R9.1.8")
    assert calculate(session, actors["reviewer1"], made.id, LATER).decision == "hold"
    return made


def parted(session, actors, claim):
    return divide(session, actors["reviewer1"], claim.id, LATER)


def test_the_decided_month_is_paid_and_the_other_waits_under_a_number_of_its_own(session, actors, two_months):
    before = totals(session)
    part = parted(session, actors, two_months)
    assert (part.acceptance_number, part.claimed_yen, part.state) == (f"{two_months.acceptance_number}-2", 180_000, "calculated")
    assert (two_months.claimed_yen, [each.position for each in two_months.bills], [each.position for each in part.bills]) == (20_000, [0], [1])
    assert totals(session) == before
    for claim, result in ((two_months, Draft(PAY)), (part, Draft(HOLD, "17"))):
        draft(session, actors["reviewer1"], claim.id, result, LATER)
        sign_off(session, actors["manager1"], claim.id, LATER)
    assert (two_months.state, two_months.planned_yen, part.state) == ("granted", 20_000, "held")
    found = totals(session)
    assert (found.claimed, found.open, found.held) == (200_000, 20_000, 180_000) and found.balances
    note_high_cost(session, actors["reviewer1"], part.id, "2026-12", 99_570, "保険者の決定通知", LATER)
    assert calculate(session, actors["reviewer1"], part.id, LATER).refund_yen == 180_000 - 99_570 - 10_000


def test_the_letter_of_one_part_names_the_other(session, actors, two_months):
    part = parted(session, actors, two_months)
    draft(session, actors["reviewer1"], two_months.id, Draft(PAY), LATER)
    sign_off(session, actors["manager1"], two_months.id, LATER)
    ((label, words),) = facts_of(session, two_months, decision_of(session, two_months.id), LATER)["parts"]
    assert label == "別に決定する月" and "12月" in words and part.acceptance_number in words


@pytest.mark.parametrize(("claimed_yen", "portion"), [("20,001", 1), ("199,999", 179_999), ("250,000", 180_000)])
def test_the_waiting_part_claims_what_the_decided_months_leave_and_its_bills_hold(session, actors, claimed_yen, portion):
    made = claimed(session, actors, claimer(session, actors), *WAITING, on=LATER, claimed_yen=claimed_yen, application_date="R9.1.8")
    calculate(session, actors["reviewer1"], made.id, LATER)
    assert parted(session, actors, made).claimed_yen == portion


def test_an_amount_that_the_decided_month_uses_up_is_not_divided(session, actors):
    made = claimed(session, actors, claimer(session, actors), *WAITING, on=LATER, claimed_yen="20,000", application_date="R9.1.8")
    calculate(session, actors["reviewer1"], made.id, LATER)
    with pytest.raises(ClaimedTooLittle):
        parted(session, actors, made)


def test_what_is_all_decided_or_counted_before_a_change_is_not_divided(session, actors, two_months):
    note_high_cost(session, actors["reviewer1"], two_months.id, "2026-12", 0, "保険者の決定通知", LATER)
    with pytest.raises(Stale):
        parted(session, actors, two_months)
    calculate(session, actors["reviewer1"], two_months.id, LATER)
    with pytest.raises(NothingToDivide):
        parted(session, actors, two_months)
    draft(session, actors["reviewer1"], two_months.id, Draft(PAY), LATER)
    with pytest.raises(ClaimOutOfOrder):
        parted(session, actors, two_months)


def test_a_held_claim_is_divided_too_and_a_line_never_leaves_for_another_paper(session, actors, two_months):
    draft(session, actors["reviewer1"], two_months.id, Draft(HOLD, "17"), LATER)
    sign_off(session, actors["manager1"], two_months.id, LATER)
    part = parted(session, actors, two_months)
    assert (two_months.state, part.state, two_months.certification) == ("calculated", "calculated", "0")
    stranger = claimed(session, actors, claimer(session, actors))
    assert session.get_one(ReimbursementClaim, stranger.id).part == 1
    with pytest.raises(DBAPIError, match="parts of one claim"), session.begin_nested():
        session.execute(text("UPDATE reimbursement_bill SET claim_id = :there, position = 7 WHERE claim_id = :here"),
                        {"here": part.id, "there": stranger.id})
