"""税の年度: July is the border, one day to each side; the income is a year older than the tax."""

from datetime import date

import pytest

from rules.tax_year import income_year, tax_year


@pytest.mark.parametrize(("applied", "year"), [
    (date(2026, 6, 30), 2025), (date(2026, 7, 1), 2026), (date(2026, 12, 31), 2026), (date(2027, 1, 1), 2026),
    (date(2027, 6, 30), 2026), (date(2027, 7, 1), 2027)])
def test_the_tax_of_a_year_counts_from_july_to_the_next_june(applied, year):
    assert tax_year(applied) == year


@pytest.mark.parametrize(("applied", "year"), [(date(2026, 6, 30), 2024), (date(2026, 7, 1), 2025)])
def test_the_income_is_that_of_the_calendar_year_before_the_tax(applied, year):
    assert income_year(applied) == year
