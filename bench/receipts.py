"""レセプトの取込を、同じ行だけの COPY と並べて測る: the whole import against a bare COPY of the rows it stored, in one run.

A database of its own; people by the trial data, one monthly file: nine tenths treated in the month before the billing month,
the rest in the eleven before. The import is parsing, all checks, storing, findings, month totals and commit; the floor puts
the very rows the import stored into a table of the same structure (parts, indexes, foreign key), and, for comparison, into a
plain table without any.
"""

import hashlib
import resource
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

import polars as pl
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from bench.scratch import scratch
from config import DEMO_CITY
from exchange.receipt_profile import LABELS, STANDARD
from exchange.receipt_table import Table
from models.benefit import PARTITIONS
from procedures.accumulation import recompute
from procedures.actor import SYSTEM
from procedures.city import city_of
from procedures.frames import driver, frame_of
from procedures.receipt_import import Incoming, Place, import_receipts
from procedures.receipt_store import STORED
from procedures.receipt_vault import ReceiptVault
from seeds import load_all
from seeds.codes import load_demo_masters
from seeds.conversion import convert
from seeds.residents import residents

MOST_GROWTH_MB: Final = 64  # a file of four times as many rows may take this much more memory: keys of its rows, sums of its months
MOST_TIMES: Final = 3.0  # the import may take three times a bare COPY of the same clean rows
ON: Final = date(2026, 11, 24)
COLUMNS: Final = tuple(LABELS)[:26]
_PEOPLE: Final = """
SELECT r.payer_number, r.recipient_number, r.name, r.birth_date, r.sex, r.copay_cap_yen FROM recipient r
WHERE r.state = 'certified' AND r.valid_from <= '2025-11-01' OR r.state = 'certified' AND r.valid_from <= '2026-09-01'
  AND r.valid_to >= '2026-10-31' ORDER BY r.id"""


def measure(url: str, rows: int, people: int) -> dict[str, Any]:
    """Seconds of import and floors, their ratios, peak memory of it and of a quarter of its rows; and whether a full
    recomputation found nothing to change."""
    with scratch(url, "bench_receipts") as engine, TemporaryDirectory() as folder:
        _settle(engine, people)
        path, quarter = Path(folder) / "receipts.csv", Path(folder) / "quarter.csv"
        holders = _write(engine, path, rows)
        _write(engine, quarter, rows // 4)
        city = city_of(DEMO_CITY)
        place = Place(ReceiptVault(Path(folder) / "vault", hashlib.sha256(b"bench").digest()), (city.payer_general, city.payer_welfare))
        before, fewer, held = _resident_mb(), [0], [0]
        _import(engine, quarter, place, fewer, keep=False)
        took, stored = _import(engine, path, place, held)
        same, plain, wrong = _floors(engine)
    ratio, growth = round(took / same, 2), max(held) - max(fewer)
    return {"rows": rows, "stored": stored, "holders": holders, "import": round(took, 2), "copy": round(same, 2),
            "plain_copy": round(plain, 2), "ratio": ratio, "plain_ratio": round(took / plain, 2), "limit": MOST_TIMES,
            "rows_per_second": round(rows / took), "peak_mb": max(held), "quarter_peak_mb": max(fewer), "before_mb": before,
            "growth_mb": growth, "most_growth_mb": MOST_GROWTH_MB, "recomputed_differing": wrong,
            "ok": ratio <= MOST_TIMES and growth <= MOST_GROWTH_MB and wrong == 0}


def _settle(engine: Engine, people: int) -> None:
    with Session(engine) as session:
        load_all(session)
        load_demo_masters(session)
        convert(session, residents(people, 1, ON), "bench")
        session.commit()
    _settle_down(engine)


def _settle_down(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
        connection.execute(text("CHECKPOINT"))


def _write(engine: Engine, path: Path, rows: int) -> int:
    """The file, the same one for the same people: cp932, our own columns, its totals in the last line."""
    with Session(engine) as session:
        people = frame_of(session, _PEOPLE, {"payer_number": pl.String, "recipient_number": pl.String, "name": pl.String,
                                             "birth_date": pl.Date, "sex": pl.String, "cap": pl.Int64}).with_row_index("who")
        facilities = list(session.scalars(text("SELECT number FROM facility ORDER BY number")))
    frame = _rows(people.with_columns(pl.col("who").cast(pl.Int64)), facilities, rows)
    heading = ",".join(LABELS[name] for name in COLUMNS) + "\r\n"
    totals = f"合計,{rows},{frame['points'].sum()},{frame['total_yen'].sum()}\r\n"
    body = frame.select(COLUMNS).write_csv(include_header=False, line_terminator="\r\n", quote_style="never")
    path.write_bytes((heading + body + totals).encode(STANDARD.encoding, "replace"))
    return people.height


def _rows(people: pl.DataFrame, facilities: list[str], rows: int) -> pl.DataFrame:
    at = pl.int_range(rows, eager=True)

    def drawn(seed: int, most: int) -> pl.Series:
        return (at.hash(seed) % most).cast(pl.Int64)

    back = pl.when(pl.col("late") == 0).then(pl.col("far") + 2).otherwise(1)
    month = pl.lit(date(2026, 10, 1)).dt.offset_by(pl.format("-{}mo", back)).dt.strftime("%Y-%m")
    own = pl.min_horizontal(pl.col("points") * 2, pl.col("cap"))
    return pl.DataFrame({
        "who": drawn(1, people.height), "points": drawn(2, 4000) + 300, "place": drawn(3, len(facilities)), "kind": drawn(4, 3),
        "late": drawn(5, 10), "far": drawn(6, 11), "days": drawn(7, 20) + 1}).join(
        people, on="who", how="left", maintain_order="left").with_columns(
        billing_month=pl.lit("2026-10"), treatment_month=month, setting=pl.col("kind").replace_strict([0, 1, 2], ["2", "5", "1"]),
        benefit_kind=pl.lit("1"), times=pl.lit(None, pl.Int64), total_yen=pl.col("points") * 10, insurer_yen=pl.col("points") * 7,
        copay_yen=own, public_yen=pl.col("points") * 3 - own, city_support_yen=pl.lit(None, pl.Int64), payer_class=pl.lit("1"),
        facility_number=pl.col("place").replace_strict(list(range(len(facilities))), facilities), care_service=pl.lit(None, pl.String),
        receipt_kind=pl.lit("1"), receipt_count=pl.lit(1), reexamination=pl.lit("0"),
        birth_date=pl.col("birth_date").dt.strftime("%Y%m%d"), notes=pl.lit(None, pl.String), tenths=pl.lit(3),
        meal_yen=pl.lit(None, pl.Int64))


def _resident_mb() -> int:
    """Memory of this process now; what preparing the file took and did not give back is in it."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // 2**20


def _import(engine: Engine, path: Path, place: Place, held: list[int], *, keep: bool = True) -> tuple[float, int]:
    """Seconds and rows of the import; *held* hears the memory after every batch and at the end. What is not kept is rolled back."""
    start = perf_counter()
    with Session(engine) as session, path.open("rb") as source:
        sha256, size = place.vault.keep(source)
        report = import_receipts(session, SYSTEM, Incoming(path.name, sha256, size, "csv"), Table(source, STANDARD), place,
                                 datetime.now(UTC), lambda read: held.append(_resident_mb()))
        held.append(_resident_mb())
        if keep:
            session.commit()
        else:
            session.rollback()
            _settle_down(engine)
    if not report.accepted:
        raise LookupError(str(report.errors[:3]))
    return perf_counter() - start, report.accepted


def _floors(engine: Engine) -> tuple[float, float, int]:
    """The bare COPY into the same structure, and into a plain table; and how many months a recomputation would change."""
    with Session(engine) as session:
        wrong = recompute(session)
        session.rollback()
        with driver(session).cursor() as cursor, cursor.copy(f"COPY (SELECT {', '.join(STORED)} FROM benefit ORDER BY id) TO STDOUT") as copy:
            lines = [bytes(part) for part in copy]
        session.rollback()
        session.execute(text("CREATE TABLE bench_benefit (LIKE benefit INCLUDING ALL) PARTITION BY HASH (recipient_id)"))
        for part in range(PARTITIONS):
            session.execute(text(f"CREATE TABLE bench_part_{part} PARTITION OF bench_benefit FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {part})"))
        session.execute(text("ALTER TABLE bench_benefit ADD FOREIGN KEY (recipient_id) REFERENCES recipient (id)"))
        session.execute(text("CREATE TABLE bench_plain (LIKE benefit INCLUDING DEFAULTS)"))
        session.commit()
        return _copy(session, "bench_benefit", lines), _copy(session, "bench_plain", lines), wrong


def _copy(session: Session, table: str, lines: list[bytes]) -> float:
    start = perf_counter()
    with driver(session).cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(STORED)}) FROM STDIN") as copy:
        for line in _bundles(lines):
            copy.write(line)
    session.commit()
    return perf_counter() - start


def _bundles(lines: list[bytes]) -> Iterator[bytes]:
    for at in range(0, len(lines), 10_000):
        yield b"".join(lines[at:at + 10_000])
