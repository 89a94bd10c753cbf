"""移転・提供先: to whom the office may give what, and what it handed over of one person on paper, with its record."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.certification import Certification
from models.journal import Action
from models.neighbour import Destination, Transfer
from models.recipient import Recipient
from procedures import journal
from procedures.actor import Actor
from procedures.city import City
from procedures.columns import STATE_LABELS
from procedures.refusal import Refused
from procedures.series import next_number
from reports.transfer import TransferText, transfer_pdf, yen
from rules.era_date import era_text

KINDS: Final = {"provision": "提供", "transfer": "移転"}
# What may be handed over: number, period and cap; neither the disease nor income is a part of it.
ITEMS: Final = {"recipient_number": "受給者番号", "payer_number": "公費負担者番号", "period": "有効期間", "copay_cap_yen": "自己負担上限月額",
                "state": "認定の状態"}
SHORTEST: Final = 4


class NotADestination(Refused):
    """Nobody is given anything who does not stand in the register on that day."""

    message = "提供先・移転先の登録にない相手には渡せません。先に登録を確かめてください。"


class Incomplete(Refused):
    """Reason, receiver and at least one item belong to a record of handing over."""

    message = "移転する項目、理由、受け取る人をすべて入力してください。"


class NotComplete(Refused):
    """A destination says who, on which law, for what, what and how."""

    message = "相手、根拠、用途、渡す情報、方法をすべて入力してください。"


class EndedAlready(Refused):
    """A destination is ended once."""

    message = "この登録はもう終わっています。画面を開き直してください。"


@dataclass(frozen=True)
class HandOver:
    """移転の内容: to whom, which items (keys of ITEMS), why, and who takes it."""

    destination_id: int
    items: Sequence[str]
    reason: str
    handed_to: str


def destinations(session: Session, on: date | None = None, kind: str | None = None) -> list[Destination]:
    """提供先・移転先: all that ever were, or those of one kind that hold on a day."""
    query = select(Destination).order_by(Destination.kind, Destination.valid_to.desc().nulls_first(), Destination.id)
    if kind:
        query = query.where(Destination.kind == kind)
    if on:
        query = query.where(Destination.valid_from <= on, Destination.valid_to.is_(None) | (Destination.valid_to >= on))
    return list(session.scalars(query))


def add_destination(session: Session, actor: Actor, kind: str, name: str, law: str, purpose: str, what: str, means: str,
                    since: date) -> Destination:
    """提供先・移転先を登録する; NotComplete. It is never changed, only ended."""
    words = [each.strip() for each in (name, law, purpose, what, means)]
    if kind not in KINDS or not all(words):
        raise NotComplete
    if session.scalar(select(Destination.id).where(
            Destination.kind == kind, Destination.name == words[0], Destination.valid_from == since)):
        raise Refused("同じ相手が同じ日から登録されています。")
    made = Destination(kind=kind, name=words[0], law=words[1], purpose=words[2], what=words[3], means=words[4],
                       valid_from=since, noted_by=actor.user_id)
    session.add(made)
    session.flush()
    journal.record(session, actor, Action.ADMINISTERED, made, detail={"kind": kind})
    return made


def end_destination(session: Session, actor: Actor, number: int, on: date) -> None:
    """登録を終える: from the next day on nobody gives anything there; EndedAlready."""
    row = session.get(Destination, number, with_for_update=True)
    if row is None or row.valid_to is not None:
        raise EndedAlready
    row.valid_to = max(on, row.valid_from)
    session.flush()
    journal.record(session, actor, Action.ADMINISTERED, row, detail={"act": "ended"})


def hand_over(session: Session, actor: Actor, recipient_id: int, what: HandOver, city: City, on: date, now: datetime) -> bytes:
    """移転する: the paper, and its record with its digest in the same transaction; NotADestination, Incomplete.

    Where a protected person lives is never a part of it.
    """
    person = session.get_one(Recipient, recipient_id, with_for_update=True)
    chosen = [key for key in ITEMS if key in what.items]
    if not chosen or len(what.reason.strip()) < SHORTEST or not what.handed_to.strip():
        raise Incomplete
    target = next((each for each in destinations(session, on, "transfer") if each.id == what.destination_id), None)
    if target is None:
        raise NotADestination
    number = f"{city.document_prefix}{on.year}-{next_number(session, f'transfer {on.year}')}"
    journal.record(session, actor, Action.PRINTED, person, recipient_id=recipient_id, reason=what.reason.strip(),
                   detail={"transfer": target.id, "items": chosen})
    facts = _facts(session, person)
    pdf = transfer_pdf(TransferText(
        number, on, target.name, target.law, target.purpose, what.reason.strip(), what.handed_to.strip(), actor.name,
        person.name, person.birth_date, tuple((ITEMS[key], facts[key]) for key in chosen)), city, now)
    session.add(Transfer(
        recipient_id=recipient_id, destination_id=target.id, document_number=number, dated=on, items=[ITEMS[key] for key in chosen],
        reason=what.reason.strip(), handed_to=what.handed_to.strip(), handed_by=actor.user_id,
        pdf_sha256=hashlib.sha256(pdf).hexdigest()))
    session.flush()
    return pdf


def _facts(session: Session, person: Recipient) -> dict[str, str]:
    held = session.get(Certification, person.current_certification_id) if person.current_certification_id else None
    until = held and (held.ended_on or held.valid_to)
    return {"recipient_number": person.recipient_number or "—", "payer_number": person.payer_number or "—",
            "period": f"{era_text(held.valid_from)} 〜 {era_text(until)}" if held and held.valid_from and until else "—",
            "copay_cap_yen": yen(person.copay_cap_yen),
            "state": STATE_LABELS["recipient.state"][person.state]}
