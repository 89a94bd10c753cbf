"""ログイン: the first factor, and what becomes true when the second one followed; a person is logged in at one place."""

from datetime import datetime
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash

from models.journal import Action
from models.login import CommonAccount
from procedures import journal
from procedures.actor import Actor, full_name
from procedures.directory import Directory, DirectoryAway
from procedures.passwords import end_sessions, is_over
from procedures.refusal import Refused
from procedures.throttle import Throttle

# Compared when nobody has that name, so that a stranger and a wrong password take equally long.
_NOBODY = generate_password_hash("nobody")
DIRECTORY = "directory"
PROVIDER = "provider"


class WrongPassword(Refused):
    """The name or the password is wrong; which of the two is not said."""

    message = "利用者名またはパスワードが違います。確かめて、もう一度入力してください。"


class PasswordExpired(Refused):
    """The password is a temporary one whose days are over; told only to somebody who knows it."""

    message = "仮のパスワードの期限が切れました。権限の管理者に、新しい仮のパスワードを作ってもらってください。"


def check_password(session: Session, username: str, password: str, terminal: str, now: datetime,
                   directory: Directory | None = None) -> User:
    """一つ目の認証: the person whose password this is; Refused (and counted) otherwise, the count is the caller's to commit.

    Nothing is open yet. Where the city has a directory, names that have no password here are asked for there.
    """
    throttle = Throttle(session, username.lower(), terminal, now)
    user = _account(session, username)
    kind = _kind(session, user)
    hashed = user.password if user and user.password and kind is None else _NOBODY
    matches = check_password_hash(hashed, password) and hashed is not _NOBODY
    away: DirectoryAway | None = None
    if directory is not None and (user is None or kind == DIRECTORY):
        try:
            # Asked for a stranger too: how long the answer takes must not tell who has an account.
            matches = directory.accepts(username, password) and user is not None
        except DirectoryAway as silent:
            away = silent
    if user is None or not matches or not user.is_active:
        throttle.wrong()
        note_failure(session, user, terminal, "password")
        raise away or WrongPassword()
    throttle.right()
    if is_over(session, user, now):
        raise PasswordExpired
    return user


def check_own_password(session: Session, user: User, password: str, terminal: str, now: datetime) -> None:
    """本人の再確認 in a trial: WrongPassword (counted) where it is not hers."""
    throttle = Throttle(session, user.username, terminal, now)
    if not check_password_hash(user.password or _NOBODY, password):
        throttle.wrong()
        note_failure(session, user, terminal, "password")
        raise WrongPassword
    throttle.right()


def enter(session: Session, user: User, terminal: str, now: datetime, detail: dict[str, Any]) -> bool:
    """ログインする: both factors were given; logins of hers at other places end, and whether there was one is returned."""
    actor = Actor(user.id, full_name(user), terminal)
    ended = end_sessions(session, user.id)
    user.last_login = now.replace(tzinfo=None)
    user.login_count = (user.login_count or 0) + 1
    for _other in ended:
        journal.record(session, actor, Action.LOGGED_OUT, detail={"act": "ended_elsewhere"})
    journal.record(session, actor, Action.LOGGED_IN, detail=detail)
    return bool(ended)


def note_failure(session: Session, user: User | None, terminal: str, factor: str, why: str = "") -> None:
    """失敗を記録する: which factor failed; a name that is nobody's is not kept, it may be a password typed in the wrong place."""
    actor = Actor(user.id, full_name(user), terminal) if user else Actor(None, "不明な利用者", terminal)
    journal.record(session, actor, Action.LOGIN_FAILED, detail={"factor": factor, **({"why": why} if why else {})})


def _account(session: Session, username: str) -> User | None:
    return session.scalar(select(User).where(User.username == username))


def _kind(session: Session, user: User | None) -> str | None:
    """Where the account's password is kept; None: here."""
    return session.scalar(select(CommonAccount.kind).where(CommonAccount.user_id == user.id)) if user else None
