"""更新: 支給認定申請書 (更新用)."""

from dataclasses import replace

from forms.parts import (
    APPLICANT,
    CLINICAL_FORM,
    DISEASE_NUMBERS,
    HOUSEHOLD_WITH_BENEFITS,
    INSURANCE,
    PATIENT,
    SPECIALS_NEW,
    WRITTEN_NUMBER,
)
from forms.sheet import Section, Sheet, ask, must
from models.application import Application
from models.facility import ApplicationFacility
from models.income import Assessment

RENEWAL = Sheet("renewal", "支給認定申請書 (更新)", (
    Section("申請", (must(Application.application_date), WRITTEN_NUMBER)),
    PATIENT, INSURANCE, APPLICANT, DISEASE_NUMBERS, CLINICAL_FORM,
    replace(SPECIALS_NEW, asked=(*SPECIALS_NEW.asked, ask(Assessment.high_cost_long_term))),
    Section("利用する指定医療機関", (must(ApplicationFacility.facility_number),), rows=3, blank_allowed=True),
    HOUSEHOLD_WITH_BENEFITS,
    Section("その他", (ask(Application.agreed_to_research), ask(Application.wants_registration_certificate))),
), application_kind="2", checks=("dates_in_order",))
