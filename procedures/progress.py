"""処理状況: the states an application passes through; the only room that moves it."""

from typing import Final

from models.application import Application
from procedures.refusal import Refused
from translations.wording import said

# From each state, where the office may take the case next.
MOVES: Final[dict[str, tuple[str, ...]]] = {
    "registered": ("assessed", "withdrawn"),
    "assessed": ("assessed", "reviewed", "board", "withdrawn"),
    "board": ("reviewed", "withdrawn"),
    "reviewed": ("assessed", "drafted", "withdrawn"),
    "drafted": ("reviewed", "certified", "refused", "held"),
    "held": ("assessed", "reviewed", "drafted", "withdrawn"),
    "certified": ("issued",),
    "issued": ("issued",),
    "refused": (),
    "withdrawn": (),
}
LABELS: Final = {"registered": "所得判定待ち", "assessed": "書類審査待ち", "board": "審査会付議中", "reviewed": "起案待ち",
                 "drafted": "決裁待ち", "held": "保留", "certified": "交付待ち", "issued": "交付済み", "refused": "不認定",
                 "withdrawn": "取下げ"}


class OutOfOrder(Refused):
    """The step does not follow from where the case stands."""


def move(application: Application, state: str) -> None:
    """進める: put the case into *state*; OutOfOrder where no step of the office leads there."""
    if state not in MOVES[application.state]:
        raise OutOfOrder(said("いまは「%(state)s」のため、この手続は行えません。一覧を開き直してください。", state=said(LABELS[application.state])))
    application.state = state
