"""銀行営業日: a run is never ordered for a day on which no bank works."""

from datetime import date, timedelta

import pytest

from rules.bank_day import is_bank_day


@pytest.mark.parametrize(("day", "works"), [
    ("2026-12-10", True), ("2026-12-11", True), ("2026-12-12", False), ("2026-12-13", False), ("2026-12-30", True),
    ("2026-12-31", False), ("2027-01-01", False), ("2027-01-03", False), ("2027-01-04", True), ("2027-03-21", False),
    ("2027-03-22", False), ("2027-03-23", True), ("2026-05-06", False), ("2026-05-07", True), ("2026-09-22", False)])
def test_weekends_holidays_and_the_turn_of_the_year_are_no_bank_days(day, works):
    assert is_bank_day(date.fromisoformat(day)) is works


@pytest.mark.parametrize("year", [2026, 2027])
def test_every_year_has_its_holidays(year):
    days = [date(year, 1, 1) + timedelta(days=each) for each in range(365)]
    assert sum(not is_bank_day(day) for day in days if day.weekday() < 5) in range(15, 22)


def test_a_year_nobody_entered_is_not_guessed():
    with pytest.raises(LookupError):
        is_bank_day(date(2031, 1, 6))
