"""転入: 支給認定申請書 with the certificate of the former city."""

from forms.parts import APPLICANT, DISEASE_NUMBERS, HOUSEHOLD, INSURANCE, PATIENT
from forms.sheet import Section, Sheet, must
from models.application import Application

TRANSFER_IN = Sheet("transfer_in", "支給認定申請書 (転入)", (
    Section("申請", (must(Application.application_date),)),
    PATIENT, INSURANCE, APPLICANT, DISEASE_NUMBERS, HOUSEHOLD,
), application_kind="5", checks=("dates_in_order",))
