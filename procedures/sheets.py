"""受付票の一覧: which sheets can be received, and which came today."""

from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models.sheet import ReceivedSheet, SheetKind, SheetVersion


def sheet_kinds(session: Session, on: date) -> list[SheetKind]:
    """様式: those with a published version on the day *on*, in the counter's order."""
    published = select(SheetVersion.kind_id).where(SheetVersion.state == "published", SheetVersion.effective_from <= on)
    return list(session.scalars(select(SheetKind).where(SheetKind.id.in_(published)).order_by(SheetKind.position)))


def received_on(session: Session, on: date, most: int = 30) -> list[Row[Any]]:
    """その日に受け付けた票: number, sheet, state and whether there is a scan; the latest first, nobody's name."""
    return list(session.execute(select(
        ReceivedSheet.acceptance_number, SheetKind.label, ReceivedSheet.state, ReceivedSheet.scan_id,
    ).join(SheetVersion, SheetVersion.id == ReceivedSheet.version_id).join(SheetKind)
        .where(ReceivedSheet.received_date == on).order_by(ReceivedSheet.id.desc()).limit(most)))
