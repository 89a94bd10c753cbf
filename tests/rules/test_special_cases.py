"""軽症高額・高額かつ長期: a window is twelve months whatever the calendar does."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.parameters import figures, trial
from rules.special_cases import Costs, judge, met_on, months_before, window_of
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
    made = judge(date(2025, 8, 20), None, Costs({"2025-08": 60_000}), Tier.LOW_1)
    assert "1か月" in made.reasons[0] and any("低所得Ⅰ" in reason for reason in made.reasons)


@pytest.mark.parametrize(("third", "met"), [(33_330, None), (33_331, date(2025, 6, 30))])
def test_the_condition_is_met_at_the_end_of_the_third_costly_month(third, met):
    assert met_on(date(2025, 8, 20), None, {"2025-02": 40_000, "2025-04": 40_000, "2025-06": third}) == met
    assert met_on(date(2025, 8, 20), "2025-03", {"2025-02": 40_000, "2025-04": 40_000, "2025-06": third}) is None


def long_term(applied: date, costs: Costs) -> bool:
    return judge(applied, None, costs, Tier.GENERAL_1).high_cost_long_term


@pytest.mark.parametrize(("applied", "counts"), [(date(2022, 8, 1), False), (date(2022, 8, 2), True)])
def test_months_under_the_childrens_scheme_count_since_the_second_of_august_2022(applied, counts):
    early, late = [f"2022-{month:02}" for month in (1, 2, 3)], [f"2022-{month:02}" for month in (5, 6, 7)]
    costs = Costs(dict.fromkeys(late, 50_001), dict.fromkeys(early, 50_001))
    assert long_term(applied, costs) is counts
    assert not judge(applied, None, Costs({}, costs.months), Tier.GENERAL_1).mild_high_cost


def test_a_month_in_both_schemes_counts_together():
    months = [f"2025-{month:02}" for month in range(3, 9)]
    assert long_term(date(2025, 8, 20), Costs(dict.fromkeys(months, 30_000), dict.fromkeys(months, 20_001)))
    assert not long_term(date(2025, 8, 20), Costs(dict.fromkeys(months, 30_000), dict.fromkeys(months, 20_000)))


@pytest.mark.parametrize(("since", "counts"), [(None, True), ("2025-03", True), ("2025-04", False)])
def test_months_before_the_certification_do_not_count_unless_the_city_says_so(since, counts):
    costs = Costs({f"2025-{month:02}": 50_001 for month in range(3, 9)}, certified_from=since)
    assert long_term(date(2025, 8, 20), costs) is counts
    with trial("special_cases", {date(2022, 8, 2): {**figures("special_cases", date(2025, 8, 20)), "needs_certification": False}}):
        assert long_term(date(2025, 8, 20), costs)
