"""二人での承認: one person asks, another confirms; only then, and where it is said so only once, may it be done."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.journal import Action
from models.two_person import TwoPersonRequest
from procedures import journal
from procedures.actor import Actor
from procedures.refusal import Overstepped, Refused

SHORTEST_REASON: Final = 4
USABLE_FOR: Final = timedelta(days=1)  # what was confirmed and not used by then is asked for anew


@dataclass(frozen=True)
class Kind:
    """承認の種類: its words, the pair of rights that asks and confirms, and whether it is used up by being done."""

    label: str
    right: tuple[str, str]
    is_used_up: bool


SEE_NUMBERS, BULK_EXPORT, ROTATE_KEYS, DELETION = "see_numbers", "bulk_export", "rotate_keys", "deletion"
KINDS: Final = {
    SEE_NUMBERS: Kind("個人番号を見る人", ("can_write", "Users"), is_used_up=False),
    BULK_EXPORT: Kind("大量の出力", ("can_export", "Recipients"), is_used_up=True),
    ROTATE_KEYS: Kind("鍵の更新", ("can_write", "Roles"), is_used_up=True),
    DELETION: Kind("消去", ("can_export", "Recipients"), is_used_up=True),
}


class NoReasonGiven(Refused):
    """Nobody asks a second person without saying why."""

    message = "承認を求める理由を4文字以上で入力してください。"


class AskedAlready(Refused):
    """The very same is open or confirmed."""

    message = "同じ依頼がすでにあります。二人での承認の一覧を確かめてください。"


class NotOpen(Refused):
    """The request is not there, or somebody was faster."""

    message = "この依頼はもう終わっています。一覧を開き直してください。"


class NobodyOfThatName(Refused):
    """There is no such account."""

    message = "その利用者名の利用者はいません。利用者の一覧で確かめてください。"


class SamePerson(Overstepped):
    """One person is not two."""

    message = "依頼した人と、依頼の対象の人は承認できません。ほかの人に頼んでください。"


class NotConfirmed(Refused):
    """A second person has not set it free."""

    message = "この操作には、もう一人の承認が要ります。"


def digest_of(content: Mapping[str, Any]) -> str:
    """印: equal for equal content; what was confirmed is this and nothing else."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


def ask(session: Session, actor: Actor, kind: str, content: Mapping[str, Any], reason: str, *,
        for_user: int | None = None) -> TwoPersonRequest:
    """依頼する: open until another person decides; NoReasonGiven, AskedAlready. *content* holds keys and counts only."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise NoReasonGiven
    asked = TwoPersonRequest(kind=kind, digest=digest_of({**content, "for": for_user}), detail=dict(content),
                             reason=reason.strip()[:400], for_user_id=for_user, requested_by=actor.user_id)
    try:
        with session.begin_nested():
            session.add(asked)
    except IntegrityError as twice:
        raise AskedAlready from twice
    _note(session, actor, asked, "asked", asked.reason)
    return asked


def decide(session: Session, actor: Actor, number: int, *, is_confirmed: bool, now: datetime) -> TwoPersonRequest:
    """承認・却下: by somebody who neither asked nor gains by it; NotOpen, SamePerson."""
    asked = _held(session, number)
    if asked.state != "open":
        raise NotOpen
    if actor.user_id in (asked.requested_by, asked.for_user_id):
        raise SamePerson
    asked.state = "confirmed" if is_confirmed else "rejected"
    asked.decided_by, asked.decided_at = actor.user_id, now
    session.flush()
    _note(session, actor, asked, asked.state)
    return asked


def end(session: Session, actor: Actor, number: int, now: datetime) -> TwoPersonRequest:
    """取りやめる: an open request is withdrawn, what was confirmed holds no longer; one person is enough. NotOpen."""
    asked = _held(session, number)
    if asked.state not in ("open", "confirmed"):
        raise NotOpen
    asked.state, asked.closed_at = "ended", now
    session.flush()
    _note(session, actor, asked, "ended")
    return asked


def use(session: Session, actor: Actor, kind: str, content: Mapping[str, Any], now: datetime, *,
        for_user: int | None = None) -> TwoPersonRequest:
    """使う: the confirmed request of exactly this content is used up, by whoever asked for it; NotConfirmed."""
    asked = session.scalars(select(TwoPersonRequest).where(
        TwoPersonRequest.kind == kind, TwoPersonRequest.digest == digest_of({**content, "for": for_user}),
        TwoPersonRequest.state == "confirmed", TwoPersonRequest.requested_by == actor.user_id).with_for_update()).one_or_none()
    if asked is None or asked.decided_at is None or asked.decided_at < now - USABLE_FOR:
        raise NotConfirmed
    asked.state, asked.closed_at = "used", now
    session.flush()
    _note(session, actor, asked, "used")
    return asked


def may_see_numbers(session: Session, user_id: int | None) -> bool:
    """個人番号を見てよい人か: two others said so and nobody took it back; the right of her role is asked for beside it."""
    return session.scalar(select(TwoPersonRequest.id).where(
        TwoPersonRequest.kind == SEE_NUMBERS, TwoPersonRequest.for_user_id == user_id,
        TwoPersonRequest.state == "confirmed").limit(1)) is not None


def waiting(session: Session, kinds: list[str]) -> list[tuple[TwoPersonRequest, dict[int, str]]]:
    """一覧: open requests first, then what is confirmed and still holds, of *kinds*; with the names of their people."""
    found = list(session.scalars(select(TwoPersonRequest).where(
        TwoPersonRequest.kind.in_(kinds), TwoPersonRequest.state.in_(("open", "confirmed"))).order_by(
        TwoPersonRequest.state.desc(), TwoPersonRequest.id)))
    ids = {person for each in found for person in (each.requested_by, each.decided_by, each.for_user_id) if person}
    names = {user.id: f"{user.last_name} {user.first_name}" for user in session.scalars(select(User).where(User.id.in_(ids)))}
    return [(each, names) for each in found]


def _held(session: Session, number: int) -> TwoPersonRequest:
    asked = session.get(TwoPersonRequest, number, with_for_update=True, populate_existing=True)
    if asked is None:
        raise NotOpen
    return asked


def _note(session: Session, actor: Actor, asked: TwoPersonRequest, act: str, reason: str = "") -> None:
    detail: dict[str, Any] = {"two_person": asked.kind, "act": act}
    if asked.for_user_id:
        detail["user"] = asked.for_user_id
    journal.record(session, actor, Action.ADMINISTERED, asked, detail=detail, reason=reason)
