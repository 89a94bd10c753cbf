"""試用の住民・税: the people of the demo city as files of the register and the tax office, for those who stand in for them."""

import csv
import hashlib
from collections.abc import Sequence
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from exchange.register_file import LAYOUTS

NAMES: Final = {"residents": "JUKI_ATENA_ALL", "taxes": "ZEI_JUMINZEI_ALL"}
# What the ledger's households were judged by; a trial has no other tax office to ask.
TAXES: Final = """
    SELECT DISTINCT ON (member_file_number) a.municipality, member_file_number, CAST(:year AS text), 1,
      CASE WHEN member_taxation = '3' THEN '0' ELSE '1' END, coalesce(member_income_levy_yen, 0),
      CASE WHEN member_taxation = '3' THEN 0 ELSE 3000 END, coalesce(total_income_yen, 0), coalesce(pension_yen, 0), NULL, '0'
    FROM household_member m JOIN addressee a ON a.file_number = m.member_file_number AND a.history_number = 1
    WHERE member_taxation IS NOT NULL ORDER BY member_file_number, m.id DESC"""


def write_register(session: Session, folder: Path, on: date, year: int) -> None:
    """Both full files with their manifests lie in *folder*; what lies there already stays."""
    if folder.exists():
        return
    names = ", ".join(column.name for column in LAYOUTS["residents"].columns)
    people = session.execute(text(f"SELECT {names} FROM addressee WHERE history_number = 1 ORDER BY file_number")).all()
    taxes = session.execute(text(TAXES), {"year": year}).all()
    folder.mkdir(parents=True, mode=0o700)
    for kind, rows in (("residents", people), ("taxes", taxes)):
        _write(folder, kind, f"{NAMES[kind]}_{on:%Y%m%d}_0001", rows)


def _write(folder: Path, kind: str, name: str, rows: Sequence[Sequence[Any]]) -> None:
    lines = StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(LAYOUTS[kind].headings(is_full=True))
    writer.writerows([[_told(value) for value in row] for row in rows])
    raw = lines.getvalue().encode()
    (folder / f"{name}.csv").write_bytes(raw)
    (folder / f"{name}.end").write_text(
        f"file={name}.csv\nrecords={len(rows)}\nsha256={hashlib.sha256(raw).hexdigest()}\n", encoding="ascii")


def _told(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value
