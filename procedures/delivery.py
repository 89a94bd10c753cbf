"""受け渡し: folders that other offices' carriers reach; a file is there whole or not at all, placed once, taken once.

A carrier (SFTP, FTPS) of the operating system serves the folders; this house opens no connection to anybody.
"""

import fcntl
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from models.payment import PaymentBatch
from procedures.actor import SYSTEM
from procedures.import_report import Fault, Report
from procedures.outward import is_open
from procedures.payment import hand_over
from procedures.payment_file import content_of, digest_of, name_of
from procedures.refusal import Refused
from procedures.sealed_folder import flush_folder, lay_down

TO_BANK: Final = "to_bank"
TAKEN, REFUSED = "taken", "refused"
UNFINISHED: Final = (".tmp", ".part", ".end")
OUTBOX: Final = "outbox"
log = logging.getLogger("nanbyo")


@dataclass(frozen=True)
class Box:
    """受取箱: a folder, whether a set is complete only with its ``.end``, and what is done with a file."""

    name: str
    needs_end: bool
    take: Callable[[Session, Path], Report]


def put_out(session: Session, folder: Path, now: datetime) -> list[str]:
    """銀行の箱に置く: every released run lies in ``to_bank`` once and is 送信済; return the names placed. Commits.

    Written under a hidden name first, then the state is committed, then the name is given: a run whose hidden file is
    left belongs in the box, one without was placed, so a crash anywhere neither loses nor repeats a payment.
    """
    box = folder / TO_BANK
    box.mkdir(parents=True, exist_ok=True)
    with (box / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return []  # another worker is at it
        return _place(session, box, now)


def _place(session: Session, box: Path, now: datetime) -> list[str]:
    if not is_open(session):
        return []
    placed = _finish(session, box)
    for batch in session.scalars(select(PaymentBatch).where(PaymentBatch.state == "released").order_by(PaymentBatch.id)).all():
        try:
            lay_down(_hidden(box, name_of(batch)), content_of(session, batch))
            hand_over(session, SYSTEM, batch.id, OUTBOX, now)
        except Refused as refusal:
            session.rollback()
            log.error("payment run %s: %s", batch.id, type(refusal).__name__)
            continue
        session.commit()
        placed += _finish(session, box)
    return placed


def take_in(session: Session, folder: Path, boxes: Mapping[str, Box], now: datetime) -> list[Report]:
    """受け取る: every complete set of every box, one transaction each; afterwards it lies in ``taken`` or ``refused``
    with its report, and a set that comes again changes nothing. Commits."""
    reports: list[Report] = []
    for box in boxes.values():
        place = folder / box.name
        place.mkdir(parents=True, exist_ok=True)
        for path in complete(place, needs_end=box.needs_end):
            report = _take(session, box, path)
            if report is None:
                return reports
            reports.append(report)
            _put_away(path, REFUSED if report.errors and not report.read else TAKEN, report, now)
    return reports


def complete(place: Path, *, needs_end: bool) -> list[Path]:
    """そろった組: plain files under their final name, with their manifest where one is promised, in the order of names."""
    return [path for path in sorted(place.iterdir())
            if path.is_file() and not path.is_symlink() and not path.name.startswith(".") and path.suffix not in UNFINISHED
            and (not needs_end or path.with_suffix(".end").is_file())]


def _take(session: Session, box: Box, path: Path) -> Report | None:
    """One set in one transaction; None where the database does not answer, so that everything waits as it is."""
    try:
        report = box.take(session, path)
        if report.errors and not report.read:
            session.rollback()
        else:
            session.commit()
    except SQLAlchemyError as fault:
        session.rollback()
        log.error("%s: %s", box.name, type(fault).__name__)
        return None
    except Exception as fault:  # one strange file never stops the others
        session.rollback()
        log.error("%s: %s", box.name, type(fault).__name__)
        report = Report(path.name, box.name)
        report.errors.append(Fault(0, "", "", "unreadable", "ファイルを読み取れませんでした。送り元に確かめてください。"))
    return report


def _put_away(path: Path, where: str, report: Report, now: datetime) -> None:
    shelf = path.parent / where
    shelf.mkdir(exist_ok=True)
    stamp = f"{now:%Y%m%d-%H%M%S}-"
    (shelf / f"{stamp}{path.name}.json").write_text(json.dumps(report.as_json(), ensure_ascii=False), encoding="utf-8")
    manifest = path.with_suffix(".end")
    for each in (manifest, path) if manifest.is_file() else (path,):
        each.rename(shelf / f"{stamp}{each.name}")


def _finish(session: Session, box: Path) -> list[str]:
    """Give their names to hidden files of runs that are 送信済; what no committed run stands behind goes."""
    sent = {name_of(batch): batch for batch in session.scalars(select(PaymentBatch).where(
        PaymentBatch.state == "sent", PaymentBatch.sent_how == OUTBOX))}
    placed = []
    for path in sorted(box.glob(".SOGO_*.part")):
        name = path.name[1:].removesuffix(".part")
        if name in sent and digest_of(path.read_bytes()) == sent[name].sha256:
            path.rename(box / name)
            placed.append(name)
        else:
            path.unlink()
    flush_folder(box)
    return placed


def _hidden(box: Path, name: str) -> Path:
    return box / f".{name}.part"
