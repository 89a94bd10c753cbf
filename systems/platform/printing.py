"""⑤ 印刷: a queue before the printers: held, released, sent once, followed, printed again as a job of its own.

A document whose handing over was begun and not answered is not sent again by itself: two copies of somebody's paper are worse
than none. It fails as "unclear", somebody looks at the printer and prints it again, or not.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from exchange import ipp
from exchange.soap import SoapFault
from systems.frame.screens import note
from systems.platform.service_tables import Printer, PrintJob
from systems.platform.tables import COMMON

LARGEST: Final = 20 * 1024 * 1024
LOOK_AGAIN: Final = timedelta(seconds=2)
LONGEST_WAIT: Final = timedelta(minutes=10)
GIVES_UP: Final = 60  # looks at a printer that does not finish, or tries to reach one
KEPT: Final = timedelta(days=7)
USER: Final = "nanbyo"
ENDS: Final = {"completed": "printed", "canceled": "cancelled", "aborted": "failed"}


def add_printer(session: Session, name: str, address: str) -> Printer:
    """登録する; SoapFault(printer) where name or address is none, or taken."""
    taken = session.scalar(select(Printer.id).where(Printer.name == name.strip()))
    if taken is not None or not name.strip() or not address.startswith(("ipp://", "ipps://")):
        raise SoapFault("printer", "")
    made = Printer(name=name.strip(), address=address.strip())
    session.add(made)
    session.flush()
    return made


def queue(session: Session, printer: Printer, title: str, document: bytes, copies: int, by: str, *, is_held: bool) -> PrintJob:
    """印刷を頼む: held, or on its way; SoapFault(document) where it is no PDF of a size that is printed."""
    if not document.startswith(b"%PDF-") or len(document) > LARGEST or not title.strip() or not 1 <= copies <= 99:
        raise SoapFault("document", "")
    made = PrintJob(printer_id=printer.id, title=title.strip()[:100], asked_by=by, content=document, copies=copies,
                    sha256=hashlib.sha256(document).hexdigest(), state="held" if is_held else "waiting")
    session.add(made)
    session.flush()
    return made


def change(session: Session, number: int, wish: str, by: str, now: datetime) -> PrintJob:
    """保留する・保留を解く・取り消す・もう一度印刷する; SoapFault(state) where it is not so far, or too far."""
    job = session.get(PrintJob, number, with_for_update=True)
    if job is None:
        raise SoapFault("state", "")
    if wish == "again" and job.state in ("printed", "failed", "cancelled") and job.content:
        again = PrintJob(printer_id=job.printer_id, title=job.title, asked_by=by, content=job.content, sha256=job.sha256,
                         copies=job.copies, state="waiting", again_of=job.id)
        session.add(again)
        session.flush()
        return again
    states = {"hold": ("waiting", "held"), "release": ("held", "waiting"), "cancel": (job.state, "cancelled")}
    before, after = states.get(wish, ("", ""))
    if job.state != before or job.state not in ("held", "waiting"):
        raise SoapFault("state", "")
    job.state, job.due_at = after, now
    session.flush()
    return job


def send_one(engine: Engine, now: datetime) -> bool:
    """送る: the job that waits longest; False: none is due. That it was begun is on the disk before a byte is sent."""
    with Session(engine) as session:
        job = session.scalars(select(PrintJob).where(PrintJob.state == "waiting", PrintJob.due_at <= now).order_by(
            PrintJob.id).limit(1).with_for_update(skip_locked=True)).one_or_none()
        if job is None:
            return False
        address = session.get_one(Printer, job.printer_id).address
        job.state, job.due_at = "sent", now + timedelta(seconds=2 * ipp.SECONDS)
        session.commit()
        try:
            told = ipp.print_job(address, job.content, f"nanbyo-{job.id}", USER, job.copies)
        except ipp.PrinterAway:
            job.tries, job.state = job.tries + 1, "waiting" if job.tries + 1 < GIVES_UP else "failed"
            job.fault, job.due_at = "away", now + min(LOOK_AGAIN * 2 ** min(job.tries, 9), LONGEST_WAIT)
        except ipp.PrinterUnclear:
            _ended(session, job, "failed", "unclear")
        except ipp.PrinterRefused as refused:
            _ended(session, job, "failed", str(refused))
        else:
            job.printer_number, job.fault, job.tries = told.number, "", 0
            _follow(session, job, told.state, now)
        session.commit()
    return True


def follow_one(engine: Engine, now: datetime) -> bool:
    """追いかける: how the printer is getting on with the job that was looked at longest ago; False: none is due."""
    with Session(engine) as session:
        job = session.scalars(select(PrintJob).where(PrintJob.state == "sent", PrintJob.due_at <= now).order_by(
            PrintJob.due_at).limit(1).with_for_update(skip_locked=True)).one_or_none()
        if job is None:
            return False
        if job.printer_number is None:  # we ended while it was handed over
            _ended(session, job, "failed", "unclear")
        else:
            _look(session, job, job.printer_number, now)
        session.commit()
    return True


def empty_old(session: Session, now: datetime) -> int:
    """Documents that came to their end a week ago are gone; what remains says that they were printed."""
    old = session.scalars(select(PrintJob).where(
        PrintJob.state.in_(("printed", "failed", "cancelled")), PrintJob.content != b"", PrintJob.at < now - KEPT)).all()
    for job in old:
        job.content = b""
    session.flush()
    return len(old)


def _look(session: Session, job: PrintJob, number: int, now: datetime) -> None:
    try:
        told = ipp.job_state(session.get_one(Printer, job.printer_id).address, number, USER)
    except ipp.PrinterRefused as refused:
        _ended(session, job, "failed", "forgotten" if refused.status == ipp.NOT_FOUND else str(refused))
    except (ipp.PrinterAway, ipp.PrinterUnclear):
        _follow(session, job, "silent", now)
    else:
        _follow(session, job, told.state, now)


def _follow(session: Session, job: PrintJob, state: str, now: datetime) -> None:
    if state in ENDS:
        _ended(session, job, ENDS[state], "" if state == "completed" else state)
        return
    job.tries, job.fault = job.tries + 1, state if state in ("stopped", "silent") else ""
    job.due_at = now + min(LOOK_AGAIN * 2 ** min(job.tries, 9), LONGEST_WAIT)
    if job.tries >= GIVES_UP:
        _ended(session, job, "failed", "unclear")


def _ended(session: Session, job: PrintJob, state: str, fault: str) -> None:
    job.state, job.fault = state, fault
    note(session, COMMON, "platform", "print job", str(job.id), outcome="ok" if state == "printed" else fault or state)
