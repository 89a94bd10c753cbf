"""受給者証の一括印刷: many certificates as one PDF in the order of addresses; each is issued as if printed alone."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.application import Application
from models.certification import Certification
from models.job import Job
from models.recipient import Recipient
from procedures.actor import Actor
from procedures.issue import issue
from procedures.jobs import ask_for
from procedures.letter_address import to_applicant
from procedures.paper_job import PaperJob
from procedures.refusal import Refused
from reports.labels import address_sheets_pdf
from reports.paper import in_one

KIND = "print_certificates"


class NothingWaits(Refused):
    """There is nothing to print."""

    message = "交付を待つ受給者証はありません。"


def waiting(session: Session, actor: Actor, due: date | None = None) -> list[int]:
    """交付待ち: certifications not yet printed, in the order of addresses; with *due* those valid from that day or before.

    A protected person's waits for somebody who may see where she lives.
    """
    query = (select(Certification.id).join(Application, Application.id == Certification.application_id)
             .join(Recipient, Recipient.id == Certification.recipient_id)
             .where(Application.state == "certified", Certification.certification == "1")
             .order_by(Recipient.postal_code, Recipient.address, Certification.recipient_number))
    if not actor.sees_withheld:
        query = query.where(Recipient.is_withheld.is_(False))
    return list(session.scalars(query.where(Certification.valid_from <= due) if due else query))


def ask_to_print(session: Session, actor: Actor, due: date | None = None, *, folded: bool = False,
                 with_addresses: bool = False) -> Job:
    """まとめて印刷を頼む: what waits now, and nothing that comes later; NothingWaits."""
    ids = waiting(session, actor, due)
    if not ids:
        raise NothingWaits
    return ask_for(session, actor, KIND, {"ids": ids, "folded": folded, "addresses": with_addresses})


class PrintJob(PaperJob):
    """受給者証の一括印刷のやり方."""

    name = "certificates"

    def paper(self, session: Session, actor: Actor, job: Job, number: int) -> bytes:
        """交付する; where it was asked for, the 宛名票 for the envelope's window lies in front."""
        pdf = issue(session, actor, number, self.city, self.today, self.now(), folded=job.params["folded"]).pdf
        if not job.params.get("addresses"):
            return pdf
        application = session.get_one(Application, session.get_one(Certification, number).application_id)
        return in_one((address_sheets_pdf([to_applicant(session, application)], self.city, self.now()), pdf))
