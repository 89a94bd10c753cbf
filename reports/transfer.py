"""移転書: what of one person goes to another office of the city, on which law, why, from whom to whom."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from reports.paper import check_glyphs, pdf_of


@dataclass(frozen=True)
class TransferText:
    """What stands on the paper; the items as (label, text)."""

    document_number: str
    dated: date
    destination: str
    law: str
    purpose: str
    reason: str
    handed_to: str
    handed_by: str
    name: str
    birth_date: date
    items: tuple[tuple[str, str], ...]


def transfer_pdf(text: TransferText, city: Any, printed: datetime) -> bytes:
    """Return the paper on one page of A4; GlyphMissing where the names font lacks a character."""
    check_glyphs(text.name, text.handed_to)
    return pdf_of("transfer.html", {"text": text, "city": city}, printed)


def yen(amount: int | None) -> str:
    """An amount as it stands on the paper; a dash where there is none."""
    return "—" if amount is None else f"{amount:,}円"
