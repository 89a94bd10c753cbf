"""ログイン: is it she, and how long must a guesser wait."""

from datetime import datetime, timedelta

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash

from models.journal import Action
from models.login import LoginThrottle
from procedures import journal
from procedures.actor import Actor, full_name
from procedures.passwords import is_expired
from procedures.refusal import Refused

# The first wrong guesses cost nothing; from here each doubles the wait, up to a quarter of an hour.
FREE_GUESSES = 4
LONGEST_WAIT = timedelta(minutes=15)
# Compared when nobody has that name, so that a stranger and a wrong password take equally long.
_NOBODY = generate_password_hash("nobody")


class WrongPassword(Refused):
    """The name or the password is wrong; which of the two is not said."""

    message = "利用者名またはパスワードが違います。確かめて、もう一度入力してください。"


class MustWait(Refused):
    """Too many wrong guesses from this terminal."""

    message = "続けて誤りがありました。しばらく待ってから、もう一度入力してください。"


class PasswordExpired(Refused):
    """The password is a temporary one whose days are over; told only to somebody who knows it."""

    message = "仮のパスワードの期限が切れました。権限の管理者に、新しい仮のパスワードを作ってもらってください。"


def log_in(session: Session, username: str, password: str, terminal: str, now: datetime) -> User:
    """本人確認: return the person; Refused (and counted) otherwise. The refusal's count is the caller's to commit."""
    throttle = _throttle(session, f"{username}@{terminal}", now)
    if throttle.waits_until > now:
        raise MustWait
    user = session.scalar(select(User).where(User.username == username))
    matches = check_password_hash(user.password if user and user.password else _NOBODY, password)
    if user is None or not matches or not user.is_active:
        throttle.failures += 1
        over = throttle.failures - FREE_GUESSES
        wait = min(timedelta(seconds=2**over), LONGEST_WAIT) if over > 0 else timedelta()
        throttle.waits_until = now + wait
        journal.record(session, Actor(user.id if user else None, username[:64], terminal), Action.LOGIN_FAILED)
        raise WrongPassword
    if is_expired(session, user, now):
        raise PasswordExpired
    throttle.failures = 0
    user.last_login = now.replace(tzinfo=None)
    user.login_count = (user.login_count or 0) + 1
    journal.record(session, Actor(user.id, full_name(user), terminal), Action.LOGGED_IN)
    return user


def _throttle(session: Session, key: str, now: datetime) -> LoginThrottle:
    row = session.get(LoginThrottle, key, with_for_update=True)
    if row is None:
        row = LoginThrottle(key=key, failures=0, waits_until=now)
        session.add(row)
        session.flush()
    return row
