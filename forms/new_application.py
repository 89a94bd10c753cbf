"""新規: 支給認定申請書 (様式第1号)."""

from forms.parts import (
    APPLICANT,
    CLINICAL_FORM,
    DISEASES,
    FACILITIES,
    HOUSEHOLD_WITH_BENEFITS,
    INSURANCE,
    PATIENT,
    SPECIALS_NEW,
)
from forms.sheet import Section, Sheet, ask, must
from models.application import Application

NEW_APPLICATION = Sheet("new_application", "支給認定申請書 (新規)", (
    Section("申請", (must(Application.application_date),)),
    PATIENT, INSURANCE, APPLICANT, DISEASES, CLINICAL_FORM, SPECIALS_NEW, FACILITIES, HOUSEHOLD_WITH_BENEFITS,
    Section("その他", (
        ask(Application.retroactive_reason, help="診断日が申請日の1か月より前のとき"), ask(Application.onset_month),
        ask(Application.agreed_to_research), ask(Application.wants_registration_certificate))),
), application_kind="1", checks=("dates_in_order", "one_main_disease"))
