"""支払の帳尻: claimed = paid + held + refused + open, for every run and in total, counted from the rows each time."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session

from models.payment import PaymentBatch, PaymentOrder
from models.reimbursement import ReimbursementClaim
from procedures.reimbursement_ledger import Totals, totals


@dataclass(frozen=True)
class RunLine:
    """支払回の行, in yen: what its claims asked for and what became of it in this run; *returned* is a part of *open*."""

    batch: PaymentBatch
    claimed: int
    paid: int
    refused: int
    open: int
    returned: int

    @property
    def held(self) -> int:
        """保留: nothing that is held is ever in a run."""
        return 0

    @property
    def is_balanced(self) -> bool:
        """Whether the line adds up, and to the total that was released."""
        lives = self.batch.state != "cancelled"
        return (self.claimed == self.paid + self.held + self.refused + self.open
                and self.paid + self.open == (self.batch.total_yen if lives else 0))


@dataclass(frozen=True)
class Ledger:
    """帳尻: the lines of the runs, newest first, and the totals of all claims."""

    runs: tuple[RunLine, ...]
    total: Totals

    @property
    def is_balanced(self) -> bool:
        """Whether every line adds up and the runs have paid exactly what the claims say was paid."""
        whole = self.total
        return (all(line.is_balanced for line in self.runs) and whole.balances
                and whole.paid == sum(line.paid for line in self.runs))


def ledger(session: Session) -> Ledger:
    """帳尻を出す: two statements, every yen counted where it stands now."""
    return Ledger(tuple(_line(row) for row in session.execute(_RUNS)), totals(session))


def _sum(*conditions: Any) -> Any:
    return func.coalesce(func.sum(case((_all(conditions), PaymentOrder.yen), else_=0)), 0)


def _all(conditions: tuple[Any, ...]) -> Any:
    whole = conditions[0]
    for each in conditions[1:]:
        whole = whole & each
    return whole


_IS_RELEASED = PaymentBatch.state.in_(("released", "sent"))
_RUNS = (
    select(PaymentBatch,
           func.coalesce(func.sum(case((PaymentOrder.state != "cancelled", ReimbursementClaim.claimed_yen), else_=0)), 0).label("claimed"),
           _sum(PaymentOrder.state != "cancelled").label("ordered"),
           _sum(PaymentOrder.state == "ordered", _IS_RELEASED).label("paid"),
           _sum(PaymentOrder.state == "returned").label("returned"))
    .join(PaymentOrder, PaymentOrder.batch_id == PaymentBatch.id)
    .join(ReimbursementClaim, ReimbursementClaim.id == PaymentOrder.claim_id)
    .group_by(PaymentBatch.id).order_by(PaymentBatch.id.desc()))


def _line(row: Row[Any]) -> RunLine:
    claimed, ordered, paid = int(row.claimed), int(row.ordered), int(row.paid)
    return RunLine(row[0], claimed, paid, claimed - ordered, ordered - paid, int(row.returned))
