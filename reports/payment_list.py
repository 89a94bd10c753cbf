"""振込明細書: the orders of one run on paper, for the accountants' check and seal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from reports.paper import check_glyphs, pdf_of


@dataclass(frozen=True)
class PaymentLine:
    """一行: one order; *remark* says where it was not paid."""

    position: int
    acceptance_number: str
    recipient_number: str
    name: str
    holder_kana: str
    bank: str
    branch: str
    account_kind: str
    account_number: str
    yen: int
    remark: str


def payment_list_pdf(number: int, transfer_date: date, state: str, lines: Sequence[PaymentLine], city: Any, printed: datetime) -> bytes:
    """振込明細書 as PDF: count and sum of what is paid at the end; an unreleased run says so across its head. GlyphMissing."""
    check_glyphs(*(line.name for line in lines))
    paid = [line for line in lines if not line.remark]
    return pdf_of("payment_list.html", {
        "number": number, "transfer_date": transfer_date, "state": state, "lines": lines, "count": len(paid),
        "total": sum(line.yen for line in paid), "unpaid": len(lines) - len(paid),
        "unpaid_yen": sum(line.yen for line in lines if line.remark), "city": city}, printed)
