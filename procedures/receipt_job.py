"""レセプトの取込を頼む: a file put on the screen waits sealed, a job takes it in, its report stays, also of what was refused."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, BinaryIO, Final

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from exchange.receipt_rows import Totals
from models.job import Job
from models.receipt import ReceiptSet, ReceiptUpload
from procedures.actor import Actor, full_name
from procedures.import_report import Report
from procedures.jobs import ask_for, fault
from procedures.receipt_formats import format_of, formats, reading_of
from procedures.receipt_import import JAPAN, MOST_KEPT, Incoming, Place, import_receipts
from procedures.receipt_vault import ReceiptVault
from procedures.refusal import Refused

KIND: Final = "import_receipts"


def receive(session: Session, actor: Actor, vault: ReceiptVault, file_name: str, source: BinaryIO, form: str,
            given: Totals | None, now: datetime) -> ReceiptUpload:
    """受け取る: the file lies sealed and a job will take it in; *form* blank: told from the file. Refused."""
    if not file_name.strip() or not source.read(1):
        raise Refused("ファイルを選んでください。中身のないファイルは取り込めません。")
    source.seek(0)
    form = form or format_of(source)
    if form not in {each.name for each in formats(session, now.astimezone(JAPAN).date())}:
        raise Refused("形式を一覧から選んでください。")
    sha256, size = vault.keep(source)
    job = ask_for(session, actor, KIND, {"sha256": sha256, "format": form, "totals": _as_params(given)})
    upload = ReceiptUpload(job_id=job.id, uploaded_by=actor.user_id, file_name=file_name, sha256=sha256, size_bytes=size,
                           format=form)
    session.add(upload)
    session.flush()
    return upload


def uploads(session: Session, most: int = 30) -> list[tuple[ReceiptUpload, Job]]:
    """受け取ったファイル that are not stored (they wait, are being read, or were refused), the newest first."""
    rows = session.execute(select(ReceiptUpload, Job).join(Job, Job.id == ReceiptUpload.job_id).where(
        ReceiptUpload.state != "stored").order_by(ReceiptUpload.id.desc()).limit(most))
    return [(upload, job) for upload, job in rows]


def upload_of(session: Session, number: int) -> tuple[ReceiptUpload, Job] | None:
    """受け取ったファイル with its job, or None."""
    row = session.execute(select(ReceiptUpload, Job).join(Job, Job.id == ReceiptUpload.job_id).where(
        ReceiptUpload.id == number)).one_or_none()
    return None if row is None else (row[0], row[1])


class ReceiptJob:
    """レセプト取込のやり方: one file is one step, because it is stored whole or not at all."""

    def __init__(self, place: Place, now: Callable[[], datetime]) -> None:
        self.place, self.now = place, now

    def plan(self, session: Session, job: Job) -> int:
        """One file."""
        return 1

    def step(self, session: Session, job: Job) -> int:
        """Take the file in; a refused one is a fault of the job, and nothing of it stays."""
        upload = session.scalars(select(ReceiptUpload).where(ReceiptUpload.job_id == job.id)).one()
        user = session.get_one(User, job.requested_by)
        now = self.now()
        source = self.place.vault.open(upload.sha256)
        reading = reading_of(session, upload.format, source, now.astimezone(JAPAN).date(), _given(job.params.get("totals")))
        report = import_receipts(session, Actor(user.id, full_name(user), "job"), Incoming(
            upload.file_name, upload.sha256, upload.size_bytes, upload.format), reading, self.place, now,
            Meter(session, upload.id, source))
        return self._end(session, job, upload, report)

    def finish(self, session: Session, job: Job) -> str | None:
        """The report stands with the file; there is nothing to fetch."""
        return None

    def _end(self, session: Session, job: Job, upload: ReceiptUpload, report: Report) -> int:
        kept = session.scalars(select(ReceiptSet).where(
            ReceiptSet.sha256 == upload.sha256, ReceiptSet.undone_at.is_(None))).one_or_none()
        upload.read_bytes, upload.set_id = upload.size_bytes, kept.id if kept else None
        upload.state = "refused" if kept is None else "already" if report.already else "stored"
        upload.report = as_kept(report)
        if kept is not None:
            return 1
        self.place.vault.forget(upload.sha256)
        fault(job, 1, report.errors[0].message)
        return 0


class Meter:
    """進み具合: how many bytes were read, told beside the import's own transaction, so that others see it."""

    def __init__(self, session: Session, upload_id: int, source: BinaryIO) -> None:
        self.engine = session.get_bind()
        self.upload_id, self.source = upload_id, source

    def __call__(self, read: int) -> None:
        if isinstance(self.engine, Engine):
            with self.engine.begin() as connection:
                connection.execute(text("UPDATE receipt_upload SET read_bytes = :bytes WHERE id = :id"),
                                   {"bytes": self.source.tell(), "id": self.upload_id})


def as_kept(report: Report) -> dict[str, Any]:
    """The report of an upload: counts, places and sentences, no value of a row."""
    content = report.as_json()
    return content | {"errors": content["errors"][:MOST_KEPT], "faults": len(content["errors"])}


def _as_params(given: Totals | None) -> dict[str, int | None] | None:
    return None if given is None else {"count": given.count, "points": given.points, "yen": given.yen}


def _given(params: dict[str, int | None] | None) -> Totals | None:
    return None if params is None else Totals(**params)
