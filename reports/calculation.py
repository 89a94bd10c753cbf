"""算定書: one claim's calculation, month by month, every line with its reason."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from reports.paper import check_glyphs, pdf_of

RESULTS = {"pay": "支給", "hold": "保留", "refuse": "不支給"}


@dataclass(frozen=True)
class CalculationText:
    """算定書の内容: words and numbers, nothing to look up; *months* as the calculation stored them."""

    acceptance_number: str
    accepted: date
    recipient_number: str
    name: str
    claim_reason: str
    claimed_yen: int
    number: int
    counted_on: date
    decision: str
    refund_yen: int
    reason: str
    months: tuple[dict[str, Any], ...]


def calculation_pdf(text: CalculationText, city: Any, printed: datetime) -> bytes:
    """算定書を印刷する. GlyphMissing."""
    check_glyphs(text.name, *(line["facility"] for month in text.months for line in month["lines"]))
    return pdf_of("calculation.html", {"c": asdict(text), "result": RESULTS[text.decision], "city": city}, printed)
