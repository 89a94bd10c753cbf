"""登録: what two clerks agree on becomes the record, in one transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.answer import value_of
from forms.sheet import Field, Sheet
from models.application import Application, ApplicationAttachment
from models.codes import Disease
from models.disease import ApplicationDisease
from models.items import Record
from models.journal import Action
from models.person import Patient
from models.sheet import ReceivedSheet
from procedures import claim_registration, journal, number_registration, recipient
from procedures.actor import Actor
from procedures.recipient import UnknownRecipient, known_recipient
from procedures.register_work import look_alikes
from procedures.vault import LOCKED, Vault
from procedures.work import tell
from rules.spelling import digits, stored

SELF = "00"  # 続柄: 本人
Group = tuple[type[Record], int]


def agreed(received: ReceivedSheet, sheet: Sheet) -> dict[Field, str]:
    """合意した答え: field → text as typed; a settled difference takes the settled text."""
    settled = {difference.field: difference.raw or "" for difference in received.differences}
    first = received.keyings[0].raw
    answers = {place: settled.get(place.name, first.get(place.name, "")) for place in sheet.fields()}
    return {place: text for place, text in answers.items() if text.strip()}


def register(session: Session, actor: Actor, received: ReceivedSheet, sheet: Sheet, now: datetime,
             vault: Vault = LOCKED) -> None:
    """登録する: the agreed sheet is a record of its person on the ledger; UnknownRecipient."""
    groups: dict[Group, dict[str, Any]] = {}
    for place, text in agreed(received, sheet).items():
        if place.is_sealed:
            continue
        values = groups.setdefault((place.item.model, place.row), {})
        values[place.item.attribute] = value_of(place.kind, stored(place.kind, text))
    for place, text in sheet.fixed():
        group = (place.item.model, place.row)
        if group in groups or not place.optional_group:
            groups.setdefault(group, {})[place.item.attribute] = value_of(place.kind, stored(place.kind, text))
    head: Record
    if sheet.sealed:
        head = number_registration.register(session, received, sheet, groups, now, vault)
    elif sheet.name == "reimbursement":
        head = claim_registration.register(session, received, groups)
    else:
        head = _application(session, received, sheet, groups)
    received.state, received.registered_at = "registered", now
    journal.record(session, actor, Action.REGISTERED, head, detail={"sheet": sheet.name})
    session.flush()


def _application(session: Session, received: ReceivedSheet, sheet: Sheet, groups: dict[Group, dict[str, Any]]) -> Application:
    values = groups.pop((Application, 0), {})
    values.setdefault("application_date", received.received_date)
    application = Application(
        **values, sheet_id=received.id, application_kind=sheet.application_kind, counter=received.counter,
        moved_in=sheet.name == "transfer_in", acceptance_date=received.received_date,
        acceptance_number=received.acceptance_number, application_method=received.application_method,
        remarks=received.remarks)
    application.attachments = [ApplicationAttachment(attachment=code, received_date=received.received_date)
                               for code in received.attachments or ()]
    known = known_recipient(session, application.written_recipient_number)
    session.add(application)
    session.flush()
    patient = _steps(session, application, groups)
    person = known or (recipient.open_for(session, patient) if patient else None)
    if person is None:
        raise UnknownRecipient
    application.recipient_id = person.id
    session.flush()
    if known is None:
        for other in look_alikes(session, person):
            tell(session, person.id, "look_alike", f"recipient:{other.id}", received.received_date,
                 {"other": other.recipient_number or other.id})
    number_registration.find_their_person(session, application)
    recipient.refresh(session, person.id)
    return application


def _steps(session: Session, application: Application, groups: dict[Group, dict[str, Any]]) -> Patient | None:
    """Add one row a step and one row a line of a repeated section; return the patient where the paper names her."""
    patient = None
    for (model, row), values in groups.items():
        if hasattr(model, "position"):
            values["position"] = row
        if model is ApplicationDisease:
            values["disease_number"] = digits(values["disease_number"])
            values["disease_group"] = session.scalars(select(Disease.group_code).where(
                Disease.number == values["disease_number"])).first()
        record = model(application_id=application.id, **values)
        if isinstance(record, Patient):
            record.patient_relationship = SELF
            patient = record
        session.add(record)
    session.flush()
    return patient
