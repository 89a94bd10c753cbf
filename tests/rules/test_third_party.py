"""第三者の情報: what stands in a person's records about others is masked, and what is her own is not."""

import pytest

from rules.third_party import folded, third_party

NAMES = folded("𠮷田　邉󠄏子", "ヨシダ ハナコ")
MEMBER = {"id": 7, "position": 1, "member_name": "𠮷田 太郎", "member_birth_date": "1975-01-01", "member_income_levy_yen": 1, "other_benefit": "1"}


@pytest.mark.parametrize(("table", "row", "masked"), [
    ("patient", {"patient_name": "𠮷田 邉󠄏子", "patient_address": "x"}, set()),
    ("household_member", MEMBER | {"member_relationship": "02"},
     {"member_name", "member_birth_date", "member_income_levy_yen", "other_benefit"}),
    ("household_member", MEMBER | {"member_relationship": "00"}, set()),
    ("household_member", MEMBER | {"member_relationship": None},
     {"member_name", "member_birth_date", "member_income_levy_yen", "other_benefit"}),
    ("tax_adjustment", {"household_member_id": 7, "amount_yen": 1}, set()),
    ("tax_adjustment", {"household_member_id": 8, "amount_yen": 1}, {"kind", "amount_yen", "evidence"}),
    ("applicant", {"applicant_name": "𠮷田 母子", "applicant_address": "x", "applicant_relationship": "03"}, {"applicant_name", "applicant_address"}),
    ("applicant", {"applicant_name": "𠮷田邉󠄏子", "applicant_address": "x"}, set()),
    ("insurance", {"insured_name": "𠮷田 太郎", "insured_number": "1"}, {"insured_name"}),
    ("insurance", {"insured_name": "吉田 邉子", "insured_number": "1"}, set()),  # another letter form of the same name
    ("insurance", {"insured_name": None}, set()),
    ("clinical_form", {"physician": "見本 医師", "department": "01"}, {"physician"}),
    ("assessment", {"tier": "C1", "other_caps": [{"cap_yen": 1}]}, {"other_caps"}),
    ("number_line", {"holder": "1", "holder_name": "x"}, set()),
    ("number_line", {"holder": "3", "holder_name": "x"}, {"holder_name", "holder_birth_date"}),
    ("reimbursement_claim", {"account_holder": "ﾖｼﾀﾞ ﾊﾅｺ", "claimed_yen": 1}, set()),
    ("reimbursement_claim", {"account_holder": "ヨシダ タロウ", "claimed_yen": 1},
     {"bank", "bank_branch", "account_kind", "account_number", "account_holder"}),
    ("held_receipt", {"content": {"name": "𠮷田 邉󠄏子", "points": 1}, "note": "x"}, set()),
    ("held_receipt", {"content": {"name": "𠮷田 太郎", "points": 1}, "note": "x"}, {"content"}),
    ("held_receipt", {"content": {"points": 1}}, {"content"}),  # nobody named is nobody known
    ("addressee", {"name": "x", "household_head": "𠮷田 太郎"}, {"household_head"}),
    ("review", {"review_result": "1"}, set())])
def test_what_tells_of_others(table, row, masked):
    assert third_party(table, row, NAMES, {7}) == masked
