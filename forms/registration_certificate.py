"""登録者証申請書: who meets the diagnostic criteria may hold a registration certificate without any benefit (法28条)."""

from forms.parts import APPLICANT, CLINICAL_FORM, DISEASE_NUMBERS, PATIENT
from forms.sheet import Section, Sheet, ask, must
from models.application import Application

REGISTRATION_CERTIFICATE = Sheet("registration_certificate", "登録者証申請書", (
    Section("申請", (must(Application.application_date), ask(Application.written_recipient_number))),
    PATIENT, APPLICANT, DISEASE_NUMBERS, CLINICAL_FORM,
), application_kind="10", checks=("dates_in_order",))
