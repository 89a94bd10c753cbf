"""費用の分担: three amounts that are always the total, and nobody bears more for costing less."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.cost_split import own_share, split_beside, split_of
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


@given(TOTALS, TOTALS, st.sampled_from([1, 2, 3]), st.sampled_from(CLASSES), CAPS)
def test_other_treatment_changes_nothing_of_the_disease_and_is_never_dearer_beside_it(total, other, tenths, kind, cap):
    made = split_beside(total, other, tenths, kind, False, cap, ON)
    assert made.split == split_of(total, tenths, kind, False, cap, ON)
    assert 0 <= made.other_patient_yen <= min(other * tenths // 10, limit_of(kind, other, False, ON))


@pytest.mark.parametrize(("total", "other_patient"), [(70_000, None), (69_990, 169_320)])
def test_costs_are_put_together_from_21000_yen_of_the_insured_share(total, other_patient):
    made = split_beside(total, 750_000, 3, "イ", False, 30_000, ON)
    together = limit_of("イ", total + 750_000, False, ON) - made.split.patient_yen
    assert made.other_patient_yen == (other_patient or together)
