"""様式の部分: sections that several papers share, each declared once."""

from dataclasses import replace

from forms.sheet import Section, ask, must, must_when
from models.application import Application
from models.disease import ApplicationDisease as Disease
from models.facility import ApplicationFacility as Facility
from models.household import HouseholdMember as Member
from models.income import Assessment
from models.insurance import ClinicalForm, Insurance
from models.person import Applicant, Patient
from models.review import Review

INSURED = ("01", "02", "03", "04", "05", "06", "07")  # every insurance that has an 保険者番号 (not 生保, 自衛官等 …)

PATIENT = Section("受診者 (本人)", (
    ask(Patient.patient_name_kana), must(Patient.patient_name), must(Patient.patient_birth_date),
    must(Patient.patient_sex), ask(Patient.patient_postal_code), must(Patient.patient_address),
    ask(Patient.patient_phone)))
APPLICANT = Section("申請者 (本人と異なるとき)", (
    ask(Applicant.applicant_name_kana), must(Applicant.applicant_name), ask(Applicant.applicant_birth_date),
    must(Applicant.applicant_relationship), ask(Applicant.applicant_sex), ask(Applicant.applicant_postal_code),
    ask(Applicant.applicant_address), ask(Applicant.applicant_phone)), blank_allowed=True)
INSURANCE = Section("加入医療保険", (
    must(Insurance.insurance_kind), must_when(Insurance.insurer_number, Insurance.insurance_kind, INSURED), ask(Insurance.insured_number),
    ask(Insurance.insured_name), ask(Insurance.insured_relationship), ask(Insurance.insured_or_dependent),
    ask(Application.agreed_to_insurer_inquiry)))
CLINICAL_FORM = Section("臨床調査個人票", (
    ask(ClinicalForm.physician), ask(ClinicalForm.physician_number), ask(ClinicalForm.department),
    ask(ClinicalForm.written_date), ask(Application.diagnosed_date)))
HOUSEHOLD = Section("世帯員 (同じ医療保険の者)", (
    ask(Member.member_file_number), must(Member.member_name), ask(Member.member_birth_date), ask(Member.member_sex),
    must(Member.member_relationship)), rows=4, blank_allowed=True)
HOUSEHOLD_WITH_BENEFITS = replace(HOUSEHOLD, asked=(
    *HOUSEHOLD.asked, ask(Member.other_benefit), ask(Member.other_recipient_number), ask(Member.other_income_yen)))
DISEASES = Section("病名", (must(Disease.disease_number), ask(Disease.is_main)), rows=2)
DISEASE_NUMBERS = Section("病名", (must(Disease.disease_number),), rows=2)
FACILITIES = Section("利用する指定医療機関", (
    must(Facility.facility_number), ask(Facility.used_from), ask(Facility.is_main)), rows=3, blank_allowed=True)
SPECIALS_NEW = Section("自己負担上限額の特例", (
    ask(Assessment.ventilator), ask(Review.mild_high_cost), ask(Assessment.is_apportioned)))
WRITTEN_NUMBER = must(Application.written_recipient_number)
