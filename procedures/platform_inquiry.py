"""住民・住民税の照会: our own register and tax office are asked through 連携基盤; the answer is filed like any other, with its source."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange import platform_calls as calls
from exchange.information import digest_of
from exchange.soap import SoapFault
from models.application import Application
from models.journal import Action
from models.neighbour import NetworkInquiry, OutgoingMessage
from models.recipient import Recipient
from procedures import journal, outbox
from procedures.actor import SYSTEM, Actor
from procedures.city import City
from procedures.integrated_numbers import NotLinked
from procedures.network_inquiry import OFFICE, SHORTEST, AskedAlready, WhatFor, file_number_about
from procedures.progress import demand
from procedures.refusal import Refused
from procedures.vault import Vault
from procedures.wire import Answer, Errand, NoLongerNeeded
from rules.tax_year import tax_year

NEIGHBOUR: Final = "platform"
BASIS: Final = "庁内連携 (連携基盤)"
OPERATION_OF: Final = {information[0]: operation for operation, information in calls.OPERATIONS.items()}


def ask(session: Session, actor: Actor, application_id: int, member_id: int | None, information: str, purpose: str, city: City,
        on: date) -> NetworkInquiry:
    """照会する: it waits in the outbox; the screen waits for nothing. WhatFor, AskedAlready, NotLinked, or the case is decided."""
    application = session.get_one(Application, application_id, with_for_update=True)
    demand(application, "assessed")
    if information not in OPERATION_OF:
        raise Refused("一覧から選んでください。")
    if len(purpose.strip()) < SHORTEST:
        raise WhatFor
    person = session.get_one(Recipient, application.recipient_id)
    file_number = file_number_about(session, application_id, member_id, person)
    if file_number is None:
        raise NotLinked
    if session.scalar(select(NetworkInquiry.id).where(
            NetworkInquiry.file_number == file_number, NetworkInquiry.information_code == information,
            NetworkInquiry.provider_code == city.municipality, NetworkInquiry.state == "waiting")):
        raise AskedAlready
    operation = OPERATION_OF[information]
    inquiry = NetworkInquiry(
        application_id=application_id, recipient_id=person.id, member_id=member_id, file_number=file_number,
        provider_code=city.municipality, office_code=OFFICE, procedure_code=calls.UNIT, information_code=information, basis=BASIS,
        tax_year=tax_year(application.application_date) if operation == "JuminzeiShokai" else None, purpose=purpose.strip(),
        asked_by=actor.user_id, asked_on=on)
    session.add(inquiry)
    session.flush()
    outbox.send(session, operation, inquiry, person.id, staff=outbox.staff_id(session, actor), system=NEIGHBOUR)
    journal.record(session, actor, Action.REGISTERED, inquiry, reason=inquiry.purpose, detail={
        "information": information, "provider": inquiry.provider_code})
    return inquiry


def _say(session: Session, row: OutgoingMessage, vault: Vault, now: datetime) -> Mapping[str, Any]:
    inquiry = session.get_one(NetworkInquiry, row.subject_id, with_for_update=True)
    if inquiry.state != "waiting":
        raise NoLongerNeeded
    journal.record(session, SYSTEM, Action.EXPORTED, inquiry, reason=inquiry.purpose, detail={"message": row.operation})
    return calls.question(row.operation, inquiry.file_number, inquiry.tax_year)


def _heard(session: Session, row: OutgoingMessage, answer: Answer, now: datetime) -> None:
    inquiry = session.get_one(NetworkInquiry, row.subject_id, with_for_update=True)
    told = calls.information_in(row.operation, answer)
    if told is None:
        inquiry.state = "nothing"
    else:
        inquiry.state, inquiry.answer, inquiry.digest = "answered", told, digest_of(told)
        inquiry.reference = calls.source_in(told)
    inquiry.answered_at = now
    session.flush()
    journal.record(session, SYSTEM, Action.IMPORTED, inquiry, detail={"outcome": inquiry.state})


def _failed(session: Session, row: OutgoingMessage, fault: SoapFault) -> None:
    inquiry = session.get_one(NetworkInquiry, row.subject_id, with_for_update=True)
    if inquiry.state == "waiting":
        inquiry.state, inquiry.refusal = "failed", fault.code
        session.flush()
        journal.record(session, SYSTEM, Action.IMPORTED, inquiry, detail={"outcome": "failed"})


ERRANDS: Final = {operation: Errand(_say, _heard, _failed) for operation in calls.OPERATIONS}
