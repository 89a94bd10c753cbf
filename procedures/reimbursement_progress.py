"""償還払の処理状況: the states a claim passes through; the only room that moves it."""

from typing import Final

from models.reimbursement import ReimbursementClaim
from procedures.refusal import Refused
from translations.wording import said

# From each state, where the office may take the claim next. The database refuses the rest as well (migration 0027).
MOVES: Final[dict[str, tuple[str, ...]]] = {
    "registered": ("calculated", "withdrawn"),
    "calculated": ("calculated", "drafted", "withdrawn"),
    "drafted": ("calculated", "granted", "held", "refused"),
    "held": ("calculated", "withdrawn"),
    "granted": ("paid", "calculated"),
    "paid": ("returned",),
    "returned": ("granted",),
}
LABELS: Final = {
    "registered": "算定待ち", "calculated": "支給の起案待ち", "drafted": "支給の決裁待ち", "held": "支給保留", "granted": "支払待ち",
    "paid": "支払済み", "returned": "振込不能", "refused": "不支給", "withdrawn": "取下げ"}
LINES_OPEN: Final = ("registered", "calculated", "held")  # until something is drafted on them, its lines may be put right
OPEN: Final = ("registered", "calculated", "drafted", "held", "granted", "returned")  # somebody must do something still
GRANTED: Final = ("granted", "paid", "returned")


class ClaimOutOfOrder(Refused):
    """The step does not follow from where the claim stands."""


def move(claim: ReimbursementClaim, state: str) -> None:
    """進める: put the claim into *state*; ClaimOutOfOrder where no step of the office leads there."""
    if not may_move(claim, state):
        raise ClaimOutOfOrder(said("この請求はいま「%(state)s」のため、この手続は行えません。一覧を開き直してください。",
                                   state=said(LABELS[claim.state])))
    claim.state = state


def may_move(claim: ReimbursementClaim, state: str) -> bool:
    """Whether a step of the office leads from where the claim stands to *state*."""
    return state in MOVES.get(claim.state, ())


def is_countable(claim: ReimbursementClaim) -> bool:
    """算定できるか: before anything is drafted, or after a hold; a draft is sent back first."""
    return claim.state in LINES_OPEN


def demand_open(claim: ReimbursementClaim) -> None:
    """確かめる: the claim's lines may still be put right; ClaimOutOfOrder once something is drafted on them."""
    if claim.state not in LINES_OPEN:
        raise ClaimOutOfOrder(said("この請求はいま「%(state)s」のため、内容を直せません。起案を差し戻してから直してください。",
                                   state=said(LABELS[claim.state])))
