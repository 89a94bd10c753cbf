"""軽症高額・高額かつ長期: a window is twelve months whatever the calendar does."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.special_cases import judge, met_on, months_before, window_of
from rules.tier import Tier


@pytest.mark.parametrize(("month", "count", "before"), [
    ("2025-08", 0, "2025-08"), ("2025-08", 11, "2024-09"), ("2025-01", 1, "2024-12"), ("2025-12", 12, "2024-12")])
def test_months_are_counted_across_years(month, count, before):
    assert months_before(month, count) == before


@given(st.dates(date(2015, 1, 1), date(2040, 12, 31)))
def test_a_window_is_twelve_months_and_ends_with_the_application(applied):
    first, last = window_of(applied, None, applied)
    assert last == f"{applied:%Y-%m}" and months_before(last, 11) == first


def test_an_onset_after_the_application_leaves_the_month_of_the_application():
    assert window_of(date(2025, 8, 20), "2026-01", date(2025, 8, 20)) == ("2025-08", "2025-08")


def test_the_reasons_count_the_months_in_words():
    made = judge(date(2025, 8, 20), None, {"2025-08": 60_000}, Tier.LOW_1)
    assert "1か月" in made.reasons[0] and any("低所得Ⅰ" in reason for reason in made.reasons)


@pytest.mark.parametrize(("third", "met"), [(33_330, None), (33_331, date(2025, 6, 30))])
def test_the_condition_is_met_at_the_end_of_the_third_costly_month(third, met):
    assert met_on(date(2025, 8, 20), None, {"2025-02": 40_000, "2025-04": 40_000, "2025-06": third}) == met
    assert met_on(date(2025, 8, 20), "2025-03", {"2025-02": 40_000, "2025-04": 40_000, "2025-06": third}) is None
