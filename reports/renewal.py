"""更新案内と、前回の内容を印字した更新申請書: two pages a person, one form for everybody."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from reports.paper import check_glyphs, seal_image
from reports.stamp import Form, form_of

TEMPLATE = "renewal.html"


@dataclass(frozen=True)
class RenewalText:
    """一人分: every field of the two pages as it is printed; *token* is what the 2D code says."""

    postal_code: str
    address: str
    to: str
    document_number: str
    recipient_number: str
    name: str
    disease: str
    period: str
    cap: str
    token: str
    kana: str
    birth: str
    phone: str
    insurance: str
    insured: str

    def values(self) -> dict[str, str]:
        """The fields by name; GlyphMissing where a name or an address has no glyph."""
        check_glyphs(self.name, self.address)
        return {each.name: getattr(self, each.name) for each in fields(self)}


def shared_of(city: Any, dated: str, subject: str, paragraphs: tuple[str, ...], closing: tuple[str, ...]) -> dict[str, Any]:
    """What stands on everybody's paper."""
    return {"city": city, "seal": seal_image(city), "dated": dated, "subject": subject, "paragraphs": paragraphs,
            "closing": closing}


def renewal_form(shared: Mapping[str, Any]) -> Form:
    """更新案内の様式, laid out once."""
    return form_of(TEMPLATE, shared)
