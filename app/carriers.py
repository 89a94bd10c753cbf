"""受け渡しの箱: what the worker does with the folders that other offices' carriers reach (NANBYO_EXCHANGE)."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.clock import JAPAN
from app.receipt_place import bring_in
from config import Settings
from procedures import delivery
from procedures.actor import SYSTEM
from procedures.city import city_of
from procedures.delivery import Box
from procedures.import_report import Report
from procedures.parameters import load_parameters
from procedures.payment_file import keep_all
from procedures.payment_returns import take_in as take_returns
from procedures.register_import import import_register
from procedures.sealed_folder import SealedFolder

_REGISTER = {"JUKI": "residents", "ZEI": "taxes"}


def payment_files(settings: Settings) -> SealedFolder:
    """Where the copies of released payment runs lie."""
    return SealedFolder(settings.data_dir / "payments", b"payment", settings.keys())


def make_good(engine: Engine, settings: Settings) -> None:
    """At every start: whatever a crash left between a commit and its file is made again."""
    with Session(engine) as session:
        keep_all(session, payment_files(settings))
        session.rollback()


def exchange(engine: Engine, settings: Settings, now: datetime) -> list[Report]:
    """Place what was released for the bank, take in what others left; nothing where no folder is set."""
    if settings.exchange_dir is None:
        return []
    with Session(engine) as session:
        delivery.put_out(session, settings.exchange_dir, now)
        return delivery.take_in(session, settings.exchange_dir, _boxes(settings, now), now)


def _boxes(settings: Settings, now: datetime) -> dict[str, Box]:
    today = settings.fixed_today or now.astimezone(JAPAN).date()

    def register(session: Session, path: Path) -> Report:
        load_parameters(session)  # what a new tax row would change is judged by the city's figures too
        return import_register(session, SYSTEM, _REGISTER.get(path.name.partition("_")[0], "residents"), path.name,
                               path.read_bytes(), path.with_suffix(".end").read_bytes(), city_of(settings.city_file), now)

    def returned(session: Session, path: Path) -> Report:
        return take_returns(session, SYSTEM, path.name, path.read_bytes(), today, now)

    def receipts(session: Session, path: Path) -> Report:
        return bring_in(session, settings, path, now)

    return {box.name: box for box in (Box("from_bank", False, returned), Box("from_register", True, register),
                                      Box("from_payer", False, receipts))}
