"""宛名: 24 labels a sheet of A4 (3 × 8, 70 × 37 mm), and 宛名票 for the window of an envelope; names in the names font."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from reports.letter import Address
from reports.paper import check_glyphs, pdf_of

A_SHEET = 24


def labels_pdf(addresses: Sequence[Address], printed: datetime) -> bytes:
    """宛名ラベル as one PDF; GlyphMissing before a single box is printed."""
    _check(addresses)
    sheets = [addresses[at:at + A_SHEET] for at in range(0, len(addresses), A_SHEET)]
    return pdf_of("labels.html", {"sheets": sheets}, printed)


def address_sheets_pdf(addresses: Sequence[Address], city: Any, printed: datetime) -> bytes:
    """宛名票 (窓あき封筒): a page an address, at the place of the window; it goes in front of what is sent."""
    _check(addresses)
    return pdf_of("address_sheet.html", {"addresses": addresses, "city": city}, printed)


def _check(addresses: Sequence[Address]) -> None:
    for each in addresses:
        check_glyphs(each.name, each.lines)
