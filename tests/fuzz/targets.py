"""読取りの的: every parser of another office's files with what it must hold for any bytes at all.

A target takes bytes and says what became of them: refused whole, named by line and item, or read. Everything else is a fault.
"""

import re
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Final

from exchange.receipt_claim import Claim
from exchange.receipt_profile import STANDARD
from exchange.receipt_rows import ITEMS, MESSAGES, SCHEMA, Batch, Reading
from exchange.receipt_table import Table
from exchange.register_file import MESSAGES as REGISTER_MESSAGES
from exchange.register_file import read_set, set_of
from exchange.table_file import EnvelopeWrong, read_table
from tests.fuzz.bank_targets import SEEDS as BANK_SEEDS
from tests.receipt_files import OTHER_RECIPIENT, claim, pharmacy, receipt, record, row, table
from tests.register_files import file_of, manifest, resident, tax

CODES: Final = {"sex": {"1": "", "2": ""}, "off_register": {"0": "", "1": ""}, "movement": {"02": ""}, "cancellation": {"0": "", "1": ""}}
COLUMNS: Final = {"number": ("医療機関コード", "番号"), "name": ("名称",), "from": ("指定開始日",)}
JAPANESE: Final = re.compile(r"[ぁ-んァ-ヶ一-龠].*。$", re.DOTALL)


def claim_file(raw: bytes) -> str:
    """レセプト電算処理ファイル."""
    return _receipts(raw, lambda source: Claim(source))


def receipt_table(raw: bytes) -> str:
    """表形式のレセプト."""
    return _receipts(raw, lambda source: Table(source, STANDARD))


def residents(raw: bytes) -> str:
    """住民情報 with a manifest that fits."""
    return _register("JUKI_ATENA", raw)


def taxes(raw: bytes) -> str:
    """住民税 with a manifest that fits."""
    return _register("ZEI_JUMINZEI", raw)


def table_file(raw: bytes) -> str:
    """台帳の表."""
    try:
        lines = read_table(raw, COLUMNS, ("number", "name"))
    except EnvelopeWrong as wrong:
        return _refused(wrong)
    assert all(set(line.values) <= set(COLUMNS) and line.number > 1 for line in lines)
    return "read" if all(line.is_whole for line in lines) else "named"


def _receipts(raw: bytes, opened: Callable[[BytesIO], Reading]) -> str:
    reading = opened(BytesIO(raw))
    try:
        batches = list(reading.batches())
    except EnvelopeWrong as wrong:
        return _refused(wrong)
    faults = [fault for batch in batches for fault in batch.faults]
    assert all(fault.code in MESSAGES and fault.line > 0 and fault.record for fault in faults)
    assert all(_is_whole(batch, raw) for batch in batches)
    assert sum(batch.rows.height for batch in batches) + len({fault.line for fault in faults}) >= sum(batch.read for batch in batches)
    return "named" if faults else "read"


def _is_whole(batch: Batch, raw: bytes) -> bool:
    """Rows have the agreed columns, hold what may never be blank, and their bytes are those of whole lines."""
    needed = batch.rows.select("billing_month", "treatment_month", "setting", "facility_number", "payer_number", "recipient_number", "computed")
    cut = all(raw[at:at + size].endswith(b"\r\n") for at, size in batch.rows.select("offset", "size").rows())
    return batch.rows.schema == SCHEMA and needed.null_count().sum_horizontal().item() == 0 and cut and set(ITEMS) <= set(SCHEMA)


def _register(kind: str, raw: bytes) -> str:
    name = f"{kind}_ALL_20261123_0001.csv"
    try:
        read = read_set(set_of(name, raw, manifest(name, raw, 2)), raw, CODES)
    except EnvelopeWrong as wrong:
        return _refused(wrong)
    assert all(fault.code in REGISTER_MESSAGES and 1 < fault.line <= 3 for fault in read.faults)
    assert read.rows.height + len(read.faulty_lines) == read.count == 2
    return "named" if read.faults else "read"


def _refused(wrong: EnvelopeWrong) -> str:
    assert wrong.code and JAPANESE.search(wrong.message), wrong.message
    return "refused"


def _claims() -> Iterable[bytes]:
    yield claim([receipt(more=[record("JD"), record("SY"), record("SI"), record("CO")])])
    yield claim([receipt(common={3: "50809", 6: "3450401"}, more=[record("SY", {2: "5070401"}), record("SI")])], head=record("IR", {7: "50810"}))
    yield claim([[record("RE", {2: "1121", 8: "20260901", 36: ""}, 39), record("HO", {15: "4900"}, 15), record("KO", {12: "4900"}, 12),
                  "BU,010160xx99x00x,20260901,20260907,1,"]])
    yield claim([pharmacy()], head=record("YK"))


# What each target is tried with first; a mutation starts from these.
SEEDS: Final[dict[Callable[[bytes], str], tuple[bytes, ...]]] = {
    claim_file: tuple(_claims()), receipt_table: (table([row(), row(recipient_number=OTHER_RECIPIENT, name="髙橋　花子")]),),
    residents: (file_of("residents", 1, [resident(1), resident(2)])[1],), taxes: (file_of("taxes", 1, [tax(1), tax(2)])[1],),
    table_file: ("医療機関コード,名称,指定開始日\r\n1110000013,見本病院,2015-01-01\r\n1110000021,\"髙橋,医院\",\r\n".encode("cp932"),)}
ALL_SEEDS: Final = SEEDS | BANK_SEEDS
TARGETS: Final = {target.__name__: target for target in ALL_SEEDS}
