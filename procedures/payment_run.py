"""支払回を見る: one run with its orders, who made and released it, and what came back of it."""

from dataclasses import dataclass
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models.journal import Action
from models.payment import PaymentBatch, PaymentOrder, PaymentReturn
from models.recipient import Recipient
from models.reimbursement import ReimbursementClaim
from procedures import journal
from procedures.actor import Actor, full_name
from procedures.payment import NotPossibleNow


@dataclass(frozen=True)
class Run:
    """支払回: its row, its lines (order, acceptance number, name, return), and the names of those who acted."""

    batch: PaymentBatch
    lines: tuple[Row[Any], ...]
    people: dict[int, str]


def run_of(session: Session, actor: Actor, batch_id: int) -> Run:
    """支払回を開く; whom it shows is journalled. NotPossibleNow where there is none."""
    batch = session.get(PaymentBatch, batch_id)
    if batch is None:
        raise NotPossibleNow("その支払回はありません。一覧から選び直してください。")
    lines = tuple(session.execute(
        select(PaymentOrder, ReimbursementClaim.acceptance_number, Recipient.name, PaymentReturn)
        .join(ReimbursementClaim, ReimbursementClaim.id == PaymentOrder.claim_id)
        .join(Recipient, Recipient.id == PaymentOrder.recipient_id)
        .outerjoin(PaymentReturn, PaymentReturn.order_id == PaymentOrder.id)
        .where(PaymentOrder.batch_id == batch_id).order_by(PaymentOrder.position)))
    users = session.scalars(select(User).where(User.id.in_(
        {batch.made_by, batch.released_by, batch.cancelled_by} - {None})))
    journal.record(session, actor, Action.SAW, batch, detail={
        "rows": len(lines), "recipients": sorted({order.recipient_id for order, *_ in lines})})
    return Run(batch, lines, {user.id: full_name(user) for user in users})
