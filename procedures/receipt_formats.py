"""取込の形式: which reader a file asks for: UKE, our own table, or a payer's table by the profile that holds on the day."""

from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.receipt_claim import Claim
from exchange.receipt_profile import STANDARD, profile_from
from exchange.receipt_rows import Reading, Totals
from exchange.receipt_table import Table
from models.receipt import ReceiptProfile
from procedures.refusal import Refused
from translations.wording import said

UKE, CSV = "uke", "csv"


class UnknownFormat(Refused):
    """No reader and no profile of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(said("「%(name)s」という形式はありません。uke、csv か、登録した様式の名前を指定してください。", name=name))


@dataclass(frozen=True)
class Format:
    """形式: its name and what a person calls it."""

    name: str
    label: str


BUILT_IN: Final = (Format(UKE, "レセプト電算処理 (UKE)"), Format(CSV, "標準の表形式"))


def formats(session: Session, on: date) -> list[Format]:
    """選べる形式 on the day *on*: the built-in ones, then the city's profiles."""
    rows = session.scalars(select(ReceiptProfile).where(ReceiptProfile.valid_from <= on)
                           .order_by(ReceiptProfile.name, ReceiptProfile.valid_from))
    newest = {row.name: row for row in rows}
    return [*BUILT_IN, *(Format(name, profile_from(row.definition).label) for name, row in newest.items())]


def format_of(source: BinaryIO) -> str:
    """形式の見分け: UKE begins with its head record, everything else is a table; *source* stays at its beginning."""
    head = source.read(3)
    source.seek(0)
    return UKE if head in (b"IR,", b"YK,") else CSV


def reading_of(session: Session, name: str, source: BinaryIO, on: date, given: Totals | None = None) -> Reading:
    """読み手 for the format *name*; *given* are the invoice's totals, where the profile takes them from paper. UnknownFormat."""
    if name == UKE:
        return Claim(source)
    if name == CSV:
        return Table(source, STANDARD, given)
    row = session.scalars(select(ReceiptProfile).where(
        ReceiptProfile.name == name, ReceiptProfile.valid_from <= on)
        .order_by(ReceiptProfile.valid_from.desc()).limit(1)).one_or_none()
    if row is None:
        raise UnknownFormat(name)
    return Table(source, profile_from(row.definition), given)
