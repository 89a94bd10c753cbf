"""変更届: 申請内容変更届出書 (規則13条3項)."""

from dataclasses import replace

from forms.parts import APPLICANT, HOUSEHOLD, INSURANCE, PATIENT, WRITTEN_NUMBER
from forms.sheet import Section, Sheet, must
from models.application import Application

CHANGE_NOTICE = Sheet("change_notice", "申請内容変更届出書", (
    Section("届出", (must(Application.application_date), WRITTEN_NUMBER, must(Application.change_contents))),
    PATIENT, replace(INSURANCE, blank_allowed=True), APPLICANT, HOUSEHOLD,
), application_kind="4", checks=("dates_in_order",))
