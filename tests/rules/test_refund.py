"""償還払の算定: never more than was paid, whatever the order of the bills."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rules.refund import Bill, Month, refund_of

ON, FIRST, LAST = date(2025, 8, 1), date(2025, 5, 1), date(2025, 5, 31)
BILLS = st.lists(st.builds(
    Bill, st.integers(0, 30).map(lambda days: FIRST + timedelta(days)), st.integers(0, 50_000).map(lambda points: points * 10),
    st.integers(0, 150_000), st.just(0), st.booleans()), max_size=6)


def month(cap, ledger, high):
    return Month(cap, 3, ledger, high, FIRST, LAST)


@given(BILLS, st.integers(0, 30_000), st.integers(0, 40_000), st.integers(0, 100_000))
def test_a_refund_is_never_negative_and_never_more_than_was_paid(bills, cap, ledger, high):
    made = refund_of(month(cap, ledger, high), bills, ON)
    assert 0 <= made.refund_yen <= sum(bill.paid_yen for bill in bills if bill.is_designated)
    assert (made.refund_yen > 0) == (made.decision == "pay") and made.reasons


@given(BILLS, st.randoms(use_true_random=False))
def test_the_order_in_which_bills_are_keyed_changes_nothing(bills, chance):
    mixed = list(bills)
    chance.shuffle(mixed)
    per_day = {bill.day for bill in bills}
    if len(per_day) == len(bills):  # two bills of one day are taken as they come; their sum is the same
        assert refund_of(month(10_000, 0, 0), bills, ON) == refund_of(month(10_000, 0, 0), mixed, ON)
    assert refund_of(month(10_000, 0, 0), bills, ON).refund_yen == refund_of(month(10_000, 0, 0), mixed, ON).refund_yen


@given(BILLS)
def test_an_undecided_high_cost_benefit_holds_everything(bills):
    made = refund_of(month(10_000, 0, None), bills, ON)
    assert made.refund_yen == 0 and made.decision in ("hold", "refuse")


def test_a_bill_of_29_february_lapses_with_the_28th():
    bill = Bill(date(2020, 2, 29), 50_000, 15_000)
    held = Month(10_000, 3, 0, 0, date(2020, 1, 1), date(2020, 12, 31))
    assert refund_of(held, [bill], date(2025, 2, 28)).decision == "pay"
    assert refund_of(held, [bill], date(2025, 3, 1)).decision == "refuse"
