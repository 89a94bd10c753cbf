"""返還・喪失: 受給者証返納届 / 資格喪失届."""

from forms.parts import WRITTEN_NUMBER
from forms.sheet import Section, Sheet, must
from models.certification import Loss

LOSS = Sheet("loss", "受給者証返納・資格喪失届", (
    Section("届出", (WRITTEN_NUMBER, must(Loss.loss_reason), must(Loss.loss_date))),
), application_kind="7")
