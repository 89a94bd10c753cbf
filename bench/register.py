"""住民情報の取込を、同じ行だけの COPY と並べて測る: the whole import with all checks against a bare COPY, one run."""

import hashlib
from datetime import UTC, datetime
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from config import DEMO_CITY
from exchange.register_file import RESIDENTS
from procedures.actor import SYSTEM
from procedures.city import city_of
from procedures.register_import import import_register

MOST_TIMES = 4.0  # the import may take four times a bare COPY of the same clean rows


def measure(url: str, rows: int, rounds: int) -> dict[str, Any]:
    """Medians in seconds and their ratio; what is imported is rolled back, the copied table is dropped."""
    name = "JUKI_ATENA_ALL_20261123_0001.csv"
    body = [_row(number) for number in range(1, rows + 1)]
    heading = ",".join(RESIDENTS.headings(is_full=True))
    raw = "".join(f"{line}\r\n" for line in (heading, *body)).encode()
    end = f"file={name}\nrecords={rows}\nsha256={hashlib.sha256(raw).hexdigest()}\n".encode()
    clean = "".join(f"{line}\n" for line in body).encode()
    engine, taken = create_engine(url), {"import": [], "copy": []}
    for _ in range(rounds):
        taken["copy"].append(_copy(engine, clean))
        taken["import"].append(_import(engine, name, raw, end, rows))
    engine.dispose()
    found = {key: round(median(times), 3) for key, times in taken.items()}
    ratio = round(found["import"] / found["copy"], 2)
    return {"rows": rows, **found, "ratio": ratio, "limit": MOST_TIMES, "ok": ratio <= MOST_TIMES,
            "rows_per_second": round(rows / found["import"])}


def _copy(engine: Any, clean: bytes) -> float:
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE bench_addressee (LIKE addressee INCLUDING ALL)"))
        columns = ", ".join(column.name for column in RESIDENTS.columns)
        start = perf_counter()
        with connection.connection.cursor().copy(f"COPY bench_addressee ({columns}) FROM STDIN (FORMAT csv, NULL '')") as copy:
            copy.write(clean)
        took = perf_counter() - start
        connection.rollback()
    return took


def _import(engine: Any, name: str, raw: bytes, end: bytes, rows: int) -> float:
    with Session(engine) as session:
        session.execute(text("DELETE FROM import_set"))
        start = perf_counter()
        report = import_register(session, SYSTEM, "residents", name, raw, end, city_of(DEMO_CITY), datetime.now(UTC))
        session.flush()
        took = perf_counter() - start
        session.rollback()
    if report.accepted != rows:
        raise LookupError(f"{report.accepted} of {rows}")
    return took


def _row(number: int) -> str:
    digits = f"9{number:013}"
    rest = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(digits))) % 11
    key = digits + str(0 if rest <= 1 else 11 - rest)
    return (f"111007,{key},1,見本　太郎{number},19{number % 90 + 10}-04-01,{number % 2 + 1},3300000,見本市見本区松町{number}番地,02,"
            f"{key},見本　太郎,0,0,2015-04-01,,02,2015-04-01,2015-04-03,02,2015-04-01,0,,")
