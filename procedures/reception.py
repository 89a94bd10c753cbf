"""受付: a paper arrives and gets its number; nothing of its content is known yet."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.journal import Action
from models.recipient import Recipient
from models.sheet import ReceivedSheet, Scan, SheetKind, SheetVersion
from procedures import journal
from procedures.actor import Actor
from procedures.lookup import codes_of
from procedures.refusal import Refused
from procedures.series import next_number

REIWA_BEFORE_YEAR_1 = 2018


class UnknownSheet(Refused):
    """No version of this sheet is in force on the day of receipt."""

    message = "この日に使える様式がありません。受付日と様式を確かめてください。"


class WrongCounter(Refused):
    """The counter is not on the list."""

    message = "受付窓口が一覧にありません。選び直してください。"


@dataclass(frozen=True)
class Arrival:
    """受付の内容: what the counter knows before anybody reads the sheet."""

    kind: str
    received: date
    counter: str
    method: str | None = None
    attachments: tuple[str, ...] = ()
    batch: str | None = None
    remarks: str | None = None
    recipient_id: int | None = None  # whom the counter found on the ledger


def version_in_force(session: Session, kind: str, on: date) -> SheetVersion:
    """使う版: the newest published version of *kind* that is in force on the day *on*."""
    found = session.scalars(select(SheetVersion).join(SheetKind).where(
        SheetKind.name == kind, SheetVersion.state == "published", SheetVersion.effective_from <= on,
    ).order_by(SheetVersion.effective_from.desc(), SheetVersion.number.desc())).first()
    if found is None:
        raise UnknownSheet
    return found


def receive(session: Session, actor: Actor, arrival: Arrival, scan: Scan | None = None) -> ReceivedSheet:
    """受け付ける: the sheet has its 申請受理番号 and waits for its first keying."""
    if arrival.counter not in codes_of(session, {"counter"}, arrival.received)["counter"]:
        raise WrongCounter
    sheet = ReceivedSheet(
        acceptance_number=acceptance_number(session, arrival.received, arrival.counter), received_date=arrival.received,
        counter=arrival.counter, application_method=arrival.method, batch=arrival.batch, remarks=arrival.remarks,
        version_id=version_in_force(session, arrival.kind, arrival.received).id,
        attachments=list(arrival.attachments), scan_id=scan.id if scan else None, received_by=actor.user_id,
        recipient_id=arrival.recipient_id)
    session.add(sheet)
    session.flush()
    journal.record(session, actor, Action.RECEIVED, sheet)
    return sheet


def at_the_counter(session: Session, actor: Actor, recipient_id: int) -> Recipient | None:
    """窓口の人: whose paper the counter is about to receive; that she was looked up is journalled. None for nobody."""
    person = session.get(Recipient, recipient_id)
    if person is not None:
        journal.record(session, actor, Action.SAW, person, recipient_id=person.id, detail={"at": "reception"})
    return person


def acceptance_number(session: Session, received: date, counter: str) -> str:
    """申請受理番号: era year of the fiscal year, counter, serial within both: R8-07-000123."""
    fiscal = received.year - (received.month < 4) - REIWA_BEFORE_YEAR_1
    serial = next_number(session, f"acceptance R{fiscal}-{counter}")
    return f"R{fiscal}-{counter}-{serial:06}"
