"""統合宛名番号と個人番号の桁: made with a check digit, checked, and found in a text however they are written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.integrated_number import (
    holds_individual_number,
    integrated_number,
    is_individual_number,
    is_integrated_number,
)
from rules.numbers import individual_check_digit, m11_digit, valid


@given(st.integers(0, 10**13 - 1))
@settings(max_examples=50)
def test_every_integrated_number_closes_and_one_wrong_digit_is_seen(place):
    number = integrated_number(place)
    assert is_integrated_number(number) and number[-1] == m11_digit(number[:-1]) and number[0] == "9"
    assert not any(is_integrated_number(number[:-1] + last) for last in "0123456789" if last != number[-1])


def test_there_is_a_last_integrated_number():
    assert is_integrated_number(integrated_number(10**13 - 1))
    with pytest.raises(ValueError, match="no more"):
        integrated_number(10**13)


@given(st.integers(0, 10**12 - 1).map("{:012}".format))
@settings(max_examples=200)
def test_an_individual_number_is_judged_as_the_core_judges_it(number):
    assert is_individual_number(number) == valid("individual", number)
    assert is_individual_number(number[:-1] + individual_check_digit(number[:-1]))


@pytest.mark.parametrize("text", ["番号は123456789018です", "1234 5678 9018", "１２３４－５６７８－９０１８", "1234-5678-9018"])
def test_a_number_in_a_text_is_found(text):
    assert holds_individual_number(text)


@pytest.mark.parametrize("text", ["", "123456789012", "1234567890180", "電話 045-123-4567", "2026-11-10 1234", "91234567890123"])
def test_what_is_no_number_is_none(text):
    assert not holds_individual_number(text)
