"""償還払の算定: never more than was paid, whatever the order of the bills."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.refund import Bill, Month, Outside, refund_of

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


@given(BILLS, st.integers(0, 30_000), st.integers(0, 40_000), st.integers(0, 100_000))
def test_the_lines_add_up_to_the_refund(bills, cap, ledger, high):
    made = refund_of(month(cap, ledger, high), bills, ON)
    paid, burden = (sum(getattr(line, name) for line in made.lines) for name in ("paid_yen", "burden_yen"))
    assert made.refund_yen == max(0, paid - high - burden) and len(made.lines) == len(bills)
    assert sum(line.burden_yen for line in made.lines) <= max(0, cap - ledger)


def test_each_bill_goes_by_the_cap_and_the_share_of_its_own_day():
    bills = [Bill(FIRST, 100_000, 30_000, cap_yen=20_000, tenths=3), Bill(LAST, 100_000, 30_000, cap_yen=10_000, tenths=3)]
    assert [line.burden_yen for line in refund_of(month(0, 0, 0), bills, ON).lines] == [20_000, 0]
    assert refund_of(month(0, 0, 0), [Bill(FIRST, 100_000, 10_000, cap_yen=30_000, tenths=1)], ON).decision == "refuse"


@pytest.mark.parametrize(("free", "refund"), [(False, 20_000), (True, 34_700)])
def test_meals_come_back_only_where_they_are_free(free, refund):
    bill = Bill(FIRST, 100_000, 30_000, 14_700, meals_apart=True, meals_free=free)
    assert refund_of(month(10_000, 0, 0), [bill], ON).refund_yen == refund


def test_free_meals_come_back_although_the_care_gives_nothing():
    made = refund_of(month(30_000, 0, 0), [Bill(FIRST, 100_000, 20_000, 14_700, tenths=2, meals_apart=True, meals_free=True)], ON)
    assert (made.decision, made.refund_yen) == ("pay", 14_700)


@pytest.mark.parametrize("why", Outside)
def test_what_the_office_left_out_gives_nothing_and_says_why(why):
    made = refund_of(month(10_000, 0, 0), [Bill(FIRST, 100_000, 30_000, outside=why)], ON)
    assert (made.decision, made.why) == ("refuse", why) and "対象外" in made.reasons[0]


def test_a_bill_of_29_february_lapses_with_the_28th():
    bill = Bill(date(2020, 2, 29), 50_000, 15_000)
    held = Month(10_000, 3, 0, 0, date(2020, 1, 1), date(2020, 12, 31))
    assert refund_of(held, [bill], date(2025, 2, 28)).decision == "pay"
    assert refund_of(held, [bill], date(2025, 3, 1)).decision == "refuse"
