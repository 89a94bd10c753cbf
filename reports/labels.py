"""宛名ラベル: 24 addresses a sheet of A4 (3 × 8, 70 × 37 mm), names in the names font."""

from collections.abc import Sequence
from datetime import datetime

from reports.letter import Address
from reports.paper import check_glyphs, pdf_of

A_SHEET = 24


def labels_pdf(addresses: Sequence[Address], printed: datetime) -> bytes:
    """宛名ラベル as one PDF; GlyphMissing before a single box is printed."""
    for each in addresses:
        check_glyphs(each.name, each.lines)
    sheets = [addresses[at:at + A_SHEET] for at in range(0, len(addresses), A_SHEET)]
    return pdf_of("labels.html", {"sheets": sheets}, printed)
