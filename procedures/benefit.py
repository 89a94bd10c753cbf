"""給付の一件・一月: a receipt with where each of its values came from, its bytes as they came, and all receipts of one month."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.receipt_rows import ITEMS, origin_of
from models.benefit import Benefit, BenefitMonth
from models.journal import Action
from models.receipt import BenefitAdjustment, ReceiptFinding, ReceiptSet
from models.recipient import Recipient
from procedures import journal
from procedures.actor import Actor
from procedures.benefit_adjustment import open_slip
from procedures.columns import Column, columns_of
from procedures.receipt_vault import ReceiptVault


@dataclass(frozen=True)
class Seen:
    """給付の一件: column, value and origin (file, computed, office; None: nothing there) of every item, and what hangs on it."""

    row: Benefit
    person: Recipient
    values: tuple[tuple[Column, Any, str | None], ...]
    file: ReceiptSet | None
    raw: str
    findings: list[ReceiptFinding]
    slip: BenefitAdjustment | None


@dataclass(frozen=True)
class OneMonth:
    """給付の一月: the receipts of one person's month and what they add up to (None: nothing counts)."""

    person: Recipient
    rows: list[Benefit]
    total: BenefitMonth | None


def see(session: Session, actor: Actor, recipient_id: int, number: int, vault: ReceiptVault) -> Seen | None:
    """一件を見る, or None; journalled. The bytes are decoded for reading, what cannot be read stays a mark."""
    row = session.get(Benefit, (number, recipient_id))
    if row is None:
        return None
    file = session.get(ReceiptSet, row.set_id) if row.set_id else None
    journal.record(session, actor, Action.SAW, recipient_id=recipient_id, detail={"kind": "benefit", "id": number})
    findings = list(session.scalars(select(ReceiptFinding).where(ReceiptFinding.benefit_id == number).order_by(ReceiptFinding.id)))
    values = tuple((column, getattr(row, column.attribute.key), _origin(row, column.attribute.key)) for column in columns_of(Benefit))
    return Seen(row, session.get_one(Recipient, recipient_id), values, file, _raw(row, file, vault), findings,
                open_slip(session, number))


def see_month(session: Session, actor: Actor, recipient_id: int, month: str) -> OneMonth | None:
    """一月を見る, or None where there is nobody; journalled."""
    person = session.get(Recipient, recipient_id)
    if person is None:
        return None
    rows = list(session.scalars(select(Benefit).where(
        Benefit.recipient_id == recipient_id, Benefit.treatment_month == month).order_by(Benefit.id)))
    journal.record(session, actor, Action.SAW, recipient_id=recipient_id, detail={"kind": "benefit_month", "month": month})
    return OneMonth(person, rows, session.get(BenefitMonth, (recipient_id, month)))


def _origin(row: Benefit, name: str) -> str | None:
    if name not in ITEMS or name == "entered_date" or row.set_id is None:
        return None
    return origin_of(name, getattr(row, name), row.computed, row.office)


def _raw(row: Benefit, file: ReceiptSet | None, vault: ReceiptVault) -> str:
    if file is None or row.first_byte is None or row.byte_count is None:
        return ""
    try:
        return vault.cut(file.sha256, row.first_byte, row.byte_count).decode("cp932", "replace")
    except FileNotFoundError:
        return ""
