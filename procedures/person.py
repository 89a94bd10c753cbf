"""一人の画面: everything the office knows of one person on one page; the look itself is journalled first."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.application import Application
from models.certification import Certification
from models.codes import Disease
from models.income import Assessment
from models.journal import Action, JournalEntry
from models.protection import Protection
from models.recipient import Recipient
from models.reimbursement import ReimbursementClaim
from models.subject_request import SubjectRequest
from procedures import journal, known
from procedures.actor import Actor
from procedures.months import Month, months_of
from procedures.protection import of_person
from procedures.register_link import look_alikes
from procedures.reimbursement_desk import claims_of
from procedures.subject_requests import stopped_uses
from procedures.timeline import Event, events

LOOKS = 20


@dataclass(frozen=True)
class Person:
    """一人: the ledger row, what is certified and why, what happened, months of cost, who looked."""

    ledger: Recipient
    disease: str | None
    certification: Certification | None
    assessment: Assessment | None
    events: list[Event]
    months: list[Month]
    looks: list[JournalEntry]
    alike: list[Recipient]
    claims: list[ReimbursementClaim]
    stopped: list[SubjectRequest]
    protections: list[Protection]


def open_page(session: Session, actor: Actor, recipient_id: int, *, with_money: bool,
              with_looks: bool, with_claims: bool = False) -> Person | None:
    """Return 一人 or None where there is nobody; the caller commits the journal before a byte leaves."""
    ledger = session.get(Recipient, recipient_id)
    if ledger is None:
        return None
    alike = look_alikes(session, ledger)
    journal.record(session, actor, Action.SAW, ledger, recipient_id=recipient_id,
                   detail={"recipients": [other.id for other in alike]} if alike else None)
    current = ledger.current_certification_id
    certification = session.get(Certification, current) if current else None
    assessment = None if certification is None else known.assessed(
        session, session.get_one(Application, certification.application_id))
    return Person(ledger, _disease(session, ledger), certification, assessment, events(session, recipient_id),
                  months_of(session, recipient_id) if with_money else [],
                  _looks(session, recipient_id) if with_looks else [], alike,
                  claims_of(session, recipient_id) if with_claims else [], stopped_uses(session, recipient_id),
                  of_person(session, recipient_id) if actor.sees_withheld else [])


def _disease(session: Session, ledger: Recipient) -> str | None:
    return session.scalars(select(Disease.name).where(Disease.number == ledger.disease_number)
                           .order_by(Disease.valid_from.desc()).limit(1)).one_or_none()


def _looks(session: Session, recipient_id: int) -> list[JournalEntry]:
    return list(session.scalars(select(JournalEntry).where(JournalEntry.recipient_id == recipient_id)
                                .order_by(JournalEntry.id.desc()).limit(LOOKS)))
