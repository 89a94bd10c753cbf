"""権限の表: which role may do what; previewed in sentences, saved at once, journalled, never locking everybody out."""

import hashlib
from collections.abc import Mapping, Set
from dataclasses import dataclass

from flask_appbuilder.security.sqla.models import Permission, PermissionView, Role, User, ViewMenu
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.journal import Action
from models.login import LoginSession
from procedures import journal
from procedures.actor import Actor
from procedures.refusal import Refused
from procedures.rights import BY_CODE, CASE_GROUPS, KEYS_OF_THE_HOUSE, RIGHTS, ROLES, Right

MARK = "holds"  # the permission whose view menu is a right's code: the tick itself, beside the pairs it opens
Matrix = dict[str, set[str]]


class ChangedMeanwhile(Refused):
    """Somebody saved the matrix after this one was opened."""

    message = "ほかの人が先に権限を変えました。いまの表を確かめて、もう一度操作してください。"


class SeesCases(Refused):
    """The administrators of permissions would see cases."""

    message = "「権限管理」には、入力・認定・受給者・給付の権限を付けられません。事務を行う人には別の役割を付けてください。"


class LocksEverybodyOut(Refused):
    """Nobody could manage permissions and users any more."""

    message = "権限と利用者の両方を管理できる人がいなくなります。先に、ほかの有効な利用者に付けてください。"


@dataclass(frozen=True)
class Change:
    """変更: one tick that would be set or taken away."""

    role: str
    right: Right
    is_given: bool


def matrix(session: Session) -> Matrix:
    """いまの表: role → codes of the rights it holds."""
    roles = {role.name: role for role in session.scalars(select(Role).where(Role.name.in_(ROLES)))}
    return {name: ticks_of(roles[name]) if name in roles else set() for name in ROLES}


def version_of(ticks: Mapping[str, Set[str]]) -> str:
    """版: what a form carries so that nobody's change is overwritten unseen."""
    told = ";".join(f"{role}={','.join(sorted(ticks[role]))}" for role in sorted(ticks))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def changes(now: Mapping[str, Set[str]], wished: Mapping[str, Set[str]]) -> list[Change]:
    """変更の一覧, right by right in the order of the matrix."""
    return [Change(role, right, right.code in wished[role]) for right in RIGHTS for role in ROLES
            if (right.code in now[role]) != (right.code in wished[role])]


def save(session: Session, actor: Actor, wished: Mapping[str, Set[str]], version: str) -> list[Change]:
    """保存する: all changes at once, effective with the next request; ChangedMeanwhile, SeesCases, LocksEverybodyOut."""
    roles = {role.name: role for role in session.scalars(
        select(Role).where(Role.name.in_(ROLES)).order_by(Role.id).with_for_update())}
    now = {name: ticks_of(roles[name]) for name in ROLES}
    if version_of(now) != version:
        raise ChangedMeanwhile
    found = changes(now, wished)
    judge(session, wished)
    for name in {change.role for change in found}:
        hold(session, roles[name], wished[name])
    _ask_again(session, [roles[name] for name in {change.role for change in found}])
    for change in found:
        journal.record(session, actor, Action.ADMINISTERED, detail={
            "role": change.role, "right": change.right.code, "act": "given" if change.is_given else "taken"})
    session.flush()
    return found


def judge(session: Session, wished: Mapping[str, Set[str]]) -> None:
    """可否: raises SeesCases or LocksEverybodyOut where the wished matrix must not be."""
    if any(BY_CODE[code].group in CASE_GROUPS for code in wished["admin"]):
        raise SeesCases
    if not keepers(session, wished):
        raise LocksEverybodyOut


def keepers(session: Session, ticks: Mapping[str, Set[str]], without: int | None = None) -> list[User]:
    """鍵を持つ人: active users who may manage both permissions and users; *without* leaves one out."""
    return [user for user in session.scalars(select(User).where(User.active.is_(True)))
            if user.id != without and _rights_of(user, ticks).issuperset(KEYS_OF_THE_HOUSE)]


def rights_of_user(session: Session, user: User) -> list[tuple[Right, list[str]]]:
    """この人ができること: each right she holds and the roles it comes from, in the order of the matrix."""
    ticks = matrix(session)
    names = [role.name for role in user.roles if role.name in ROLES]
    held = [(right, [name for name in names if right.code in ticks[name]]) for right in RIGHTS]
    return [(right, through) for right, through in held if through]


def ticks_of(role: Role) -> set[str]:
    """付いている印 of one role."""
    return {pair.view_menu.name for pair in role.permissions
            if pair.permission.name == MARK and pair.view_menu.name in BY_CODE}


def ticks_by_pairs(role: Role) -> set[str]:
    """What a role without marks may do, judged by what it may open."""
    held = {(pair.permission.name, pair.view_menu.name) for pair in role.permissions}
    return {right.code for right in RIGHTS if held.issuperset(right.pairs)}


def hold(session: Session, role: Role, codes: Set[str]) -> None:
    """権限を持たせる: the role has the marks of *codes* and everything they open, and nothing else."""
    rights = [BY_CODE[code] for code in sorted(codes)]
    wanted = {(MARK, right.code) for right in rights} | {pair for right in rights for pair in right.pairs}
    role.permissions = [_pair(session, *each) for each in sorted(wanted)]
    session.flush()


def unheard_of(session: Session) -> list[Right]:
    """新しい権限: what no version before this one brought here; before there were marks a right was known by what it opens."""
    known = {(permission, view) for permission, view in session.execute(
        select(Permission.name, ViewMenu.name).join(PermissionView, PermissionView.permission_id == Permission.id)
        .join(ViewMenu, PermissionView.view_menu_id == ViewMenu.id))}
    marked = any(permission == MARK for permission, _ in known)
    return [right for right in RIGHTS if not ((MARK, right.code) in known if marked else known.issuperset(right.pairs))]


def marker(session: Session, right: Right) -> None:
    """印と対をそろえる: the tick of *right* and all it opens are rows that a role can hold."""
    for each in ((MARK, right.code), *right.pairs):
        _pair(session, *each)


def _ask_again(session: Session, roles: list[Role]) -> None:
    """Whoever may do something else from now on proves anew that it is she, before anything that asks for it."""
    session.execute(update(LoginSession).where(LoginSession.user_id.in_(
        select(User.id).where(User.roles.any(Role.id.in_([role.id for role in roles]))))).values(fresh_at=None))


def _rights_of(user: User, ticks: Mapping[str, Set[str]]) -> set[str]:
    return {code for role in user.roles for code in ticks.get(role.name, ())}


def _pair(session: Session, permission: str, view: str) -> PermissionView:
    found = session.scalar(select(PermissionView).join(Permission).join(ViewMenu).where(
        Permission.name == permission, ViewMenu.name == view))
    if found is None:
        found = PermissionView(
            permission=session.scalar(select(Permission).where(Permission.name == permission))
            or Permission(name=permission),
            view_menu=session.scalar(select(ViewMenu).where(ViewMenu.name == view)) or ViewMenu(name=view))
        session.add(found)
        session.flush()
    return found
