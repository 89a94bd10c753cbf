"""情報提供: what other institutions may be told of a certified person follows every change of it, in the same transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange import numberlink_calls as calls
from exchange.information import digest_of
from exchange.soap import SoapFault
from models.certification import Certification
from models.journal import Action
from models.neighbour import OutgoingMessage, Provision
from models.recipient import Recipient
from procedures import journal, outbox
from procedures.actor import SYSTEM
from procedures.integrated_numbers import demand, known_as
from procedures.vault import Vault
from procedures.wire import Answer, Errand, NoLongerNeeded

CERTIFIED: Final = "認定の内容"
PROTECTED: Final = "支援措置"
ENDED: Final = "認定の取消し"


def follow(session: Session, person: Recipient) -> Provision | None:
    """提供情報を合わせる: a new version where what may be told, or whether by itself, is another than last said; else None.

    *person* is held by the caller, so that versions have no gap. Nobody is told of who was never certified or is not linked
    to the register. The caller commits the change and its version together.
    """
    newest = session.scalars(select(Provision).where(Provision.recipient_id == person.id)
                             .order_by(Provision.number.desc()).limit(1)).first()
    held = session.get(Certification, person.current_certification_id) if person.current_certification_id else None
    is_gone = held is None or held.is_cancelled
    if not person.file_number or (is_gone and (newest is None or newest.registration == calls.GONE)):
        return None
    content = newest.content if is_gone and newest else calls.certified(_facts(person, held))
    digest, before = digest_of(content), newest is not None and newest.registration != calls.GONE
    if newest and before and not is_gone and (newest.digest, newest.needs_a_person) == (digest, person.is_withheld):
        return None
    made = Provision(
        recipient_id=person.id, number=newest.number + 1 if newest else 1, content=content, digest=digest,
        needs_a_person=person.is_withheld, registration=calls.GONE if is_gone else calls.CHANGED if before else calls.NEW,
        cause=ENDED if is_gone else PROTECTED if newest and newest.digest == digest else CERTIFIED)
    session.add(made)
    session.flush()
    known_as(session, person.file_number, person.id)
    outbox.send(session, "TeikyoToroku", made, person.id)
    return made


def _facts(person: Recipient, held: Certification | None) -> dict[str, Any]:
    assert held is not None
    return {"recipient_number": held.recipient_number, "payer_number": held.payer_number, "valid_from": held.valid_from,
            "valid_to": held.valid_to, "copay_cap_yen": person.copay_cap_yen, "ended_on": held.ended_on}


def _say(session: Session, row: OutgoingMessage, vault: Vault, now: datetime) -> Mapping[str, Any]:
    made = session.get_one(Provision, row.subject_id, with_for_update=True)
    if session.scalar(select(Provision.id).where(
            Provision.recipient_id == made.recipient_id, Provision.number > made.number).limit(1)):
        made.state = "superseded"
        session.flush()
        raise NoLongerNeeded
    number = demand(session, str(session.get_one(Recipient, made.recipient_id).file_number), now, with_code=False)
    journal.record(session, SYSTEM, Action.EXPORTED, made, detail={"message": row.operation, "provision": made.number})
    return calls.provision(number, made)


def _heard(session: Session, row: OutgoingMessage, answer: Answer, now: datetime) -> None:
    made = session.get_one(Provision, row.subject_id, with_for_update=True)
    made.state, made.reference, made.registered_at = "registered", calls.reference_in(answer), now
    session.flush()


def _failed(session: Session, row: OutgoingMessage, fault: SoapFault) -> None:
    made = session.get_one(Provision, row.subject_id, with_for_update=True)
    made.state = "refused" if fault.side == "Client" else "failed"
    session.flush()


ERRANDS: Final = {"TeikyoToroku": Errand(_say, _heard, _failed)}
