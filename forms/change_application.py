"""変更申請: 支給認定変更申請書 (法10条)."""

from forms.parts import APPLICANT, CLINICAL_FORM, DISEASES, FACILITIES, WRITTEN_NUMBER
from forms.sheet import Section, Sheet, ask, must
from models.application import Application
from models.household import HouseholdMember
from models.income import Assessment

CHANGE_APPLICATION = Sheet("change_application", "支給認定変更申請書", (
    Section("申請", (must(Application.application_date), WRITTEN_NUMBER, must(Application.change_contents))),
    APPLICANT,
    Section(DISEASES.title, DISEASES.asked, rows=2, blank_allowed=True), CLINICAL_FORM,
    Section("自己負担上限額の特例", (
        ask(Assessment.ventilator), ask(Assessment.high_cost_long_term), ask(Assessment.is_apportioned))),
    Section("按分の対象者", (
        must(HouseholdMember.member_name), ask(HouseholdMember.other_benefit),
        ask(HouseholdMember.other_recipient_number)), rows=2, blank_allowed=True),
    FACILITIES,
), application_kind="3", checks=("dates_in_order",))
