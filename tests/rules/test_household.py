"""支給認定基準世帯員: whose tax decides, for every kind of insurance; whose income, at every age."""

from datetime import date

import pytest

from rules.household import TOGETHER, WELFARE_ONLY, Member, counted, is_minor, whose_income

PATIENT, SPOUSE, CHILD = Member(1, is_patient=True), Member(2, is_insured=True), Member(3)
EVERYBODY = (PATIENT, SPOUSE, CHILD)


@pytest.mark.parametrize("kind", WELFARE_ONLY)
def test_on_welfare_nobodys_tax_is_counted(kind):
    keys, why = counted(kind, True, EVERYBODY)
    assert keys == () and "数えない" in why


@pytest.mark.parametrize("kind", TOGETHER)
@pytest.mark.parametrize("is_insured", [True, False])
def test_of_a_national_insurance_everybody_insured_together_is_counted(kind, is_insured):
    keys, why = counted(kind, is_insured, EVERYBODY)
    assert keys == (1, 2, 3) and "全員" in why


@pytest.mark.parametrize("kind", ["01", "02", "05", "06", "10", "99"])
def test_an_insured_employee_counts_alone(kind):
    keys, why = counted(kind, True, EVERYBODY)
    assert keys == (1,) and "本人だけ" in why


@pytest.mark.parametrize("kind", ["01", "02", "05", "06"])
def test_for_a_dependent_the_insured_person_counts(kind):
    keys, why = counted(kind, False, EVERYBODY)
    assert keys == (2,) and "被扶養者" in why


def test_a_dependent_whose_insured_person_is_not_on_the_paper_has_nobody_to_count():
    assert counted("01", False, (PATIENT, CHILD))[0] == ()


def test_of_a_society_or_the_elderly_those_of_another_insurance_are_left_out():
    assert counted("04", True, (PATIENT, Member(2, insurance="03"), Member(3, insurance="04")))[0] == (1, 3)


def test_a_child_in_the_municipal_insurance_counts_its_elderly_guardian_too():
    family = (PATIENT, Member(2, is_guardian=True, insurance="07"), Member(3, insurance="07"), Member(4))
    keys, why = counted("03", True, family, patient_is_minor=True)
    assert keys == (1, 4, 2) and "保護者を加えて" in why
    assert counted("03", True, family, patient_is_minor=False)[0] == (1, 4)
    assert counted("04", True, family, patient_is_minor=True)[0] == (1, 4)


@pytest.mark.parametrize(("on", "whose"), [(date(2026, 11, 23), "guardian"), (date(2026, 11, 24), "patient"),
                                           (date(2026, 11, 25), "patient")])
def test_the_guardians_income_counts_until_the_eighteenth_birthday(on, whose):
    assert whose_income(date(2008, 11, 24), on)[0] == whose


def test_who_was_born_on_the_29th_of_february_is_of_age_on_the_1st_of_march():
    born = date(2008, 2, 29)
    assert is_minor(born, date(2026, 2, 28)) and not is_minor(born, date(2026, 3, 1))
