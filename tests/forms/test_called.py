"""欄の呼び名: short where the heading says whose it is, whole where two fields would be called alike."""

import pytest

from forms.called import called
from forms.catalogue import SHEETS
from forms.sheet import Section, Sheet, ask
from models.person import Applicant, Patient


@pytest.mark.parametrize(("field", "name"), [
    ("patient.patient_name", "氏名"), ("patient.patient_sex", "性別"), ("applicant.applicant_relationship", "続柄"),
    ("application_disease.1.is_main", "主たる疾病"), ("household_member.0.member_birth_date", "生年月日"),
    ("insurance.insured_name", "被保険者氏名"), ("application.application_date", "申請日")])
def test_a_field_is_called_what_the_paper_calls_it(field, name):
    assert called(next(sheet for sheet in SHEETS if sheet.name == "new_application"))[field] == name


def test_two_names_in_one_section_keep_their_whole_labels():
    both = Sheet("trial", "試し", (Section("氏名", (ask(Patient.patient_name), ask(Applicant.applicant_name))),))
    assert list(called(both).values()) == ["本人個人氏名", "申請者個人氏名"]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_no_section_calls_two_items_alike(sheet):
    names = called(sheet)
    for place in range(len(sheet.sections)):
        mine = [names[field.name] for field in sheet.fields() if field.section == place and field.row == 0]
        assert len(mine) == len(set(mine)) and all(mine)
