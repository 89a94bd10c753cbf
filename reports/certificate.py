"""受給者証: what the patient holds, and the ledger of her copayments behind it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from reports.paper import check_glyphs, pdf_of, seal_image, two_numbers


@dataclass(frozen=True)
class CertificateText:
    """受給者証の内容: everything printed, in words; there is no 個人番号 among it."""

    payer_number: str
    recipient_number: str
    name: str
    name_kana: str
    sex: str
    birth_date: date
    address: str
    insured_number: str
    insurer_number: str
    insurance_class: str
    diseases: tuple[str, ...]
    facilities: str
    cap_yen: int
    tier: str
    ventilator: str
    high_cost_long_term: str
    mild_high_cost: str
    severe: str
    household: str
    valid_from: date
    valid_to: date
    issue_date: date
    insurer_name: str = ""
    guardian_name: str = ""
    guardian_relationship: str = ""
    guardian_address: str = ""


def certificate_pdf(certificates: Sequence[CertificateText], city: Any, printed: datetime, *, folded: bool = False,
                    with_ledger: bool = True) -> bytes:
    """受給者証と自己負担上限額管理票 as one PDF; GlyphMissing before a single box is printed."""
    for each in certificates:
        check_glyphs(each.name, each.address, each.guardian_name, each.guardian_address, each.household)
    return pdf_of("certificate.html", {
        "certificates": [{**asdict(each), "code": two_numbers(each.payer_number, each.recipient_number),
                          "months": months_of(each.valid_from, each.valid_to)} for each in certificates],
        "city": city, "seal": seal_image(city), "folded": folded, "with_ledger": with_ledger and not folded}, printed)


def months_of(valid_from: date, valid_to: date) -> list[str]:
    """管理票の月: every month the certification touches, in the era's years."""
    months: list[str] = []
    year, month = valid_from.year, valid_from.month
    while (year, month) <= (valid_to.year, valid_to.month):
        months.append(f"令和{year - 2018}年{month}月分")
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return months
