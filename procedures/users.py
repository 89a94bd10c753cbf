"""利用者: accounts are added, changed and stopped, never deleted; nobody changes her own, and the last keys stay in the house."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from models.journal import Action
from procedures import journal
from procedures.actor import Actor
from procedures.common_accounts import hand_over
from procedures.passwords import end_sessions, give_temporary
from procedures.permissions import LocksEverybodyOut, keepers, matrix
from procedures.refusal import Overstepped, Refused
from procedures.rights import BY_CODE, CASE_GROUPS, KEYS_OF_THE_HOUSE, ROLES
from translations.wording import said

PAGE: Final = 100
USERNAME: Final = re.compile(r"[a-z][a-z0-9._-]{2,31}", re.ASCII)
LONGEST_NAME: Final = 64


class AccountRefused(Refused):
    """An account that would not be right; *item* is the field of the form that it is about."""

    def __init__(self, item: str, message: str) -> None:
        super().__init__(message)
        self.item = item


class AccountChangedMeanwhile(Refused):
    """Somebody changed the account after it was opened."""

    message = "ほかの人が先にこの利用者を変えました。いまの内容を確かめて、もう一度操作してください。"


class OwnAccount(Overstepped):
    """Nobody gives herself a role, stops herself, or makes herself a password that is shown."""

    message = "自分の役割・状態・仮のパスワードは自分では変えられません。ほかの管理者に頼んでください。"


@dataclass(frozen=True)
class Account:
    """利用者の内容: what a form or one row of a file says about an account."""

    username: str
    family: str
    given: str
    roles: tuple[str, ...]


def accounts(session: Session, words: str = "", after: int | None = None) -> tuple[list[User], int | None]:
    """利用者の一覧: a page in the order of the user names, and after which account the next begins."""
    query = select(User).options(selectinload(User.roles)).order_by(User.username).limit(PAGE + 1)
    if words:
        query = query.where(or_(*(column.icontains(words, autoescape=True) for column in (
            User.username, User.last_name, User.first_name, func.concat(User.last_name, User.first_name)))))
    if after is not None:
        query = query.where(User.username > select(User.username).where(User.id == after).scalar_subquery())
    found = list(session.scalars(query))
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


def account_of(user: User) -> Account:
    """What an account says now."""
    return Account(user.username, user.last_name, user.first_name,
                   tuple(name for name in ROLES if name in {role.name for role in user.roles}))


def version_of(user: User) -> str:
    """版: what a form carries so that nobody's change is overwritten unseen."""
    return hashlib.sha256(repr((account_of(user), user.active)).encode()).hexdigest()[:16]


def judge(session: Session, account: Account) -> None:
    """可否: raise AccountRefused at the item that is not right."""
    if not USERNAME.fullmatch(account.username):
        raise AccountRefused("username", "利用者名は英小文字で始め、英小文字・数字・「.」「_」「-」で3〜32文字にしてください。")
    for item, label, value in (("family", "姓", account.family), ("given", "名", account.given)):
        if not 0 < len(value) <= LONGEST_NAME or not value.isprintable():
            raise AccountRefused(item, said("%(label)sを1〜%(most)s文字で入力してください。", label=said(label), most=LONGEST_NAME))
    if not account.roles:
        raise AccountRefused("roles", "役割を一つ以上選んでください。")
    if unknown := [name for name in account.roles if name not in ROLES]:
        raise AccountRefused("roles", said("「%(role)s」という役割はありません。役割の名を確かめてください。", role=unknown[0]))
    held = {code for name, codes in matrix(session).items() if name in account.roles for code in codes}
    if held.intersection(KEYS_OF_THE_HOUSE) and any(BY_CODE[code].group in CASE_GROUPS for code in held):
        raise AccountRefused("roles", "権限や利用者を管理する役割と、人の情報を見る役割は、一人に付けられません。")


def add(session: Session, actor: Actor, account: Account, now: datetime) -> tuple[User, str]:
    """利用者を加える: the account and its temporary password, which nobody can read again; AccountRefused."""
    judge(session, account)
    if session.scalar(select(User.id).where(func.lower(User.username) == account.username)):
        raise AccountRefused("username", "その利用者名はすでに使われています。別の名前にしてください。")
    user = User(username=account.username, last_name=account.family, first_name=account.given, active=True,
                email=f"{account.username}@nanbyo.invalid", roles=_roles(session, account.roles))
    session.add(user)
    session.flush()
    plain = give_temporary(session, user, now)
    _note(session, actor, user, "added", roles=list(account.roles))
    return user, plain


def change(session: Session, actor: Actor, user: User, account: Account, version: str | None) -> bool:
    """利用者を変える: name and roles; whether anything differed. AccountRefused, OwnAccount, LocksEverybodyOut …"""
    _hold(session, user, version)
    now = account_of(user)
    if account == now:
        return False
    judge(session, account)
    if account.roles != now.roles:
        _not_oneself(actor, user)
        end_sessions(session, user.id)  # she comes in anew, as what she now is
    user.last_name, user.first_name, user.roles = account.family, account.given, _roles(session, account.roles)
    session.flush()
    _keys_stay(session)
    _note(session, actor, user, "changed", roles=list(account.roles), before=list(now.roles))
    return True


def stop(session: Session, actor: Actor, user: User, version: str | None) -> None:
    """利用を止める: the account opens nothing from the next request on; its sessions end. OwnAccount, LocksEverybodyOut."""
    _hold(session, user, version)
    _not_oneself(actor, user)
    user.active = False
    session.flush()
    _keys_stay(session)
    end_sessions(session, user.id)
    _note(session, actor, user, "stopped")


def resume(session: Session, actor: Actor, user: User, version: str | None, now: datetime) -> str:
    """利用を再開する: the account is active under a new temporary password, which is returned."""
    _hold(session, user, version)
    _not_oneself(actor, user)
    user.active = True
    plain = give_temporary(session, user, now)
    _note(session, actor, user, "resumed")
    return plain


def renew_password(session: Session, actor: Actor, user: User, version: str | None, now: datetime) -> str:
    """パスワードを作り直す: for somebody who forgot hers; a temporary one, which is returned."""
    _hold(session, user, version)
    _not_oneself(actor, user)
    plain = give_temporary(session, user, now)
    _note(session, actor, user, "renewed_password")
    return plain


def let_the_city_ask(session: Session, actor: Actor, user: User, kind: str, version: str | None) -> None:
    """共通認証に切り替える: the first factor is the city's directory or provider from now on, no password is kept here."""
    _hold(session, user, version)
    _not_oneself(actor, user)
    hand_over(session, user, kind)
    _note(session, actor, user, "handed_over", login=kind)


def _hold(session: Session, user: User, version: str | None) -> None:
    """Nobody else changes accounts until this is done, so that two administrators cannot stop each other at once."""
    session.execute(select(User.id).order_by(User.id).with_for_update())
    session.refresh(user)
    if version is not None and version_of(user) != version:
        raise AccountChangedMeanwhile


def _not_oneself(actor: Actor, user: User) -> None:
    if actor.user_id == user.id:
        raise OwnAccount


def _keys_stay(session: Session) -> None:
    if not keepers(session, matrix(session)):
        raise LocksEverybodyOut


def _roles(session: Session, names: Iterable[str]) -> list[Role]:
    return list(session.scalars(select(Role).where(Role.name.in_(names))))


def _note(session: Session, actor: Actor, user: User, act: str, **detail: object) -> None:
    journal.record(session, actor, Action.ADMINISTERED, detail={"act": act, "user": user.id, **detail})
