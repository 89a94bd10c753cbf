"""照会・提供・移転の記録: of one person everything that was asked, given and handed over: to whom, why and when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from typing import Any, Final

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange import match_list
from exchange import numberlink_calls as calls
from exchange.soap import SoapFault
from models.journal import Action
from models.neighbour import (
    Destination,
    IntegratedNumber,
    NetworkInquiry,
    NetworkRecord,
    OutgoingMessage,
    Provision,
    Transfer,
)
from models.recipient import Recipient
from procedures import journal, outbox
from procedures.actor import SYSTEM, Actor, full_name
from procedures.integrated_numbers import NotLinked, demand, number_of
from procedures.refusal import Refused
from procedures.vault import Vault
from procedures.wire import Answer, Errand

JAPAN: Final = timezone(timedelta(hours=9))
KEPT: Final = timedelta(days=7 * 366)  # the neighbours keep seven years


class NoSuchPerson(Refused):
    """She is not on the ledger."""

    message = "その受給者はいません。一覧から選び直してください。"


class FetchedAlready(Refused):
    """The same question waits for its answer."""

    message = "記録の取り寄せを頼んだところです。しばらくして開き直してください。"


@dataclass(frozen=True)
class Given:
    """一件の記録: *kind* is asked, made_known, exchanged or transferred."""

    at: datetime
    kind: str
    whom: str
    what: str
    why: str
    basis: str
    state: str
    by: str


@dataclass(frozen=True)
class Page:
    """一人の記録, the latest first, and how she is known to the neighbours."""

    person: Recipient
    known: IntegratedNumber | None
    lines: list[Given]
    version: int | None  # of what may be provided, as last registered


def of_person(session: Session, actor: Actor, recipient_id: int) -> Page:
    """この人の記録; the look is journalled. NoSuchPerson."""
    person = session.get(Recipient, recipient_id)
    if person is None:
        raise NoSuchPerson
    journal.record(session, actor, Action.SAW, person, recipient_id=recipient_id, detail={"screen": "given"})
    lines = sorted((*_asked(session, recipient_id), *_made_known(session, recipient_id), *_exchanged(session, recipient_id),
                    *_transferred(session, recipient_id)), key=lambda each: each.at, reverse=True)
    version = session.scalar(select(Provision.number).where(
        Provision.recipient_id == recipient_id, Provision.state == "registered").order_by(Provision.number.desc()).limit(1))
    return Page(person, number_of(session, person.file_number), lines, version)


def fetch(session: Session, actor: Actor, recipient_id: int) -> OutgoingMessage:
    """記録を取り寄せる: the neighbours' own records of her exchanges; they come with the worker. NotLinked, FetchedAlready."""
    known = number_of(session, session.get_one(Recipient, recipient_id).file_number)
    if known is None:
        raise NotLinked
    if outbox.is_waiting(session, "KirokuShokai", known.id):
        raise FetchedAlready
    journal.record(session, actor, Action.SEARCHED, known, recipient_id=recipient_id, detail={"message": "KirokuShokai"})
    return outbox.send(session, "KirokuShokai", known, recipient_id, staff=outbox.staff_id(session, actor))


def _asked(session: Session, recipient_id: int) -> Iterator[Given]:
    uses = {row.question.information_code: row.use for row in match_list.rows()}
    for row, user in session.execute(select(NetworkInquiry, User).join(User, User.id == NetworkInquiry.asked_by)
                                     .where(NetworkInquiry.recipient_id == recipient_id)):
        yield Given(row.created_at, "asked", row.provider_code, uses.get(row.information_code, row.information_code), row.purpose,
                    row.basis, row.state, full_name(user))


def _made_known(session: Session, recipient_id: int) -> Iterator[Given]:
    for row in session.scalars(select(Provision).where(Provision.recipient_id == recipient_id)):
        told = "、".join(f"{label} {value}" for label, value in calls.lines_of(row.content))
        yield Given(row.created_at, "made_known", "", told, row.cause, row.registration, row.state, "")


def _exchanged(session: Session, recipient_id: int) -> Iterator[Given]:
    bases = {row.question.office_code: row for row in match_list.rows()}
    for row in session.scalars(select(NetworkRecord).where(NetworkRecord.recipient_id == recipient_id)):
        listed = bases.get(row.office_code)
        yield Given(row.provided_at or row.asked_at, "exchanged", f"{row.inquirer_code} ← {row.provider_code}",
                    "、".join([row.information_code, *row.item_codes]), listed.use if listed else row.office_code,
                    listed.basis if listed else "", "withheld" if row.is_withheld else "provided" if row.provided_at else "none", "")


def _transferred(session: Session, recipient_id: int) -> Iterator[Given]:
    for row, target, user in session.execute(
            select(Transfer, Destination, User).join(Destination, Destination.id == Transfer.destination_id)
            .join(User, User.id == Transfer.handed_by).where(Transfer.recipient_id == recipient_id)):
        yield Given(datetime.combine(row.dated, time(), JAPAN), "transferred", f"{target.name} {row.handed_to}", "、".join(row.items),
                    row.reason, target.law, row.document_number, full_name(user))


def _say(session: Session, row: OutgoingMessage, vault: Vault, now: datetime) -> Mapping[str, Any]:
    number = demand(session, session.get_one(IntegratedNumber, row.subject_id).file_number, now, with_code=False)
    return calls.records_asked(number, row.created_at - KEPT, row.created_at)


def _heard(session: Session, row: OutgoingMessage, answer: Answer, now: datetime) -> None:
    known = set(session.scalars(select(NetworkRecord.serial).where(NetworkRecord.recipient_id == row.recipient_id)))
    new = [each for each in calls.records_in(answer) if each.serial not in known]
    for each in new:
        session.add(NetworkRecord(
            recipient_id=row.recipient_id, serial=each.serial, inquirer_code=each.inquirer_code, provider_code=each.provider_code,
            asked_at=each.asked_at, provided_at=each.provided_at, office_code=each.office_code, procedure_code=each.procedure_code,
            information_code=each.information_code, item_codes=list(each.item_codes), is_withheld=each.is_withheld))
    session.flush()
    journal.record(session, SYSTEM, Action.IMPORTED, session.get_one(IntegratedNumber, row.subject_id), recipient_id=row.recipient_id,
                   detail={"records": len(new)})


def _failed(session: Session, row: OutgoingMessage, fault: SoapFault) -> None:
    """The message itself says that it was refused; what is on file stays."""


ERRANDS: Final = {"KirokuShokai": Errand(_say, _heard, _failed)}
