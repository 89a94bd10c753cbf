"""支援措置: where a protected person lives is shown to few, from the day somebody notes it until somebody ends it."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, Row, bindparam, select, text
from sqlalchemy.orm import Session

from models.journal import Action
from models.protection import Protection
from models.recipient import Recipient
from procedures import journal, pmh
from procedures.actor import Actor
from procedures.provision import follow
from procedures.refusal import Refused


class ProtectedAlready(Refused):
    """One protection holds at a time."""

    message = "この人には、すでに支援措置が登録されています。"


class NotProtected(Refused):
    """There is nothing to end."""

    message = "支援措置は登録されていないか、もう終わっています。画面を開き直してください。"


class WhyMissing(Refused):
    """Both ends of a protection have their reason."""

    message = "支援措置の理由 (申出の日、根拠の書類など) を入力してください。"


class Withheld(Refused):
    """A paper would tell where a protected person lives."""

    message = "不開示(支援措置)の人の住所が載るため、見る権限のある人が印刷してください。"


def protect(session: Session, actor: Actor, recipient_id: int, since: date, reason: str) -> Protection:
    """支援措置を登録する: from now on the ledger withholds where the person lives and no machine tells of her. ProtectedAlready, WhyMissing."""
    if not reason.strip():
        raise WhyMissing
    person = session.get_one(Recipient, recipient_id, with_for_update=True)
    if _open(session, recipient_id) is not None:
        raise ProtectedAlready
    made = Protection(recipient_id=person.id, since=since, reason=reason.strip(), noted_by=actor.user_id)
    session.add(made)
    person.is_withheld = True
    session.flush()
    follow(session, person)
    pmh.follow(session, person)
    journal.record(session, actor, Action.CHANGED, made, detail={"protection": "noted"})
    return made


def unprotect(session: Session, actor: Actor, recipient_id: int, reason: str, on: date, now: datetime) -> Protection:
    """支援措置を終える: who ended it and why stands beside it; the ledger shows the person again. NotProtected, WhyMissing."""
    if not reason.strip():
        raise WhyMissing
    person = session.get_one(Recipient, recipient_id, with_for_update=True)
    found = _open(session, recipient_id)
    if found is None:
        raise NotProtected
    found.ended_on, found.ended_by, found.ending_reason, found.ended_at = max(on, found.since), actor.user_id, reason.strip(), now
    session.flush()
    person.is_withheld = False
    session.flush()
    follow(session, person)
    pmh.follow(session, person)
    journal.record(session, actor, Action.CHANGED, found, detail={"protection": "ended"})
    return found


def is_protected(session: Session, recipient_id: int) -> bool:
    """いま不開示か: whether a protection of the person holds."""
    return _open(session, recipient_id) is not None


_OF_PERSON = (select(Protection.since, Protection.reason, Protection.ended_on, Protection.ending_reason)
              .where(Protection.recipient_id == bindparam("person", type_=Integer)).order_by(Protection.id.desc()))


def of_person(session: Session, recipient_id: int) -> list[Row[Any]]:
    """支援措置の経過 of a person, the newest first: since, reason, ended_on, ending_reason."""
    return list(session.execute(_OF_PERSON, {"person": recipient_id}))


def demand_sight(session: Session, actor: Actor, recipient_id: int) -> None:
    """見る権限を確かめる before a paper with an address is made of a person. Withheld."""
    if not actor.sees_withheld and is_protected(session, recipient_id):
        raise Withheld


def hidden_among(session: Session, file_numbers: Collection[str]) -> set[str]:
    """整理番号のうち隠すもの: those of protected persons and of everybody in their households."""
    return set(session.scalars(text("""
        SELECT DISTINCT b.file_number FROM recipient r JOIN addressee a ON a.file_number = r.file_number
          JOIN addressee b ON b.file_number = a.file_number OR b.household_number = a.household_number
        WHERE r.is_withheld AND b.file_number = ANY(:numbers)"""), {"numbers": list(file_numbers)}))


def _open(session: Session, recipient_id: int) -> Protection | None:
    return session.scalars(select(Protection).where(
        Protection.recipient_id == recipient_id, Protection.ended_on.is_(None))).first()
