"""通知の一括印刷: which letters are due, by kind, and all of a kind as one PDF in the order of addresses."""

from typing import Any, Final

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.orm import Session

from models.application import Application
from models.certification import Notice
from models.inquiry import Inquiry
from models.job import Job
from models.letter import Letter
from models.recipient import Recipient
from procedures.actor import Actor
from procedures.jobs import ask_for
from procedures.letters import DUE_FOR, KINDS, print_letter
from procedures.paper_job import PaperJob
from procedures.refusal import Refused

KIND: Final = "print_letters"


class NothingDue(Refused):
    """No letter of this kind is due."""

    message = "印刷していない通知はありません。"


def due(session: Session, actor: Actor) -> dict[str, int]:
    """まだ出していない通知: how many of each kind, in the order of the kinds; of protected people only for who may see."""
    counted = {kind: session.scalar(select(func.count()).select_from(query.subquery())) or 0
               for kind, query in ((kind, _due(kind, actor)) for kind in KINDS) if query is not None}
    return {kind: count for kind, count in counted.items() if count}


def ask_to_print(session: Session, actor: Actor, kind: str) -> Job:
    """まとめて印刷を頼む: what is due now of this kind, and nothing that comes later. NothingDue."""
    query = _due(kind, actor) if kind in KINDS else None
    ids = list(session.scalars(query.order_by(Recipient.postal_code, Recipient.address, Application.id))) if query is not None else []
    if not ids:
        raise NothingDue
    return ask_for(session, actor, KIND, {"kind": kind, "ids": ids})


def _due(kind: str, actor: Actor) -> Select[Any] | None:
    """Applications for which a letter of this kind was called for and not printed; None for what nobody prints in bulk."""
    query = (select(Application.id).join(Recipient, Recipient.id == Application.recipient_id)
             .where(Application.conversion.is_(None)))
    of_kind = KINDS[kind]
    if of_kind.to == "applicant" and not actor.sees_withheld:
        query = query.where(Recipient.is_withheld.is_(False))
    codes = [code for code, kinds in DUE_FOR.items() if kind in kinds]
    if of_kind.marks == "facility":
        return query.join(Notice, Notice.application_id == Application.id).where(
            Notice.facility_notice == "1", Notice.facility_notice_date.is_(None))
    if codes:
        return query.join(Notice, Notice.application_id == Application.id).where(
            Notice.applicant_notice.in_(codes), Notice.applicant_notice_date.is_(None))
    if of_kind.needs and of_kind.needs != "missing":
        printed = exists().where(Letter.application_id == Application.id, Letter.kind == kind, Letter.dated >= (
            Inquiry.reminded_on if kind == "inquiry_reminder" else Inquiry.asked_on))
        asked = Inquiry.reminded_on.is_not(None) if kind == "inquiry_reminder" else Inquiry.kind == of_kind.needs
        return query.join(Inquiry, and_(Inquiry.application_id == Application.id, Inquiry.closed_on.is_(None), asked)).where(~printed)
    return None


class LetterJob(PaperJob):
    """通知の一括印刷のやり方."""

    name = "letters"

    def paper(self, session: Session, actor: Actor, job: Job, number: int) -> bytes:
        """通知を出す."""
        return print_letter(session, actor, number, job.params["kind"], self.city, self.today, self.now())
