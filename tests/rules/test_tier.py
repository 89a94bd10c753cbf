"""階層区分: the borders of 施行令1条, one yen and one day to each side."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.copay_cap import Specials, cap_of, meals_may_be_free
from rules.parameters import trial
from rules.tier import CannotJudge, Household, Tier, tier_of

CAPS = {  # 原則, 高額かつ長期, 人工呼吸器等
    Tier.WELFARE: (0, 0, 0), Tier.LOW_1: (2500, 2500, 1000), Tier.LOW_2: (5000, 5000, 1000),
    Tier.GENERAL_1: (10000, 5000, 1000), Tier.GENERAL_2: (20000, 10000, 1000), Tier.UPPER: (30000, 20000, 1000),
}


@pytest.mark.parametrize(("levy", "tier"), [
    (0, Tier.GENERAL_1), (1, Tier.GENERAL_1), (70_999, Tier.GENERAL_1), (71_000, Tier.GENERAL_2),
    (71_001, Tier.GENERAL_2), (250_999, Tier.GENERAL_2), (251_000, Tier.UPPER), (251_001, Tier.UPPER)])
@pytest.mark.parametrize("on", ["2015-01-01", "2018-03-31", "2018-04-01", "2025-06-30", "2025-07-01", "2026-11-24"])
def test_a_taxed_household_is_placed_by_its_levy(levy, tier, on):
    assert tier_of(Household(taxed=True, income_levy_yen=levy), date.fromisoformat(on)).tier is tier


@pytest.mark.parametrize(("levy", "tier"), [
    (94_600, Tier.GENERAL_1), (94_665, Tier.GENERAL_1), (94_666, Tier.GENERAL_1), (94_667, Tier.GENERAL_2),
    (94_668, Tier.GENERAL_2), (334_600, Tier.GENERAL_2), (334_666, Tier.GENERAL_2), (334_667, Tier.UPPER)])
def test_a_levy_of_a_designated_city_counts_six_eighths(levy, tier):
    household = Household(taxed=True, income_levy_yen=levy, designated_city=True)
    assert tier_of(household, date(2025, 10, 1)).tier is tier


@pytest.mark.parametrize(("on", "levy", "tier"), [
    ("2018-03-31", 71_000, Tier.GENERAL_2), ("2018-04-01", 71_000, Tier.GENERAL_1)])
def test_the_designated_city_rate_counts_from_its_first_day(on, levy, tier):
    household = Household(taxed=True, income_levy_yen=levy, designated_city=True)
    assert tier_of(household, date.fromisoformat(on)).tier is tier


@pytest.mark.parametrize(("on", "income", "tier"), [
    ("2015-01-01", 800_000, Tier.LOW_1), ("2015-01-01", 800_001, Tier.LOW_2), ("2025-06-30", 800_000, Tier.LOW_1),
    ("2025-06-30", 805_000, Tier.LOW_2), ("2025-07-01", 805_000, Tier.LOW_1), ("2025-07-01", 808_999, Tier.LOW_1),
    ("2025-07-01", 809_000, Tier.LOW_1), ("2025-07-01", 809_001, Tier.LOW_2), ("2025-10-01", 0, Tier.LOW_1)])
def test_an_untaxed_household_is_placed_by_the_patients_own_income(on, income, tier):
    assert tier_of(Household(taxed=False, patient_income_yen=income), date.fromisoformat(on)).tier is tier


@pytest.mark.parametrize("tier", list(Tier))
@pytest.mark.parametrize("on", ["2015-01-01", "2018-01-01", "2025-06-30", "2026-11-24"])
def test_the_cap_of_every_tier(tier, on):
    day = date.fromisoformat(on)
    plain, long_term, ventilator = CAPS[tier]
    assert cap_of(tier, Specials(), day)[0] == plain
    assert cap_of(tier, Specials(high_cost_long_term=True), day)[0] == long_term
    assert cap_of(tier, Specials(ventilator=True), day)[0] == ventilator
    assert cap_of(tier, Specials(ventilator=True, high_cost_long_term=True), day)[0] == ventilator


@pytest.mark.parametrize(("kind", "caps"), [
    ("general", (0, 2500, 5000, 5000, 10000, 20000)), ("severe", (0, 2500, 5000, 5000, 5000, 5000)),
    ("ventilator", (0, 1000, 1000, 1000, 1000, 1000))])
def test_the_transitional_caps_end_with_2017(kind, caps):
    for tier, cap in zip(Tier, caps, strict=True):
        assert cap_of(tier, Specials(transitional=kind), date(2017, 12, 31))[0] == cap
        assert cap_of(tier, Specials(transitional=kind), date(2018, 1, 1))[0] == CAPS[tier][0]


@pytest.mark.parametrize(("borderline", "cap"), [(0, 0), (2500, 2500), (4999, 4999), (5000, 5000), (5001, 5000)])
def test_the_borderline_certificate_lowers_the_cap_and_never_raises_it(borderline, cap):
    assert cap_of(Tier.LOW_2, Specials(borderline_cap_yen=borderline), date(2025, 10, 1))[0] == cap


def test_welfare_needs_no_figures_and_unknown_income_is_provisionally_upper():
    assert tier_of(Household(on_welfare=True), date(2025, 10, 1)).tier is Tier.WELFARE
    assert tier_of(Household(income_unknown=True), date(2025, 10, 1)).tier is Tier.UPPER
    with trial("unknown_income", {date(2015, 1, 1): {"tier": "general_2"}}):
        assert tier_of(Household(income_unknown=True), date(2025, 10, 1)).tier is Tier.GENERAL_2


@pytest.mark.parametrize(("cap", "free"), [(0, True), (2500, False)])
def test_meals_are_free_after_the_last_step_unless_the_city_orders_it_otherwise(cap, free):
    assert meals_may_be_free(cap, date(2025, 10, 1)) is free
    with trial("borderline", {date(2015, 1, 1): {"meals_last": False}}):
        assert meals_may_be_free(cap, date(2025, 10, 1))


@pytest.mark.parametrize(("household", "code"), [
    (Household(), "taxation_missing"), (Household(taxed=False), "income_missing")])
def test_what_cannot_be_judged_says_what_is_missing(household, code):
    with pytest.raises(CannotJudge) as problem:
        tier_of(household, date(2025, 10, 1))
    assert problem.value.code == code


def test_there_was_no_tier_before_the_law():
    with pytest.raises(LookupError):
        tier_of(Household(taxed=True), date(2015, 1, 1) - timedelta(days=1))


@given(st.integers(0, 2_000_000), st.integers(0, 2_000_000), st.booleans())
def test_who_is_taxed_more_never_pays_less(less, more, designated):
    on, order = date(2025, 10, 1), list(Tier)
    low, high = sorted((less, more))
    tiers = [tier_of(Household(taxed=True, income_levy_yen=levy, designated_city=designated), on).tier
             for levy in (low, high)]
    assert order.index(tiers[0]) <= order.index(tiers[1])
    assert cap_of(tiers[0], Specials(), on)[0] <= cap_of(tiers[1], Specials(), on)[0]
