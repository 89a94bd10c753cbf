"""架空の住民: the same seed gives the same city, and what it says agrees with the law."""

from datetime import date
from unicodedata import normalize

from rules.copay_cap import Specials, cap_of
from rules.numbers import valid
from rules.tier import Household, tier_of
from seeds.conversion import recipient_number
from seeds.residents import FACILITIES, PAYERS, residents

ON = date(2026, 11, 24)
PEOPLE = list(residents(3000, 1, ON))


def test_the_same_seed_and_day_give_the_same_people_and_another_seed_others():
    assert list(residents(50, 1, ON)) == PEOPLE[:50]
    assert [who.name for who in residents(50, 2, ON)] != [who.name for who in PEOPLE[:50]]


def test_every_tier_and_cap_is_what_the_rules_say():
    for who in PEOPLE:
        means = who.means
        judged = tier_of(Household(on_welfare=means.tier == "A", taxed=means.taxation == "1",
                                   income_levy_yen=means.levy_yen, designated_city=True,
                                   patient_income_yen=means.income_yen), ON)
        assert judged.tier.code == means.tier
        cap, _ = cap_of(judged.tier, Specials(means.ventilator, means.high_cost_long_term), ON)
        assert cap == means.cap_yen, means


def test_every_number_has_a_valid_check_digit():
    assert all(valid("facility", number) for number in FACILITIES)
    assert all(valid("payer", number) for number in PAYERS.values())
    for who in PEOPLE[:300]:
        assert not who.insurer or valid("insurer", who.insurer)
        number = recipient_number(who)
        assert number is None or valid("recipient", number)


def test_names_bring_the_letters_that_break_systems():
    names = "".join(who.name for who in PEOPLE)
    assert "𠮷" in names and "髙" in names and "\U000e010f" in names
    assert normalize("NFC", names) == names


def test_certificates_run_out_in_every_month_of_the_year_ahead():
    months = {(who.valid_to.year, who.valid_to.month) for who in PEOPLE if who.state == "certified"}
    assert len(months) == 12 and min(who.valid_to for who in PEOPLE if who.state == "certified") >= ON
