"""支給認定基準世帯員: whose tax decides, for every kind of insurance."""

import pytest

from rules.household import NATIONAL, WELFARE_ONLY, Member, counted

PATIENT, SPOUSE, CHILD = Member(1, is_patient=True), Member(2, is_insured=True), Member(3)
EVERYBODY = (PATIENT, SPOUSE, CHILD)


@pytest.mark.parametrize("kind", WELFARE_ONLY)
def test_on_welfare_nobodys_tax_is_counted(kind):
    keys, why = counted(kind, True, EVERYBODY)
    assert keys == () and "数えない" in why


@pytest.mark.parametrize("kind", NATIONAL)
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
