"""隣の相手のいる事務所: somebody certified and linked, her number in the store, and a neighbour that answers by its contract."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.wire import ERRANDS
from models.addressee import Addressee
from models.application import Application
from models.person import Patient
from models.recipient import Recipient
from procedures.recipient import refresh
from procedures.vault import numbers_of
from procedures.wire import deliver
from tests.life import Actors, certified_person
from tests.numberlink import StandIn
from tests.procedures.test_number_registration import NUMBER, VAULT, keyed_twice
from tests.register_files import m11

__all__ = ["FILE_NUMBER", "NUMBER", "linked_person", "spoken", "with_number"]
FILE_NUMBER = m11(777)


def linked_person(session: Session, actors: Actors, **other: str) -> Recipient:
    """Somebody certified whose row of the register is known."""
    person = certified_person(session, actors, **other)
    session.add(Addressee(municipality="111007", file_number=FILE_NUMBER, history_number=1, name=person.name,
                          birth_date=person.birth_date, sex=person.sex, address=person.address, off_register="0", is_foreigner=False))
    for patient in session.scalars(select(Patient).join(Application, Application.id == Patient.application_id)
                                   .where(Application.recipient_id == person.id)):
        patient.patient_file_number = FILE_NUMBER
    session.flush()
    return refresh(session, person.id)


def with_number(session: Session, actors: Actors, person: Recipient) -> int:
    """Her number as two keyed it; return the row of the store."""
    number = session.scalars(select(Application.acceptance_number).where(Application.recipient_id == person.id)).first()
    keyed_twice(session, {name: replace(actor, handles_numbers=True) for name, actor in actors.items()}, str(number))
    [(_line, kept)] = numbers_of(session, person.id)
    return kept.id


def spoken(session: Session, there: StandIn, hours: float = 0, rounds: int = 8) -> None:
    """Let the worker speak several times, minutes apart."""
    for each in range(rounds):
        session.commit()
        moment = datetime.now(UTC) + timedelta(hours=hours, minutes=11 * each + 1)
        deliver(session.connection(), ERRANDS, {"numberlink": there}, VAULT, lambda at=moment: at)
    session.expire_all()
