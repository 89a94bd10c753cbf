"""償還払の帳尻: claimed = paid + held + refused + open, for every claim, for every run and in total."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from models.reimbursement import ReimbursementClaim as Claim


@dataclass(frozen=True)
class Totals:
    """合計 in yen; a claim that was withdrawn is in none of them."""

    claimed: int = 0
    paid: int = 0
    held: int = 0
    refused: int = 0
    open: int = 0

    @property
    def balances(self) -> bool:
        """Whether nothing was lost and nothing came from nowhere."""
        return self.claimed == self.paid + self.held + self.refused + self.open


def _sum(*rows: tuple[tuple[str, ...], Any]) -> ColumnElement[int]:
    """The sum of an amount over claims in some states."""
    whens = [(Claim.state.in_(states), amount) for states, amount in rows]
    return func.coalesce(func.sum(case(*whens, else_=0)), 0)


def totals(session: Session, claims: Collection[int] | None = None) -> Totals:
    """帳尻 of all claims, or of *claims*: what of the claimed money is paid, held, refused and still open."""
    planned, claimed = Claim.planned_yen, Claim.claimed_yen
    query = select(
        func.coalesce(func.sum(claimed), 0),
        _sum((("paid",), planned)),
        _sum((("held",), claimed)),
        _sum((("refused",), claimed), (("granted", "paid", "returned"), claimed - planned)),
        _sum((("registered", "calculated", "drafted"), claimed), (("granted", "returned"), planned)),
    ).where(Claim.state != "withdrawn")
    if claims is not None:
        query = query.where(Claim.id.in_(claims))
    return Totals(*(int(value) for value in session.execute(query).one()))
