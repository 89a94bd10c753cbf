"""パスワード: one that somebody else made opens only its own change; what is typed is judged by length, never by its letters."""

import secrets
from datetime import datetime, timedelta
from typing import Final

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import delete
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash

from models.journal import Action
from models.login import LoginSession, TemporaryPassword
from procedures import journal
from procedures.actor import Actor
from procedures.refusal import Refused
from translations.wording import said

SHORTEST: Final = 15  # NIST SP 800-63B-4 3.1.1.2: where the password is the only factor
LONGEST: Final = 128
TEMPORARY_FOR: Final = timedelta(days=7)
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is misread on paper: i l o 0 1


class UnfitPassword(Refused):
    """A password that may not be used."""


class OldPasswordWrong(Refused):
    """Whoever sits there does not know the password in force."""

    message = "いまのパスワードが違います。確かめて、もう一度入力してください。"


def give_temporary(session: Session, user: User, now: datetime) -> str:
    """仮のパスワードを作る: return it, the only time anybody can; every session of the account ends."""
    plain = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
    user.password = generate_password_hash(plain)
    session.merge(TemporaryPassword(user_id=user.id, valid_until=now + TEMPORARY_FOR))
    end_sessions(session, user.id)
    return plain


def choose(session: Session, actor: Actor, user: User, old: str, new: str, again: str) -> None:
    """パスワードを決める: the account's own password from now on, its sessions ended; UnfitPassword, OldPasswordWrong."""
    if not check_password_hash(user.password or "", old):
        raise OldPasswordWrong
    judge(user.username, new)
    if new != again:
        raise UnfitPassword("新しいパスワードが二度とも同じではありません。もう一度入力してください。")
    if new == old:
        raise UnfitPassword("いまと同じパスワードは使えません。別のものにしてください。")
    user.password = generate_password_hash(new)
    session.execute(delete(TemporaryPassword).where(TemporaryPassword.user_id == user.id))
    end_sessions(session, user.id)
    journal.record(session, actor, Action.ADMINISTERED, detail={"act": "chose_password", "user": user.id})


def judge(username: str, password: str) -> None:
    """可否: raise UnfitPassword where a password may not be used at all."""
    if len(password) < SHORTEST:
        raise UnfitPassword(said("パスワードは%(least)s文字以上にしてください。文の形でもかまいません。", least=SHORTEST))
    if len(password) > LONGEST:
        raise UnfitPassword(said("パスワードは%(most)s文字以下にしてください。", most=LONGEST))
    if username.lower() in password.lower():
        raise UnfitPassword("パスワードに利用者名を入れないでください。")
    if len(set(password)) < 5:
        raise UnfitPassword("同じ文字の繰り返しは使えません。別のものにしてください。")


def is_expired(session: Session, user: User, now: datetime) -> bool:
    """期限切れ: whether the account's password is temporary and its days are over."""
    given = session.get(TemporaryPassword, user.id)
    return given is not None and given.valid_until < now


def end_sessions(session: Session, user_id: int) -> None:
    """ログインを終える: every open session of the account is gone with this transaction."""
    session.execute(delete(LoginSession).where(LoginSession.user_id == user_id))
