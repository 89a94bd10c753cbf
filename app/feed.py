"""異動の受け取り: register and tax files that 連携基盤 holds for us, fetched by SFTP, imported and receipted; each once.

Killed between our commit and the receipt, the set is offered once more and found to be imported already.
"""

import logging
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config import Settings
from exchange.file_door import (
    HOST_KEY,
    RECEIPT,
    RECEIPTS,
    REFUSED,
    TAKEN,
    Door,
    DoorClosed,
    FileReceipt,
    Parcel,
    fetch,
    key_files,
    lay_down,
    write_receipt,
)
from exchange.neighbours import CORE, file_door, tls_folder
from exchange.register_file import KINDS
from procedures.actor import SYSTEM
from procedures.city import city_of
from procedures.import_report import Report
from procedures.outward import is_open
from procedures.parameters import load_parameters
from procedures.register_import import import_register

EVERY: Final = timedelta(minutes=2)
WAITS: Final = "sequence"  # an earlier set is still on its way: this one stays where it is
log = logging.getLogger("nanbyo")


class Feed:
    """受け取り口: looks every two minutes, as soon as there are our key and the key of the other side."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._due = settings, datetime.min
        folder, (host, port) = tls_folder(settings.data_dir), file_door("sftp")
        self._door = Door(host, port, CORE, key_files(folder, CORE)[0], folder / HOST_KEY)

    def bring(self, engine: Engine, now: datetime) -> list[Report]:
        """取り込む what waits there, in the order of its numbers; return the reports. A door that is closed is tried again."""
        if now.replace(tzinfo=None) < self._due or not (self._door.key.exists() and self._door.host_key.exists()):
            return []
        self._due = now.replace(tzinfo=None) + EVERY
        try:
            with Session(engine) as session:
                if not is_open(session):
                    return []  # nothing is said from a restored copy, so nothing is receipted either
                return [report for parcel in fetch(self._door) if (report := self._take(session, parcel, now)) is not None]
        except (DoorClosed, SQLAlchemyError) as closed:
            log.warning("feed: %s", type(closed).__name__)
            return []

    def _take(self, session: Session, parcel: Parcel, now: datetime) -> Report | None:
        kind = next((name for begin, name in KINDS.items() if parcel.name.startswith(begin)), "residents")
        load_parameters(session)  # what a new tax row would change is judged by the city's figures too
        report = import_register(session, SYSTEM, kind, parcel.name, parcel.content, parcel.manifest,
                                 city_of(self._settings.city_file), now)
        refusal = next((fault.code for fault in report.errors if fault.line == 0), "") if not report.read else ""
        if refusal:
            session.rollback()
        else:
            session.commit()
        if refusal != WAITS:
            receipt = FileReceipt(parcel.name, sha256(parcel.content).hexdigest(), REFUSED if refusal else TAKEN, refusal)
            lay_down(self._door, RECEIPTS, [(parcel.name + RECEIPT, write_receipt(receipt))])
        return report
