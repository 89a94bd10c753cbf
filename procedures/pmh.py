"""PMHへの登録: where the city has switched it on, each change of a certificate is told to PMH, once and in its transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exchange import pmh as calls
from exchange.soap import SoapFault
from models.application import Application
from models.certification import Certification
from models.neighbour import OutgoingMessage
from models.recipient import Recipient
from procedures import known, outbox
from procedures.integrated_numbers import opened_for
from procedures.vault import Vault
from procedures.wire import Answer, Errand, NoLongerNeeded, NotYet
from rules.parameters import figures
from rules.pmh_switch import NAME, refusal_on, was_ever_on

NEIGHBOUR: Final = NAME
OPERATION: Final = "PmhToroku"
LATER: Final = timedelta(hours=1)


@dataclass(frozen=True)
class State:
    """登録の様子: why nothing is registered today (None where it is), on which revision it stands, and what waits for what."""

    refusal: str | None
    revision_on: str
    revision_document: str
    reasons: Mapping[str, int]


def state(session: Session, on: date) -> State:
    """登録の様子 for administrators; counts and nobody's content."""
    row = figures(NAME, on)
    return State(refusal_on(on), row["revision_on"], row["revision_document"], outbox.reasons(session, NEIGHBOUR))


def follow(session: Session, person: Recipient) -> int:
    """登録を合わせる: a message for every certificate of hers that is another than last told; return how many.

    *person* is held by the caller. Nothing is queued while it is off or without its revision; what PMH never heard of
    is not taken back there.
    """
    if not was_ever_on():
        return 0
    today = session.scalars(select(func.date(func.timezone("Asia/Tokyo", func.now())))).one()
    if refusal_on(today) is not None:
        return 0
    return sum(_tell(session, person, each, today) for each in session.scalars(select(Certification).where(
        Certification.recipient_id == person.id, Certification.certification == "1").order_by(Certification.id)).all())


def _tell(session: Session, person: Recipient, each: Certification, today: date) -> bool:
    said = session.scalars(select(OutgoingMessage.request_id).where(
        OutgoingMessage.operation == OPERATION, OutgoingMessage.subject_id == each.id).order_by(OutgoingMessage.id)).all()
    is_over = each.is_cancelled or each.ended_on is not None or (each.valid_to or today) < today
    if not said and is_over:
        return False
    # The id is made of what is told and how often something was: equal to the last one means that nothing changed.
    words = repr((each.id, _facts(session, person, each, deletes_on_loss=False, today=today)))
    if said and said[-1] == _id(words, len(said) - 1):
        return False
    outbox.send(session, OPERATION, each, person.id, system=NEIGHBOUR, request_id=_id(words, len(said)))
    return True


def _id(words: str, nth: int) -> str:
    return str(uuid5(NAMESPACE_OID, f"{words}|{nth}"))


def _facts(session: Session, person: Recipient, each: Certification, *, deletes_on_loss: bool, today: date,
           segments: Mapping[str, str] | None = None) -> calls.HeldCertificate:
    judged = known.assessed(session, session.get_one(Application, each.application_id))
    tier = judged.tier if judged and judged.tier else ""
    is_lost = each.ended_on is not None and each.replaced_by is None and each.ended_on < today
    return calls.HeldCertificate(
        name=person.name, name_kana=person.name_kana, address=person.address, born_on=person.birth_date, sex=person.sex,
        is_not_disclosed=person.is_withheld, payer_number=each.payer_number, recipient_number=each.recipient_number,
        valid_from=each.valid_from, valid_to=each.ended_on or each.valid_to,
        income_segment=tier if segments is None else segments.get(tier, ""),
        copay_cap_yen=judged.copay_cap_yen if judged else None, history_key=str(each.id),
        is_deleted=each.is_cancelled or (deletes_on_loss and is_lost))


def _say(session: Session, row: OutgoingMessage, vault: Vault, now: datetime) -> Mapping[str, Any]:
    """What holds now, with the number opened last; NotYet names what is missing: switch, revision, item or number."""
    if (refusal := refusal_on(now.date())) is not None:
        raise NotYet(refusal, LATER)
    if session.scalar(select(OutgoingMessage.id).where(OutgoingMessage.operation == OPERATION, OutgoingMessage.id > row.id,
                                                       OutgoingMessage.subject_id == row.subject_id).limit(1)):
        raise NoLongerNeeded
    each = session.get_one(Certification, row.subject_id)
    person, settings = session.get_one(Recipient, each.recipient_id), figures(NAME, now.date())
    try:
        record = calls.registration(_facts(
            session, person, each, deletes_on_loss=settings["deletes_on_loss"], today=now.date(),
            segments=settings["income_segments"]), settings)
        return calls.with_number(record, opened_for(session, row, vault))
    except calls.ItemWrong as wrong:
        raise NotYet(f"pmh:{wrong.item}", LATER) from None


def _heard(session: Session, row: OutgoingMessage, answer: Answer, now: datetime) -> None:
    """The message itself says that it was taken."""


def _failed(session: Session, row: OutgoingMessage, fault: SoapFault) -> None:
    """The message itself says that it was refused; nobody's record changes."""


ERRANDS: Final = {OPERATION: Errand(_say, _heard, _failed)}
