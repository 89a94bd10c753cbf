"""二つ目の認証: a question for one session, answered once, by a finger of the very person; a copied key is found out."""

import secrets
from datetime import datetime
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from exchange.finger import FingerRefused, Site, credential_of, read_proof, request_options
from models.authenticator import Authenticator
from models.journal import Action
from models.login import LoginChallenge, LoginSession
from procedures import journal
from procedures.actor import Actor, full_name
from procedures.login import note_failure
from procedures.passwords import end_sessions
from procedures.refusal import Refused
from procedures.throttle import Throttle
from rules.door import limits_of


class NotProvenByFinger(Refused):
    """The finger, or the reader, was not the right one, or it took too long."""

    message = "指で確かめられませんでした。もう一度「指で確かめる」を押してください。続くときは権限の管理者に相談してください。"


class NoReader(Refused):
    """The person has no authenticator that works."""

    message = "登録された読取装置がありません。権限の管理者から登録コードを受け取ってください。"


def ask(session: Session, session_key: str, now: datetime) -> bytes:
    """問う: a fresh challenge for this session; any before it is void. NotProvenByFinger where the session ended meanwhile."""
    if session.scalar(select(LoginSession.key).where(LoginSession.key == session_key).with_for_update(key_share=True, read=True)) is None:
        raise NotProvenByFinger
    challenge = secrets.token_bytes(32)
    row = {"challenge": challenge, "valid_until": now + limits_of(now.date()).half}
    session.execute(insert(LoginChallenge).values(session_key=session_key, **row).on_conflict_do_update(
        index_elements=[LoginChallenge.session_key], set_=row))
    return challenge


def take(session: Session, session_key: str, now: datetime) -> bytes:
    """問いを使う: the challenge of this session, which is gone with it; NotProvenByFinger where it has none that is good."""
    taken = session.execute(delete(LoginChallenge).where(LoginChallenge.session_key == session_key).returning(
        LoginChallenge.challenge, LoginChallenge.valid_until)).one_or_none()
    if taken is None or taken.valid_until < now:
        raise NotProvenByFinger
    return bytes(taken.challenge)


def question(session: Session, user: User, session_key: str, site: Site, now: datetime) -> dict[str, Any]:
    """指を求める: what the browser hands to the reader; NoReader."""
    known = [each.credential_id for each in working(session, user.id)]
    if not known:
        raise NoReader
    return request_options(site, ask(session, session_key, now), known)


def prove(session: Session, user: User, session_key: str, answer: Any, site: Site, terminal: str,
          now: datetime) -> Authenticator:
    """指で確かめる: the authenticator that answered this session's question; NotProvenByFinger (counted, journalled).

    What a refusal writes, the used-up question among it, is the caller's to commit.
    """
    throttle = Throttle(session, f"finger {user.id}", terminal, now)
    try:
        challenge = take(session, session_key, now)
        found = _of(session, user, answer)
        count = read_proof(site, answer, challenge, found.public_key)
    except FingerRefused as wrong:
        throttle.wrong()
        note_failure(session, user, terminal, "finger", wrong.why)
        raise NotProvenByFinger from wrong
    if (count or found.sign_count) and count <= found.sign_count:
        throttle.wrong()
        _found_out(session, user, found, terminal, now)
        raise NotProvenByFinger
    throttle.right()
    found.sign_count, found.used_at = count, now
    return found


def working(session: Session, user_id: int) -> list[Authenticator]:
    """使える認証器 of a person."""
    return list(session.scalars(select(Authenticator).where(
        Authenticator.user_id == user_id, Authenticator.revoked_at.is_(None)).order_by(Authenticator.id)))


def _of(session: Session, user: User, answer: Any) -> Authenticator:
    """The person's own working authenticator that the answer names; another's is as good as none."""
    found = session.scalar(select(Authenticator).where(
        Authenticator.credential_id == credential_of(answer), Authenticator.user_id == user.id,
        Authenticator.revoked_at.is_(None)).with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise FingerRefused("unknown")
    return found


def _found_out(session: Session, user: User, copied: Authenticator, terminal: str, now: datetime) -> None:
    """複製: two readers count with one key; neither opens anything any more, and whoever is in by it is out."""
    copied.revoked_at = now
    end_sessions(session, user.id)
    note_failure(session, user, terminal, "finger", "copied")
    journal.record(session, Actor(user.id, full_name(user), terminal), Action.ADMINISTERED,
                   detail={"act": "authenticator_copied", "user": user.id})
