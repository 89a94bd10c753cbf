"""受給者証の一括印刷: many certificates as one PDF in the order of addresses; each is issued as if printed alone."""

from collections.abc import Callable
from datetime import date, datetime

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.application import Application
from models.certification import Certification
from models.job import Job
from models.person import Patient
from models.recipient import Recipient
from procedures.actor import Actor, full_name
from procedures.city import City
from procedures.issue import issue
from procedures.jobs import ask_for, fault
from procedures.refusal import Refused
from procedures.sealed_folder import SealedFolder
from reports.paper import FontMissing, GlyphMissing, in_one

KIND = "print_certificates"
CHUNK = 10  # about four seconds: a pause or a stop is heard soon enough


class NothingWaits(Refused):
    """There is nothing to print."""

    message = "交付を待つ受給者証はありません。"


def waiting(session: Session, actor: Actor, due: date | None = None) -> list[int]:
    """交付待ち: certifications not yet printed, in the order of addresses; with *due* those valid from that day or before.

    A protected person's waits for somebody who may see where she lives.
    """
    query = (select(Certification.id).join(Application, Application.id == Certification.application_id)
             .join(Patient, Patient.application_id == Application.id).where(Application.state == "certified")
             .order_by(Patient.patient_postal_code, Patient.patient_address, Certification.recipient_number))
    if not actor.sees_withheld:
        query = query.where(Certification.recipient_id.not_in(select(Recipient.id).where(Recipient.is_withheld)))
    return list(session.scalars(query.where(Certification.valid_from <= due) if due else query))


def ask_to_print(session: Session, actor: Actor, due: date | None = None, *, folded: bool = False) -> Job:
    """まとめて印刷を頼む: what waits now, and nothing that comes later; NothingWaits."""
    ids = waiting(session, actor, due)
    if not ids:
        raise NothingWaits
    return ask_for(session, actor, KIND, {"ids": ids, "folded": folded})


class PrintJob:
    """一括印刷のやり方."""

    def __init__(self, files: SealedFolder, city: City, today: date, now: Callable[[], datetime]) -> None:
        self.files, self.city, self.today, self.now = files, city, today, now

    def plan(self, session: Session, job: Job) -> int:
        """One row a certificate."""
        return len(job.params["ids"])

    def step(self, session: Session, job: Job) -> int:
        """Issue the next ten; one that cannot be printed is named and does not stop the others."""
        user = session.get_one(User, job.requested_by)
        # Whom the asker may not see was left out when she asked.
        actor, printed = Actor(user.id, full_name(user), "job", sees_withheld=True), 0
        at = job.done + job.failed
        for number in job.params["ids"][at:at + CHUNK]:
            try:
                with session.begin_nested():
                    paper = issue(session, actor, number, self.city, self.today, self.now(), folded=job.params["folded"])
            except (Refused, GlyphMissing, FontMissing) as refusal:
                fault(job, number, str(getattr(refusal, "message", refusal)))
                continue
            self.files.write(_part(job, number), paper.pdf)
            printed += 1
        return printed

    def finish(self, session: Session, job: Job) -> str | None:
        """All papers in one file; the single ones go."""
        parts = [_part(job, number) for number in job.params["ids"] if self.files.path(_part(job, number)).exists()]
        if not parts:
            return None
        name = f"{job.id:010}-certificates.pdf"
        self.files.write(name, in_one(self.files.read(part) for part in parts))
        for part in parts:
            self.files.remove(part)
        return name


def _part(job: Job, number: int) -> str:
    return f"{job.id:010}-part-{number}.pdf"
