"""台帳のファイル: a code list or master as CSV, out and back in."""

import csv
from io import StringIO
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.journal import Action
from procedures import journal
from procedures.actor import Actor
from procedures.import_report import Report
from procedures.master_import import MASTERS, import_codes, import_masters
from procedures.masters import Master

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_csv(session: Session, actor: Actor, master: Master) -> str:
    """出力: every row of the master, past and future, under its headings; journalled."""
    text, columns = StringIO(), master.columns
    writer = csv.writer(text)
    writer.writerow([column.label for column in columns])
    rows = session.scalars(select(master.model).filter_by(**master.shared).order_by(master.model.id)).all()
    writer.writerows([_safe(getattr(row, column.name)) for column in columns] for row in rows)
    journal.record(session, actor, Action.EXPORTED, detail={"master": master.noun, "rows": len(rows)})
    return text.getvalue()


def _safe(value: object) -> str:
    """A spreadsheet must not read a name as a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def can_import(master: Master) -> bool:
    """取込の可否: code lists, facilities and insurers come as files; the other masters come with a release."""
    return master.code_list is not None or master.noun in MASTERS


def take_in(session: Session, actor: Actor, master: Master, file_name: str, raw: bytes) -> Report:
    """取込: the file's rows into this master or code list, with a report on each."""
    if master.code_list is not None:
        return import_codes(session, actor, master.code_list, file_name, raw)
    return import_masters(session, actor, master.noun, file_name, raw)
