"""振込不能一覧: the transfers a bank could not make, each as we ordered it and with the bank's reason.

OUR OWN format: every bank reports returned transfers in its own way. It echoes the transfer file (exchange/zengin.py);
the header carries the mark R01, and the seven blanks behind a transfer begin with a reason of two digits.
"""

from dataclasses import dataclass
from typing import Final

from exchange.layout import Field, Layout
from exchange.zengin import HEADER, TRANSFER_FIELDS, Consignor, Transfer, consignor_of, read_records, transfer_of

RETURN_HEADER: Final = Layout("ヘッダー", (
    *HEADER.fields[:-1], Field("mark", 3, "一覧の印", "fixed", "R01"), Field("blank", 14, "ダミー", "fixed")))
RETURNED: Final = Layout("データ", (
    *TRANSFER_FIELDS, Field("reason", 2, "不能理由コード", "code"), Field("blank", 5, "ダミー", "fixed")))


@dataclass(frozen=True)
class Returned:
    """振込不能の一件: the transfer as it was ordered, the bank's reason, and its line in the list."""

    transfer: Transfer
    reason: str
    line: int


@dataclass(frozen=True)
class ReturnList:
    """一つの一覧: whose transfers of which day, and those that came back."""

    consignor: Consignor
    returned: tuple[Returned, ...]


def read_returns(raw: bytes) -> ReturnList:
    """読む: the whole list; EnvelopeWrong where anything is not as it must be, by line and item."""
    header, rows, _ = read_records(raw, RETURN_HEADER, RETURNED)
    return ReturnList(consignor_of(header), tuple(
        Returned(transfer_of(row), row["reason"], line) for line, row in enumerate(rows, start=2)))
