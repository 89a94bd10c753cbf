"""再交付: 受給者証再交付申請書."""

from forms.parts import APPLICANT, WRITTEN_NUMBER
from forms.sheet import Section, Sheet, must
from models.application import Application

REISSUE = Sheet("reissue", "受給者証再交付申請書", (
    Section("申請", (must(Application.application_date), WRITTEN_NUMBER, must(Application.reissue_reason))),
    APPLICANT,
), application_kind="6", checks=("dates_in_order",))
