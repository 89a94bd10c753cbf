"""費用の分担: three amounts that are always the total, and nobody bears more for costing less."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from rules.cost_split import own_share, split_of
from rules.high_cost import CLASSES, limit_of

ON = date(2025, 10, 1)
TOTALS, CAPS = st.integers(0, 5_000_000).map(lambda points: points * 10), st.sampled_from([0, 1000, 2500, 5000, 10000, 20000, 30000])


@given(TOTALS, st.sampled_from([1, 2, 3]), st.sampled_from(CLASSES), st.booleans(), CAPS)
def test_the_three_shares_are_the_total_and_none_is_negative(total, tenths, kind, many, cap):
    made = split_of(total, tenths, kind, many, cap, ON)
    assert made.insurer_yen + made.patient_yen + made.public_yen == total
    assert min(made.insurer_yen, made.patient_yen, made.public_yen) >= 0 and made.patient_yen <= cap


@given(TOTALS, st.integers(0, 100_000).map(lambda points: points * 10), st.sampled_from([1, 2, 3]), st.sampled_from(CLASSES), CAPS)
def test_more_cost_never_costs_the_patient_less(total, more, tenths, kind, cap):
    less, greater = (split_of(yen, tenths, kind, False, cap, ON).patient_yen for yen in (total, total + more))
    assert less <= greater


@given(TOTALS, st.sampled_from(CLASSES))
def test_who_was_over_the_limit_many_times_bears_no_more(total, kind):
    assert limit_of(kind, total, True, ON) <= limit_of(kind, total, False, ON)


@given(TOTALS, st.sampled_from([1, 2, 3]))
def test_nobody_bears_more_than_two_tenths(total, tenths):
    assert own_share(total, tenths, ON) <= total * 2 // 10 + 10
