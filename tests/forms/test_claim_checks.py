"""請求書の点検: accounts and bills that cannot be, each named at its field and without the value that would pass."""

import pytest

from forms.keying_form import faults
from forms.reimbursement import REIMBURSEMENT
from tests.claims import CLAIM, POSTAL, bill, month

CHOICES = {place.name: {code: code for code in "0123456789"} for place in REIMBURSEMENT.fields() if place.item.item.codes}
NUMBER = {"reimbursement_claim.written_recipient_number": "0000018"}


def found(*others):
    raw = CLAIM | NUMBER | bill()
    for each in others:
        raw |= each
    return {name.partition(".")[2]: words for name, words in faults(REIMBURSEMENT, CHOICES, raw).items()}


def claim(**told):
    return {f"reimbursement_claim.{name}": text for name, text in told.items()}


@pytest.mark.parametrize("others", [
    (), (POSTAL,), (POSTAL, claim(bank_branch="018", account_kind="1", account_number="1234567")), (bill(1, "R8.11.13"),),
    (bill(treated_to="R8.11.24"),), (month(), month(1, "2026-10")), (bill(9, "R8.10.1"),),
    (POSTAL, claim(postal_symbol="00170", postal_number="123456")),
], ids=["bank", "postal", "postal and converted", "two bills", "to the day of application", "two months", "tenth line", "振替口座"])
def test_a_sheet_that_can_be_paid_passes(others):
    assert found(*others) == {}


@pytest.mark.parametrize(("others", "at"), [
    ((claim(bank_branch=""),), "bank_branch"), ((claim(account_kind=""),), "account_kind"),
    ((claim(account_number=""),), "account_number"), ((claim(account_number="123456"),), "account_number"),
    ((claim(account_holder_kana=""),), "account_holder_kana"),
    ((claim(postal_symbol="10180"),), "postal_number"), ((claim(postal_number="12345671"),), "postal_symbol"),
    ((POSTAL, claim(bank="0001")), "postal_symbol"), ((POSTAL, claim(postal_symbol="20180")), "postal_symbol"),
    ((POSTAL, claim(postal_number="12345670")), "postal_number"), ((POSTAL, claim(bank_branch="028")), "bank_branch"),
    ((POSTAL, claim(account_kind="2")), "account_kind"), ((POSTAL, claim(account_number="7654321")), "account_number"),
    ((bill(treated_to="R8.11.11"),), "0.treated_to"), ((bill(treated_to="R8.12.1"),), "0.treated_to"),
    ((bill(day="R8.11.25"),), "0.treated_on"), ((bill(treated_to="R8.11.25"),), "0.treated_to"),
    ((bill(total=30_000, paid=30_001),), "0.paid_yen"), ((bill(total=0, paid=0),), "0.total_yen"),
    ((bill(facility="1111012349"),), "0.facility_number"), ((month(), month(1)), "1.treatment_month"),
    ((month(high_cost="1"),), "0.high_cost_yen"), ((month(high_cost_yen="5"), {"reimbursement_month.0.treatment_month": ""}), "0.treatment_month"),
])
def test_what_cannot_be_is_named_at_its_field(others, at):
    assert list(found(*others)) == [at]


def test_no_sentence_gives_the_passing_value_away():
    assert not any("018" in words or "1234567" in words for words in found(POSTAL, claim(bank_branch="028", account_number="7654321")).values())
