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
from models.recipient import Recipient
from models.sheet import ReceivedSheet
from procedures import claim_registration, journal, number_registration, recipient
from procedures.actor import Actor
from procedures.recipient import known_recipient
from procedures.refusal import Refused
from procedures.register_link import tell_alike
from procedures.register_lookup import file_number_of
from procedures.vault import LOCKED, Vault
from rules.spelling import digits, stored


class OtherPerson(Refused):
    """The number on the paper is not that of the person chosen at the counter."""

    message = "申請書の受給者番号が、受付で選んだ受給者の番号と違います。原本と受付の内容を確かめてください。"


class NobodyNamed(Refused):
    """Neither the paper nor the counter says whose application it is."""

    message = "だれの申請か分かりません。受給者番号を入力するか、受付で受給者を選んで受け直してください。"


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
    """登録する: the agreed sheet is a record of its person on the ledger; UnknownRecipient, OtherPerson, NobodyNamed."""
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
    known = whose(session, received, application.written_recipient_number)
    session.add(application)
    session.flush()
    patient = _steps(session, application, groups)
    if patient is not None:
        patient.patient_file_number = known.file_number if known and known.file_number else file_number_of(
            session, patient.patient_name, patient.patient_birth_date)
    person = known or (recipient.open_for(session, patient) if patient else None)
    if person is None:
        raise NobodyNamed
    application.recipient_id = person.id
    if patient is not None:
        patient.is_withheld = person.is_withheld
    session.flush()
    if known is None:
        tell_alike(session, person, received.received_date)
    number_registration.find_their_person(session, application)
    recipient.refresh(session, person.id)
    return application


def whose(session: Session, received: ReceivedSheet, number: str | None) -> Recipient | None:
    """だれの申請か: whom the counter found, or whose number the paper bears; None for somebody new. OtherPerson, UnknownRecipient."""
    chosen = session.get(Recipient, received.recipient_id) if received.recipient_id else None
    if chosen is None:
        return known_recipient(session, number)
    if number and chosen.recipient_number and number != chosen.recipient_number:
        raise OtherPerson
    return chosen


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
