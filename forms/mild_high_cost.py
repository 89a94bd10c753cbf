"""軽症高額再申請: 支給認定申請書 (様式第3号) after a refusal, with 医療費申告書.

Who was refused may never have had a 受給者番号: the paper says who applies, and the counter whose paper it is.
"""

from forms.parts import CLINICAL_FORM, DISEASE_NUMBERS, PATIENT
from forms.sheet import Section, Sheet, ask, must
from models.application import Application
from models.review import Review

MILD_HIGH_COST = Sheet("mild_high_cost", "支給認定申請書 (軽症高額)", (
    Section("申請", (must(Application.application_date), ask(Application.written_recipient_number),
                     must(Review.mild_high_cost), ask(Application.onset_month))),
    PATIENT, DISEASE_NUMBERS, CLINICAL_FORM,
), application_kind="8", checks=("dates_in_order",))
