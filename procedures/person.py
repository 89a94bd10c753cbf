"""一人の画面: everything the office knows of one person on one page; the look itself is journalled first."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Integer, Row, Select, bindparam, select, true
from sqlalchemy.orm import Session, aliased

from models.application import Application
from models.certification import Certification
from models.codes import Disease
from models.journal import Action, JournalEntry
from models.recipient import Recipient
from procedures import journal
from procedures.actor import Actor
from procedures.known import assessed_at
from procedures.months import Month, months_of
from procedures.protection import of_person
from procedures.reimbursement_desk import claims_of
from procedures.subject_requests import stopped_uses
from procedures.timeline import Event, events

LOOKS = 20
_PERSON = bindparam("person", type_=Integer)


@dataclass(frozen=True)
class Held:
    """現在の認定 with its reasons, and the tier that holds with it where one was judged."""

    recipient_number: str | None
    payer_number: str | None
    valid_from: date | None
    valid_to: date | None
    ended_on: date | None
    reasons: list[str] | None
    tier: str | None
    tier_reasons: list[str] | None


@dataclass(frozen=True)
class Person:
    """一人: the ledger row, what is certified and why, what happened, months of cost, who looked."""

    ledger: Any  # the columns of Recipient, and the name of the disease
    certification: Held | None
    events: list[Event]
    months: list[Month]
    looks: list[Row[Any]]
    alike: list[Row[Any]]
    claims: list[Row[Any]]
    stopped: list[Row[Any]]
    protections: list[Row[Any]]


def open_page(session: Session, actor: Actor, recipient_id: int, *, with_money: bool,
              with_looks: bool, with_claims: bool = False) -> Person | None:
    """Return 一人 or None where there is nobody; the caller commits the journal before a byte leaves."""
    whose = {"person": recipient_id}
    ledger = session.execute(_LEDGER, whose).one_or_none()
    if ledger is None:
        return None
    alike = _rows(session, _ALIKE, whose)
    journal.record(session, actor, Action.SAW, recipient_id=recipient_id, seen=(Recipient, recipient_id),
                   detail={"recipients": [other.id for other in alike]} if alike else None)
    return Person(ledger, Held(*ledger[-9:-1]) if ledger[-1] else None, events(session, recipient_id),
                  months_of(session, recipient_id) if with_money else [],
                  _rows(session, _LOOKS, whose) if with_looks else [], alike,
                  claims_of(session, recipient_id) if with_claims else [], stopped_uses(session, recipient_id),
                  of_person(session, recipient_id) if actor.sees_withheld else [])


def _rows(session: Session, statement: Select[Any], whose: dict[str, int]) -> list[Row[Any]]:
    return list(session.execute(statement, whose))


def _ledger() -> Select[Any]:
    """The ledger row, the name of the disease, and what is certified and judged (Held), the certification's number last."""
    own = aliased(Application)
    assessed = assessed_at(own)
    disease = (select(Disease.name).where(Disease.number == Recipient.disease_number)
               .order_by(Disease.valid_from.desc()).limit(1).scalar_subquery())
    held = (Certification.recipient_number, Certification.payer_number, Certification.valid_from, Certification.valid_to,
            Certification.ended_on, Certification.reasons, assessed.c.tier, assessed.c.reasons)
    return (select(*Recipient.__table__.c, disease.label("disease"), *(each.label(f"held_{at}") for at, each in enumerate(held)),
                   Certification.id.label("certification_id"))
            .outerjoin(Certification, Certification.id == Recipient.current_certification_id)
            .outerjoin(own, own.id == Certification.application_id).outerjoin(assessed, true())
            .where(Recipient.id == _PERSON))


def _alike() -> Select[Any]:
    """Others on the ledger with the same birth date and a name that reads the same (see register_link.look_alikes)."""
    she = aliased(Recipient)
    return (select(Recipient.id, Recipient.name, Recipient.recipient_number)
            .join(she, (she.birth_date == Recipient.birth_date) & (she.kana_key == Recipient.kana_key) & (she.id != Recipient.id))
            .where(she.id == _PERSON))


# Built once and answered in plain rows: this page is opened all day long.
_LEDGER, _ALIKE = _ledger(), _alike()
_LOOKS = (select(JournalEntry.at, JournalEntry.actor_name, JournalEntry.action, JournalEntry.reason)
          .where(JournalEntry.recipient_id == _PERSON).order_by(JournalEntry.id.desc()).limit(LOOKS))
