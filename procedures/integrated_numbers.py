"""統合宛名番号: whoever is to be asked about is made known to 番号連携サーバ first; the number there is all we keep."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange import numberlink_calls as calls
from exchange.soap import SoapFault
from models.addressee import Addressee
from models.journal import Action
from models.neighbour import IntegratedNumber, OutgoingMessage
from models.number_report import IndividualNumber, NumberLine, NumberReport
from models.recipient import Recipient
from procedures import journal, outbox
from procedures.actor import SYSTEM, Actor
from procedures.lookup import codes_of
from procedures.number_reveal import NoSuchNumber
from procedures.refusal import Refused
from procedures.two_person import may_see_numbers
from procedures.vault import Vault, numbers_of
from procedures.wire import Answer, Errand, NotYet

SOON: Final = timedelta(seconds=20)
LATER: Final = timedelta(minutes=5)
HERSELF: Final = "1"  # 番号の持ち主: 本人


class NotLinked(Refused):
    """Without the register's file number nobody can be known to the neighbours."""

    message = "宛名と結び付いていないため、ほかの機関とやり取りできません。先に宛名と結び付けてください。"


class NotAgreedByTwo(Refused):
    """Whoever may not see numbers may not hand one on."""

    message = "個人番号を登録できるのは、見ることを二人に承認された人だけです。"


def known_as(session: Session, file_number: str | None, recipient_id: int | None) -> IntegratedNumber:
    """統合宛名番号の行 of a person of the register; the first time she is made known to the neighbours. NotLinked."""
    if not file_number:
        raise NotLinked
    row = session.scalar(select(IntegratedNumber).where(IntegratedNumber.file_number == file_number))
    if row is None:
        row = IntegratedNumber(file_number=file_number, recipient_id=recipient_id)
        session.add(row)
        session.flush()
        outbox.send(session, "AtenaToroku", row, recipient_id)
    return row


def number_of(session: Session, file_number: str | None) -> IntegratedNumber | None:
    """How a person of the register is known to the neighbours; None where she never was made known."""
    return session.scalar(select(IntegratedNumber).where(IntegratedNumber.file_number == file_number)) if file_number else None


def demand(session: Session, file_number: str, now: datetime, *, with_code: bool = True) -> str:
    """統合宛名番号, once it is there; NotYet names what is missing: person, number or code, and has it asked for again."""
    row = session.scalar(select(IntegratedNumber).where(IntegratedNumber.file_number == file_number).with_for_update())
    if row is None:
        raise NotYet("no_person", LATER)
    if row.number and (row.linkage_state == calls.ACQUIRED or not with_code):
        return row.number
    if row.asked_at and now - row.asked_at > SOON and not outbox.is_waiting(session, "TogoAtenaShokai", row.id):
        outbox.send(session, "TogoAtenaShokai", row, row.recipient_id)
    raise NotYet("no_code" if row.number else "no_number", SOON if row.number else LATER)


def register_number(session: Session, actor: Actor, recipient_id: int, number_id: int) -> OutgoingMessage:
    """付番を頼む: the patient's own number, entered and agreed here, goes to 番号連携サーバ under the name of who asks.

    NotAgreedByTwo, NoSuchNumber, NotLinked; the digits are opened by the worker at the moment of sending.
    """
    if not may_see_numbers(session, actor.user_id):
        raise NotAgreedByTwo
    found = next((number for line, number in numbers_of(session, recipient_id)
                  if number.id == number_id and line.holder == HERSELF), None)
    if found is None:
        raise NoSuchNumber
    known_as(session, session.get_one(Recipient, recipient_id).file_number, recipient_id)
    journal.record(session, actor, Action.ADMINISTERED, found, recipient_id=recipient_id, detail={"message": "Fuban"})
    return outbox.send(session, "Fuban", found, recipient_id, staff=outbox.staff_id(session, actor))


def opened_for(session: Session, row: OutgoingMessage, vault: Vault) -> str:
    """電文のために番号を開く: the patient's own digits, written into the journal before; NotYet where two have not agreed on any."""
    number = next((number for line, number in numbers_of(session, int(row.recipient_id or 0)) if line.holder == HERSELF), None)
    if number is None:
        raise NotYet("no_number", LATER)
    journal.record(session, SYSTEM, Action.EXPORTED, number, recipient_id=row.recipient_id, detail={
        "message": row.operation, "individual_number": True})
    return vault.reveal(number)


def _person(session: Session, row: OutgoingMessage, vault: Vault, now: datetime) -> Mapping[str, Any]:
    known = session.get_one(IntegratedNumber, row.subject_id)
    newest = session.scalars(select(Addressee).where(Addressee.file_number == known.file_number)
                             .order_by(Addressee.history_number.desc()).limit(1)).first()
    if newest is None:
        raise NotYet("no_person", LATER)
    journal.record(session, SYSTEM, Action.EXPORTED, known, detail={"message": row.operation})
    return calls.person(newest)


def _person_is_known(session: Session, row: OutgoingMessage, answer: Answer, now: datetime) -> None:
    outbox.send(session, "TogoAtenaShokai", session.get_one(IntegratedNumber, row.subject_id), row.recipient_id)


def _which(session: Session, row: OutgoingMessage, vault: Vault, now: datetime) -> Mapping[str, Any]:
    return calls.of_person(session.get_one(IntegratedNumber, row.subject_id).file_number)


def _is_known_as(session: Session, row: OutgoingMessage, answer: Answer, now: datetime) -> None:
    known = session.get_one(IntegratedNumber, row.subject_id, with_for_update=True)
    told = calls.known_as(answer)
    known.number, known.asked_at = known.number or told.number, now
    known.has_individual_number, known.linkage_state = told.has_individual_number, told.linkage_state
    session.flush()
    if known.number and known.linkage_state in calls.WITHOUT_CODE:
        outbox.send(session, "FugoYokyu", known, row.recipient_id)


def _code(session: Session, row: OutgoingMessage, vault: Vault, now: datetime) -> Mapping[str, Any]:
    return calls.of_number(str(session.get_one(IntegratedNumber, row.subject_id).number))


def _code_asked(session: Session, row: OutgoingMessage, answer: Answer, now: datetime) -> None:
    known = session.get_one(IntegratedNumber, row.subject_id, with_for_update=True)
    known.linkage_state = calls.linkage_in(answer)
    if known.linkage_state != calls.ACQUIRED:
        outbox.send(session, "TogoAtenaShokai", known, row.recipient_id, now + SOON)


def _number(session: Session, row: OutgoingMessage, vault: Vault, now: datetime) -> Mapping[str, Any]:
    number = session.get_one(IndividualNumber, row.subject_id)
    report = session.scalars(select(NumberReport).join(NumberLine, NumberLine.report_id == NumberReport.id)
                             .where(NumberLine.id == number.line_id)).one()
    file_number = str(session.get_one(Recipient, row.recipient_id).file_number)
    known = session.scalars(select(IntegratedNumber).where(IntegratedNumber.file_number == file_number)).one()
    if known.asked_at is None:
        raise NotYet("no_person", SOON)
    words = codes_of(session, {"number_proof", "identity_proof"}, now.date())
    proofs = (words["number_proof"].get(report.number_proof, ""), words["identity_proof"].get(report.identity_proof, ""))
    journal.record(session, SYSTEM, Action.EXPORTED, number, recipient_id=row.recipient_id, detail={
        "message": row.operation, "individual_number": True})
    return calls.numbering(file_number, vault.reveal(number), " / ".join(proofs))


def _numbered(session: Session, row: OutgoingMessage, answer: Answer, now: datetime) -> None:
    file_number = session.get_one(Recipient, row.recipient_id).file_number
    known = session.scalars(select(IntegratedNumber).where(IntegratedNumber.file_number == file_number).with_for_update()).one()
    known.number, known.has_individual_number = calls.number_in(answer), True
    session.flush()
    outbox.send(session, "TogoAtenaShokai", known, row.recipient_id)


def _nothing(session: Session, row: OutgoingMessage, fault: SoapFault) -> None:
    """The message itself says that it was refused; nobody's record changes."""


ERRANDS: Final = {"AtenaToroku": Errand(_person, _person_is_known, _nothing), "TogoAtenaShokai": Errand(_which, _is_known_as, _nothing),
                  "FugoYokyu": Errand(_code, _code_asked, _nothing), "Fuban": Errand(_number, _numbered, _nothing)}
