"""償還払の重複: receipts, other claims and the same bill twice; nobody is paid two times for one bill."""

import pytest

from procedures.reimbursement import PAY, Draft, OverlapOpen, PaidAlready, Stale, calculate, sign_off
from procedures.reimbursement_office import clear_overlap
from tests.claims import PHARMACY, bill, claimed, claimer, drafted, granted, month, receipt
from tests.office import ON


@pytest.fixture
def person(session, actors):
    return claimer(session, actors)


@pytest.fixture
def count(session, actors):
    return lambda claim: calculate(session, actors["reviewer1"], claim.id, ON)


def test_a_receipt_of_the_same_month_and_institution_stops_the_payment(session, actors, person, count):
    claim = claimed(session, actors, person)
    receipt(session, person, 10_000)
    count(claim)
    with pytest.raises(OverlapOpen):
        drafted(session, actors, claim, Draft(PAY))
    clear_overlap(session, actors["reviewer1"], claim.id, claim.bills[0].id, "別の診療 (医療機関に電話で確認)")
    with pytest.raises(Stale):
        drafted(session, actors, claim, Draft(PAY))
    made = count(claim)
    assert made.refund_yen == 20_000 and made.content["months"][0]["ledger"]["receipts"] == 10_000  # the cap was used up there
    assert drafted(session, actors, claim, Draft(PAY)).state == "drafted"


@pytest.mark.parametrize("other", [{"adjustment": "1"}, {"treatment_month": "2026-10"}, {"setting": "1"}, {"facility_number": PHARMACY}])
def test_what_was_taken_back_or_is_elsewhere_is_no_overlap(session, actors, person, count, other):
    receipt(session, person, 10_000, **other)
    assert count(claimed(session, actors, person)).content["overlaps"] == []


def test_what_was_borne_at_the_window_may_come_back_in_part(session, actors, person, count):
    receipt(session, person, 20_000)  # the cap was 20,000 then
    claim = claimed(session, actors, person, bill(paid=20_000, share="2"), month(high_cost="0"), claimed_yen="10000", claim_reason="3")
    made = count(claim)
    assert (made.refund_yen, made.content["months"][0]["ledger"]["yen"]) == (10_000, 0)
    assert [(each["kind"], each["blocks"]) for each in made.content["overlaps"]] == [("payment", False)]


def test_receipts_of_other_institutions_have_used_up_the_cap(session, actors, person, count):
    receipt(session, person, 7_000, PHARMACY, setting="5")
    claim = claimed(session, actors, person, bill(total=50_000, paid=15_000), month(high_cost="0", ledger_yen="6000"))
    assert count(claim).refund_yen == 12_000


def test_the_same_bill_is_never_granted_twice(session, actors, person, count):
    first = granted(session, actors, person)
    again = claimed(session, actors, person)
    assert [(each["kind"], each["blocks"]) for each in count(again).content["overlaps"]] == [("granted", True)]
    clear_overlap(session, actors["reviewer1"], again.id, again.bills[0].id, "同じではないと思う")
    count(again)
    with pytest.raises(OverlapOpen):
        drafted(session, actors, again, Draft(PAY))
    assert first.state == "granted"


def test_a_second_claim_for_the_month_goes_on_where_the_first_left_the_cap(session, actors, person, count):
    granted(session, actors, person)
    second = claimed(session, actors, person, bill(day="R8.11.14"), month(high_cost="0"), claimed_yen="30000")
    made = count(second)
    assert [each["kind"] for each in made.content["overlaps"]] == ["claim"]
    assert (made.refund_yen, made.content["months"][0]["ledger"]["earlier"]) == (30_000, 10_000)
    clear_overlap(session, actors["reviewer1"], second.id, second.bills[0].id, "診療日が違う証明書")
    count(second)
    drafted(session, actors, second, Draft(PAY))
    assert sign_off(session, actors["manager1"], second.id, ON).planned_yen == 30_000


def test_the_database_refuses_the_same_bill_twice_whoever_asks(session, actors, person, count):
    claim = claimed(session, actors, person, bill(), bill(1), month(high_cost="0"), claimed_yen="60000")
    assert [each["kind"] for each in count(claim).content["overlaps"]] == ["line"]
    clear_overlap(session, actors["reviewer1"], claim.id, claim.bills[1].id, "二枚とも原本")
    count(claim)
    drafted(session, actors, claim, Draft(PAY))
    with pytest.raises(PaidAlready):
        sign_off(session, actors["manager1"], claim.id, ON)
