"""処理状況: the states an application passes through, by its kind; the only room that moves it."""

from typing import Final

from models.application import Application
from procedures.refusal import Refused
from translations.wording import said

Moves = dict[str, tuple[str, ...]]

# From each state, where the office may take the case next. The database refuses the rest as well (migration 0010).
DECISION: Final[Moves] = {
    "registered": ("assessed", "withdrawn"),
    "assessed": ("assessed", "reviewed", "board", "withdrawn"),
    "board": ("reviewed", "withdrawn"),
    "reviewed": ("assessed", "board", "drafted", "withdrawn"),
    "drafted": ("reviewed", "certified", "refused", "held"),
    "held": ("assessed", "board", "drafted", "reviewed", "withdrawn"),
    "certified": ("issued",),
    "issued": ("issued",),
}
# 登録者証: no income decides, only the disease does.
REGISTRATION: Final[Moves] = {
    "registered": ("board", "reviewed", "withdrawn"),
    "board": ("reviewed", "withdrawn"),
    "reviewed": ("board", "drafted", "withdrawn"),
    "drafted": ("reviewed", "certified", "refused", "held"),
    "held": ("board", "drafted", "reviewed", "withdrawn"),
    "certified": ("issued",),
    "issued": ("issued",),
}
# 変更届・再交付: nothing is decided; the office checks it and prints where the certificate says something else now.
NOTICE: Final[Moves] = {
    "registered": ("accepted", "withdrawn"),
    "accepted": ("closed", "issued"),
    "issued": ("issued",),
}
# 返還・喪失: drafted and signed off like a certification, then closed.
LOSS: Final[Moves] = {
    "registered": ("drafted", "withdrawn"),
    "drafted": ("closed", "registered"),
}
NEW, RENEWAL, CHANGE, CHANGE_NOTICE, TRANSFER_IN, REISSUE, LOST, MILD, BY_OFFICE, REGISTRATION_ONLY = (
    "1", "2", "3", "4", "5", "6", "7", "8", "9", "10")  # 申請区分
MOVES: Final[dict[str, Moves]] = {
    **dict.fromkeys((NEW, RENEWAL, CHANGE, TRANSFER_IN, MILD, BY_OFFICE), DECISION), REGISTRATION_ONLY: REGISTRATION,
    CHANGE_NOTICE: NOTICE, REISSUE: NOTICE, LOST: LOSS}
ALL: Final = tuple(MOVES)
DECIDED: Final = tuple(kind for kind in MOVES if MOVES[kind] is DECISION)
NOTICES: Final = (CHANGE_NOTICE, REISSUE)
LABELS: Final = {"registered": "処理待ち", "assessed": "書類審査待ち", "board": "審査会付議中", "reviewed": "起案待ち",
                 "drafted": "決裁待ち", "held": "保留", "certified": "交付待ち", "accepted": "届出受理", "issued": "交付済み",
                 "closed": "終了", "refused": "不認定", "withdrawn": "取下げ"}


class OutOfOrder(Refused):
    """The step does not follow from where the case stands."""


def move(application: Application, state: str) -> None:
    """進める: put the case into *state*; OutOfOrder where no step of the office leads there."""
    demand(application, state)
    application.state = state


def demand(application: Application, state: str) -> None:
    """確かめる: nothing happens where a step leads to *state*, OutOfOrder elsewhere."""
    if not may_move(application, state):
        raise OutOfOrder(said("いまは「%(state)s」のため、この手続は行えません。一覧を開き直してください。",
                              state=said(LABELS[application.state])))


def may_move(application: Application, state: str) -> bool:
    """Whether a step of the office leads from where the case stands to *state*."""
    return state in MOVES[application.application_kind].get(application.state, ())
