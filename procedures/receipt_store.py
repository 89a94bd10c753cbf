"""レセプトの登録: how the rows of a file reach the tables while the next ones are still being read and checked."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Final

import polars as pl
from sqlalchemy import text
from sqlalchemy.orm import Session

from exchange.receipt_rows import ITEMS, NUMBERS, SCHEMA
from procedures.frames import as_copy, copy_in, driver
from procedures.receipt_vault import ReceiptVault

# The columns of ``benefit`` an import fills, in the order it writes them.
STORED: Final = ("id", "recipient_id", *ITEMS, *NUMBERS, "meal_yen", "tenths", "set_id", "line", "first_byte", "byte_count",
                 "computed")
FINDING: Final = ("set_id", "benefit_id", "recipient_id", "treatment_month", "code")
HELD: Final = ("set_id", "line", "codes", "content", "raw", "recipient_id")
WAITING: Final = 2  # batches on their way at most: memory stays flat whoever is slower


class Numbers:
    """番号: the next numbers of receipts, one run for one import; nobody else numbers receipts meanwhile.

    The lock lets everybody read; it ends with the transaction.
    """

    def __init__(self, session: Session) -> None:
        session.execute(text("LOCK TABLE benefit IN SHARE ROW EXCLUSIVE MODE"))
        self.session = session
        self.first: int = session.execute(text("SELECT nextval(pg_get_serial_sequence('benefit', 'id'))")).scalar_one()
        self.next = self.first

    def give(self, count: int) -> pl.Series:
        """*count* numbers in a row."""
        given = pl.int_range(self.next, self.next + count, dtype=pl.Int64, eager=True)
        self.next += count
        return given

    def close(self) -> None:
        """The table goes on numbering behind ours."""
        if self.next > self.first:
            self.session.execute(text("SELECT setval(pg_get_serial_sequence('benefit', 'id'), :last)"), {"last": self.next - 1})


class Writer(AbstractContextManager["Writer"]):
    """書き手: puts ready rows into the tables one batch behind the reader; nothing else may use the session meanwhile."""

    def __init__(self, session: Session) -> None:
        self.connection = driver(session)
        self.thread = ThreadPoolExecutor(1, "receipts")
        self.waiting: list[Future[None]] = []

    def put(self, table: str, columns: Sequence[str], rows: pl.DataFrame, free: Sequence[str] = ()) -> None:
        """Hand over rows; waits where too many are on their way, and raises what went wrong with earlier ones."""
        if rows.is_empty():
            return
        while len(self.waiting) >= WAITING:
            self.waiting.pop(0).result()
        content = as_copy(rows.select(columns), free)
        self.waiting.append(self.thread.submit(copy_in, self.connection, table, columns, content))

    def flush(self) -> None:
        """Everything handed over is in the tables."""
        while self.waiting:
            self.waiting.pop(0).result()

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        """Let the last batch end before the session is used again, whatever happened."""
        try:
            if kind is None:
                self.flush()
        finally:
            self.thread.shutdown(wait=True)


def as_stored(rows: pl.DataFrame, numbers: pl.Series, set_id: int, entered: Any) -> pl.DataFrame:
    """登録の形: checked receipts as ``benefit`` holds them."""
    return rows.rename({"offset": "first_byte", "size": "byte_count"}).with_columns(
        numbers.alias("id"), pl.lit(set_id).alias("set_id"), pl.lit(entered).alias("entered_date"))


def as_held(rows: pl.DataFrame, set_id: int, vault: ReceiptVault, sha256: str) -> pl.DataFrame:
    """保留の形: codes, everything that was read, and the bytes as they came."""
    raw = [r"\x" + vault.cut(sha256, first, count).hex() for first, count in rows.select("offset", "size").iter_rows()]
    return rows.select(
        pl.lit(set_id).alias("set_id"), "line", "recipient_id", ("{" + pl.col("codes").list.join(",") + "}").alias("codes"),
        pl.struct(SCHEMA.names()).struct.json_encode().alias("content"), pl.Series("raw", raw, pl.String))
