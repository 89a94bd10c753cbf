"""所得割の換算: six eighths of a levy at the designated-city rate, from 1 April 2018, below one yen dropped."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.income_levy import normalised_levy

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
