"""レセプトの置き場: where this installation keeps received files, whose payer numbers are its own, and how a file comes in."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import JAPAN
from config import Settings
from exchange.receipt_rows import Totals
from models.receipt import ReceiptSet
from procedures.actor import SYSTEM
from procedures.city import city_of
from procedures.import_report import Report
from procedures.receipt_formats import format_of, reading_of
from procedures.receipt_import import Incoming, Place, import_receipts
from procedures.receipt_vault import ReceiptVault


def place_of(settings: Settings) -> Place:
    """The vault under the data folder, and the city's two payer numbers (一般, 生活保護)."""
    city = city_of(settings.city_file)
    return Place(ReceiptVault(settings.data_dir / "receipts", settings.keys()), (city.payer_general, city.payer_welfare))


def bring_in(session: Session, settings: Settings, file: Path, now: datetime, *, form: str = "", given: Totals | None = None,
             dry_run: bool = False, progress: Callable[[int], None] | None = None) -> Report:
    """A payer's file in one transaction; a file of which nothing is stored is not kept either. Commits, or rolls back."""
    place = place_of(settings)
    with file.open("rb") as source:
        name = form or format_of(source)
        reading = reading_of(session, name, source, now.astimezone(JAPAN).date(), given)
        sha256, size = place.vault.keep(source)
        try:
            report = import_receipts(session, SYSTEM, Incoming(file.name, sha256, size, name), reading, place, now, progress)
            if not dry_run and report.read:
                session.commit()
        finally:
            session.rollback()
            if not session.scalar(select(ReceiptSet.id).where(ReceiptSet.sha256 == sha256)):
                place.vault.forget(sha256)
    return report
