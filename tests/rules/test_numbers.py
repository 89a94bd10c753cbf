"""番号の検証: every kind of number, as public sources show them, and no single slip passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import numbers


@pytest.mark.parametrize(("kind", "number", "valid"), [
    ("payer", "54376017", True), ("payer", "54376025", True), ("payer", "54126016", True), ("payer", "54117015", True),
    ("payer", "54367017", False), ("payer", "21376017", False), ("payer", "5437601", False), ("payer", "", False),
    ("recipient", "0000018", True), ("recipient", "1234566", True), ("recipient", "9999996", True),
    ("recipient", "0010001", False), ("recipient", "0010009", True), ("recipient", "1234565", False),
    ("recipient", "123456", False), ("insurer", "33120015", True), ("insurer", "06110019", True),
    ("insurer", "110015", True), ("insurer", "138016", True), ("insurer", "1380160", False), ("insurer", "138017", False),
    ("facility", "0110113719", True), ("facility", "1111012348", True), ("facility", "1111012349", False),
    ("individual", "123456789018", True), ("individual", "111111111118", True), ("individual", "202404010010", True),
    ("individual", "000000000019", True), ("individual", "12345678901", False), ("individual", "210987654321", False),
    ("corporate", "7000012050002", True), ("corporate", "6180001000001", True), ("corporate", "7000012050003", False),
    ("recipient", "１２３４５６６", False), ("recipient", "12345a6", False)])
def test_known_numbers(kind, number, valid):
    assert numbers.valid(kind, number) is valid


def test_an_unknown_kind_is_no_guess():
    with pytest.raises(KeyError):
        numbers.valid("passport", "1")


@given(st.from_regex(r"[0-9]{6}", fullmatch=True), st.integers(0, 6), st.integers(1, 9))
def test_one_wrong_digit_never_passes(payload, place, slip):
    number = numbers.with_check_digit(payload)
    wrong = number[:place] + str((int(number[place]) + slip) % 10) + number[place + 1:]
    assert numbers.valid("recipient", number) and not numbers.valid("recipient", wrong)


@given(st.from_regex(r"[0-9]{11}", fullmatch=True))
def test_an_individual_number_closes_with_its_own_digit_only(payload):
    passing = [digit for digit in "0123456789" if numbers.valid("individual", payload + digit)]
    assert passing == [numbers.individual_check_digit(payload)]
