"""読取装置の登録: in person; one administrator gives a code, another confirms, and then one key of one person counts.

A lost reader goes the same way. Where there are not two other administrators who can log in, the console of the server
stands in for them: whoever has that has the database anyway.
"""

import hashlib
import hmac
from datetime import datetime
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exchange.finger import FingerRefused, Site, creation_options, read_new_key
from models.authenticator import Authenticator, Enrolment
from models.journal import Action
from procedures import journal
from procedures.actor import SYSTEM, Actor, full_name
from procedures.login import note_failure
from procedures.passwords import end_sessions, spoken
from procedures.refusal import Overstepped, Refused
from procedures.second_factor import ask, take, working
from procedures.throttle import Throttle
from rules.door import limits_of

MOST_READERS = 3  # of one person: her own, a spare one, and one that is being replaced


class WrongCode(Refused):
    """The code is not this person's, not confirmed yet, used, or too old; which of these is not said."""

    message = "登録コードが違うか、もう一人の管理者がまだ確かめていないか、期限が切れています。管理者に確かめてください。"


class NotAccepted(Refused):
    """The reader made no key that the city accepts."""

    message = "この読取装置は登録できません。指を読み取る機種で、鍵が機器の外へ出ないものを使ってください。"


class OwnReader(Overstepped):
    """Nobody lets herself in, and nobody confirms her own word."""

    message = "自分の登録は自分ではできません。コードを出す人、確かめる人、登録する人は別の人です。"


class EnrolmentOver(Refused):
    """The enrolment was used, cancelled, confirmed or is too old."""

    message = "この登録はもう使われたか、確かめ済みか、取り消されたか、期限が切れています。一覧を確かめてください。"


class EnoughReaders(Refused):
    """The person has as many authenticators as anybody may have."""

    message = "この人の読取装置はもう3つあります。使わないものを先に使えなくしてください。"


class AdministratorsCan(Refused):
    """Two other administrators can do it on the screen."""

    message = "ほかに二人の管理者がログインできます。登録コードは画面で出してください。"


def issue(session: Session, actor: Actor, user: User, now: datetime) -> str:
    """登録コードを出す: return it, the only time anybody can; it opens nothing until a second administrator confirms."""
    if actor.user_id == user.id:
        raise OwnReader
    return _issued(session, actor, user, now, at_console=False)


def issue_at_console(session: Session, user: User, now: datetime) -> str:
    """サーバーで登録コードを出す: AdministratorsCan where two others who manage users have a working authenticator."""
    others = session.scalar(select(func.count(func.distinct(Authenticator.user_id))).where(
        Authenticator.revoked_at.is_(None), Authenticator.user_id != user.id, func.manages_users(Authenticator.user_id)))
    if (others or 0) >= 2:
        raise AdministratorsCan
    return _issued(session, SYSTEM, user, now, at_console=True)


def confirm(session: Session, actor: Actor, number: int, now: datetime) -> None:
    """登録を確かめる: by somebody who neither gave the code nor gets the key; OwnReader, EnrolmentOver."""
    row = _open(session, number, now)
    if row.confirmed_by is not None or row.at_console:
        raise EnrolmentOver
    if actor.user_id in (row.issued_by, row.user_id):
        raise OwnReader
    row.confirmed_by, row.confirmed_at = actor.user_id, now
    _note(session, actor, "enrolment_confirmed", row.user_id)


def cancel(session: Session, actor: Actor, number: int, now: datetime) -> None:
    """登録を取り消す: the code opens nothing; EnrolmentOver."""
    row = _open(session, number, now)
    row.cancelled_at = now
    _note(session, actor, "enrolment_cancelled", row.user_id)


def revoke(session: Session, actor: Actor, number: int, now: datetime) -> int:
    """使えなくする: the authenticator opens nothing from now on, its person's logins end; whose it was is returned.

    It takes only one administrator: a lost reader must be shut out at once.
    """
    row = session.get(Authenticator, number, with_for_update=True)
    if row is None or row.revoked_at is not None:
        raise EnrolmentOver("この読取装置はもう使えなくなっています。")
    row.revoked_at = now
    end_sessions(session, row.user_id)
    _note(session, actor, "authenticator_revoked", row.user_id)
    return row.user_id


def waiting(session: Session, now: datetime) -> list[tuple[Enrolment, User]]:
    """手続き中の登録: codes that could still be confirmed or used, with whose they are, oldest first."""
    return [(row[0], row[1]) for row in session.execute(
        select(Enrolment, User).join(User, User.id == Enrolment.user_id).where(
            Enrolment.used_at.is_(None), Enrolment.cancelled_at.is_(None), Enrolment.valid_until > now).order_by(Enrolment.id))]


def enrolment_question(session: Session, user: User, code: str, session_key: str, site: Site, terminal: str,
                       now: datetime) -> dict[str, Any]:
    """登録を始める: what the browser hands to the reader that shall make a key; WrongCode (counted)."""
    throttle = Throttle(session, f"finger {user.id}", terminal, now)
    if _with_code(session, user, code, now) is None:
        throttle.wrong()
        note_failure(session, user, terminal, "code")
        raise WrongCode
    known = [each.credential_id for each in working(session, user.id)]
    return creation_options(site, ask(session, session_key, now), user.id, user.username, full_name(user), known)


def enrol(session: Session, user: User, code: str, answer: Any, session_key: str, site: Site, terminal: str,
          now: datetime) -> Authenticator:
    """登録する: the key counts from now on and the code is used up; it opens nothing by itself. WrongCode, NotAccepted."""
    throttle = Throttle(session, f"finger {user.id}", terminal, now)
    row = _with_code(session, user, code, now)
    challenge = take(session, session_key, now)
    if row is None:
        throttle.wrong()
        raise WrongCode
    try:
        key = read_new_key(site, answer, challenge)
    except FingerRefused as wrong:
        throttle.wrong()
        note_failure(session, user, terminal, "enrolment", wrong.why)
        raise NotAccepted from wrong
    if session.scalar(select(Authenticator.id).where(Authenticator.credential_id == key.credential_id)):
        raise NotAccepted
    made = Authenticator(user_id=user.id, enrolment_id=row.id, credential_id=key.credential_id, public_key=key.public_key,
                         sign_count=key.sign_count, model=key.model, is_attested=key.is_attested)
    session.add(made)
    session.flush()
    row.used_at = now
    _note(session, Actor(user.id, full_name(user), terminal), "enrolled", user.id)
    return made


def _issued(session: Session, actor: Actor, user: User, now: datetime, at_console: bool) -> str:
    if len(working(session, user.id)) >= MOST_READERS:
        raise EnoughReaders
    for earlier, _ in waiting(session, now):
        if earlier.user_id == user.id:
            earlier.cancelled_at = now
    plain = spoken(3)
    session.add(Enrolment(user_id=user.id, code_hash=_hash(plain), at_console=at_console, issued_by=actor.user_id,
                          issued_at=now, valid_until=now + limits_of(now.date()).code))
    session.flush()
    _note(session, actor, "enrolment_issued", user.id)
    return plain


def _open(session: Session, number: int, now: datetime) -> Enrolment:
    row = session.get(Enrolment, number, with_for_update=True)
    if row is None or row.used_at or row.cancelled_at or row.valid_until < now:
        raise EnrolmentOver
    return row


def _with_code(session: Session, user: User, code: str, now: datetime) -> Enrolment | None:
    """The person's own enrolment that this code opens; confirmed, in time and unused."""
    typed = _hash("".join(code.split()).lower())
    rows = session.scalars(select(Enrolment).where(
        Enrolment.user_id == user.id, Enrolment.used_at.is_(None), Enrolment.cancelled_at.is_(None),
        Enrolment.valid_until > now, Enrolment.at_console | Enrolment.confirmed_at.is_not(None)).with_for_update())
    return next((row for row in rows if hmac.compare_digest(row.code_hash, typed)), None)


def _hash(code: str) -> str:
    """Sixty random bits: a plain hash of them tells nobody the code within its half hour."""
    return hashlib.sha256(code.replace("-", "").encode()).hexdigest()


def _note(session: Session, actor: Actor, act: str, user_id: int) -> None:
    journal.record(session, actor, Action.ADMINISTERED, detail={"act": act, "user": user_id})
