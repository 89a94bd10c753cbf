"""台帳のファイル: a code list or master as CSV, out and back in."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.journal import Action
from procedures import journal
from procedures.actor import Actor
from procedures.characters import write_file
from procedures.import_report import Report
from procedures.master_files import MASTER_FILES
from procedures.master_import import import_codes, import_masters
from procedures.masters import Master


def as_csv(session: Session, actor: Actor, master: Master) -> str:
    """出力: every row of the master, past and future, under its headings; journalled."""
    rows = session.scalars(select(master.model).filter_by(**master.shared).order_by(master.model.id)).all()
    journal.record(session, actor, Action.EXPORTED, detail={"master": master.noun, "rows": len(rows)})
    return write_file(session, (column.label for column in master.columns),
                       ([_written(getattr(row, column.name)) for column in master.columns] for row in rows))


def _written(value: object) -> str:
    return "" if value is None else str(int(value)) if isinstance(value, bool) else str(value)


def can_import(master: Master) -> bool:
    """取込の可否: code lists and every master that somebody else publishes; what the city makes itself it types."""
    return master.code_list is not None or master.noun in MASTER_FILES


def take_in(session: Session, actor: Actor, master: Master, file_name: str, raw: bytes) -> Report:
    """取込: the file's rows into this master or code list, with a report on each."""
    if master.code_list is not None:
        return import_codes(session, actor, master.code_list, file_name, raw)
    return import_masters(session, actor, master.noun, file_name, raw)
