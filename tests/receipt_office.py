"""レセプトのファイル: what a payer would send for people of the trial city, in our own table form, totals included."""

from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from exchange.receipt_profile import LABELS, STANDARD
from exchange.receipt_table import Table
from models.recipient import Recipient
from procedures.actor import Actor
from procedures.import_report import Report
from procedures.receipt_import import Incoming, Place, import_receipts
from procedures.receipt_vault import ReceiptVault
from tests.life import CITY
from tests.office import NOW

COLUMNS = tuple(LABELS)[:26]
FACILITY = "1111012348"
AS_CLAIMED = {ord("𠮷"): "吉", 0xE010F: None}  # what the character set of receipts makes of such a name


def receipt(person: Recipient | None, **other: Any) -> dict[str, Any]:
    """An outpatient receipt of November 2026 over 1,000 points: insurance 7,000, patient 2,000, public 1,000 yen."""
    owner = {} if person is None else {
        "payer_number": person.payer_number, "recipient_number": person.recipient_number,
        "name": person.name.translate(AS_CLAIMED),
        "birth_date": f"{person.birth_date:%Y%m%d}", "sex": person.sex}
    points = other.get("points", 1000)
    shares = {"points": points, "total_yen": points * 10, "insurer_yen": points * 7, "copay_yen": points * 2,
              "public_yen": points}
    return {"billing_month": "2026-12", "treatment_month": "2026-11", "setting": "2", "benefit_kind": "1", "days": 2,
            "payer_class": "1", "facility_number": FACILITY, "receipt_kind": "1", "receipt_count": 1, "reexamination": "0",
            "tenths": 3} | owner | shares | other


def table(rows: Iterable[Mapping[str, Any]], **totals: int) -> bytes:
    """The rows as a file with its line of totals; *totals* (count, points, yen) declares others than there are."""
    rows = list(rows)
    said = {"count": len(rows), "points": sum(row["points"] or 0 for row in rows),
            "yen": sum(row["total_yen"] or 0 for row in rows)} | totals
    lines = [",".join(LABELS[name] for name in COLUMNS)]
    lines += [",".join("" if row.get(name) is None else str(row[name]) for name in COLUMNS) for row in rows]
    lines.append(",".join(["合計", *map(str, said.values())]))
    return "".join(f"{line}\r\n" for line in lines).encode(STANDARD.encoding, "replace")


def place(folder: Path) -> Place:
    """The trial city's vault and numbers."""
    return Place(ReceiptVault(folder, b"k" * 32), (CITY.payer_general, CITY.payer_welfare))


def taken_in(session: Session, actor: Actor, at: Place, raw: bytes, name: str = "receipts.csv") -> Report:
    """What the import makes of these bytes."""
    source = BytesIO(raw)
    sha256, size = at.vault.keep(source)
    return import_receipts(session, actor, Incoming(name, sha256, size, "csv"), Table(source, STANDARD), at, NOW)
