"""パスワード: one that somebody else made opens only its own change; what is typed is judged by length, never by its letters."""

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Final

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import delete
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash

from models.journal import Action
from models.login import ChosenPassword, CommonAccount, LoginSession, TemporaryPassword
from procedures import journal
from procedures.actor import Actor
from procedures.refusal import Refused
from procedures.throttle import Throttle
from rules.door import PasswordPolicy, password_policy_of
from rules.password import CONTEXT_WORDS, is_guessable, leans_on
from translations.wording import said

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is misread on paper: i l o 0 1


class UnfitPassword(Refused):
    """A password that may not be used."""


class OldPasswordWrong(Refused):
    """Whoever sits there does not know the password in force."""

    message = "いまのパスワードが違います。確かめて、もう一度入力してください。"


class PasswordKeptElsewhere(Refused):
    """The account's password belongs to the city's common authentication."""

    message = "パスワードは全庁の共通認証で管理しています。共通認証の画面で変えてください。"


def spoken(groups: int) -> str:
    """読み上げられる乱数: *groups* of four letters and digits that nobody misreads; about 20 bits each."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(groups))


def give_temporary(session: Session, user: User, now: datetime) -> str:
    """仮のパスワードを作る: return it, the only time anybody can; every session of the account ends."""
    plain = spoken(4)
    user.password = generate_password_hash(plain)
    session.merge(TemporaryPassword(user_id=user.id, valid_until=now + password_policy_of(now.date()).temporary))
    session.execute(delete(CommonAccount).where(CommonAccount.user_id == user.id))
    end_sessions(session, user.id)
    return plain


def choose(session: Session, actor: Actor, user: User, old: str, new: str, again: str, now: datetime,
           here: str = "", words: Collection[str] = CONTEXT_WORDS) -> None:
    """パスワードを決める: the account's own password from now on; its logins end, but that of the session *here*. It leans on none of *words*.

    UnfitPassword, OldPasswordWrong (counted; the count is the caller's to commit), PasswordKeptElsewhere.
    """
    if session.get(CommonAccount, user.id) is not None:
        raise PasswordKeptElsewhere
    throttle = Throttle(session, user.username, actor.terminal, now)
    if not check_password_hash(user.password or "", old):
        throttle.wrong()
        raise OldPasswordWrong
    judge(user.username, new, password_policy_of(now.date()), words)
    if new != again:
        raise UnfitPassword("新しいパスワードが二度とも同じではありません。もう一度入力してください。")
    if new == old:
        raise UnfitPassword("いまと同じパスワードは使えません。別のものにしてください。")
    user.password = generate_password_hash(new)
    session.execute(delete(TemporaryPassword).where(TemporaryPassword.user_id == user.id))
    session.merge(ChosenPassword(user_id=user.id, chosen_at=now))
    end_sessions(session, user.id, but=here)
    journal.record(session, actor, Action.ADMINISTERED, detail={"act": "chose_password", "user": user.id})


def judge(username: str, password: str, policy: PasswordPolicy, words: Collection[str] = CONTEXT_WORDS) -> None:
    """可否: raise UnfitPassword where a password may not be used at all."""
    if len(password) < policy.shortest:
        raise UnfitPassword(said("パスワードは%(least)s文字以上にしてください。文の形でもかまいません。", least=policy.shortest))
    if len(password) > policy.longest:
        raise UnfitPassword(said("パスワードは%(most)s文字以下にしてください。", most=policy.longest))
    if username.lower() in password.lower():
        raise UnfitPassword("パスワードに利用者名を入れないでください。")
    if is_guessable(password):
        raise UnfitPassword("よく使われるパスワードや、同じ文字・並びの繰り返しは使えません。別のものにしてください。")
    if leans_on(password, words):
        raise UnfitPassword("市やシステムの名前から推測されます。その語を除いても8文字以上の文になるようにしてください。")


def is_over(session: Session, user: User, now: datetime) -> bool:
    """期限切れの仮のパスワード: whether the account's password is temporary and its days are over."""
    given = session.get(TemporaryPassword, user.id)
    return given is not None and given.valid_until < now


def end_sessions(session: Session, user_id: int, but: str = "") -> list[str]:
    """ログインを終える: every open session of the account is gone with this transaction; at which terminals they were."""
    return list(session.scalars(delete(LoginSession).where(
        LoginSession.user_id == user_id, LoginSession.key != but).returning(LoginSession.terminal)))
