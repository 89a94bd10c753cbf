"""所得割の換算: six eighths of a levy at the designated-city rate, from 1 April 2018, below one yen dropped."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.income_levy import DONATION, HOUSING, OTHER, Adjustment, normalised_levy

ON = date(2025, 10, 1)


@pytest.mark.parametrize(("levy", "counted"), [(0, 0), (1, 0), (2, 1), (4, 3), (94_667, 71_000), (94_666, 70_999), (334_667, 251_000)])
def test_a_levy_of_a_designated_city_counts_six_eighths(levy, counted):
    assert normalised_levy(levy, True, ON) == counted


@pytest.mark.parametrize(("on", "counted"), [(date(2018, 3, 31), 100_000), (date(2018, 4, 1), 75_000)])
def test_the_rate_counts_from_its_first_day(on, counted):
    assert normalised_levy(100_000, True, on) == counted


@given(st.integers(0, 100_000_000))
def test_elsewhere_a_levy_counts_as_it_is(levy):
    assert normalised_levy(levy, False, ON) == levy


@given(st.integers(0, 100_000_000))
def test_a_converted_levy_is_whole_yen_and_never_more(levy):
    counted = normalised_levy(levy, True, ON)
    assert counted <= levy and 0 <= levy * 6 - counted * 8 < 8


@pytest.mark.parametrize(("designated", "counted"), [(False, 71_000), (True, 53_250)])
def test_housing_and_donation_credits_are_added_back_before_the_factor(designated, counted):
    credits = (Adjustment(HOUSING, 10_000), Adjustment(DONATION, 1_000), Adjustment(OTHER, 5_000))
    assert normalised_levy(60_000, designated, ON, credits) == counted


def test_a_city_may_put_the_factor_before_all_credits(monkeypatch):
    monkeypatch.setattr("rules.income_levy.figures", lambda name, on: {
        "designated_city_numerator": 6, "designated_city_denominator": 8, "strategy": "before_credits"})
    assert normalised_levy(60_000, True, ON, (Adjustment(OTHER, 4_000),)) == 44_000
    assert normalised_levy(0, True, ON, (Adjustment(OTHER, 4_000),)) == 0
