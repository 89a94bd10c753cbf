"""本人の収入: nothing is counted twice, nothing falls below zero, and what a city does not know it does not guess."""

from datetime import date

import pytest

from rules.income_levy import Adjustment
from rules.own_income import PENSION_INCOME, SALARY_INCOME, Year, income_of
from rules.parameters import trial

ON = date(2026, 11, 24)


def test_income_pension_and_benefits_are_one_sum_and_nothing_known_is_no_sum():
    assert income_of(Year(100_000, 700_000, 9_000), (), ON) == 809_000
    assert income_of(Year(pension_yen=700_000), (), ON) == 700_000
    assert income_of(Year(), (), ON) is None


@pytest.mark.parametrize(("total", "income"), [(-50_000, 700_000), (0, 700_000), (1, 700_001)])
def test_a_loss_does_not_eat_the_pension(total, income):
    assert income_of(Year(total, 700_000), (), ON) == income


def test_the_pensions_own_income_is_left_out_unless_the_city_counts_it():
    year, out = Year(300_000, 700_000), [Adjustment(PENSION_INCOME, 100_000)]
    assert income_of(year, out, ON) == 900_000
    with trial("own_income", {date(2021, 7, 1): {"without_pension_income": False, "salary_left_out": 0}}):
        assert income_of(year, out, ON) == 1_000_000


@pytest.mark.parametrize(("on", "salary", "income"), [
    (date(2021, 6, 30), 550_000, 550_000), (date(2021, 7, 1), 550_000, 450_000), (ON, 99_999, 450_001), (ON, 100_001, 450_000)])
def test_of_a_salary_up_to_the_citys_figure_is_left_out(on, salary, income):
    assert income_of(Year(550_000), [Adjustment(SALARY_INCOME, salary)], on) == income
