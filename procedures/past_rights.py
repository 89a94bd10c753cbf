"""ある日の権限: who could do what on a day, worked back from today through what the journal says was changed since.

A day counts whatever was held at any moment of it. The journal is never changed, so neither is the answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models.journal import Action, JournalEntry
from models.two_person import TwoPersonRequest
from procedures import journal
from procedures.actor import Actor, full_name
from procedures.permissions import Matrix, matrix
from procedures.rights import BY_CODE, RIGHTS, ROLES, Right
from procedures.two_person import SEE_NUMBERS


@dataclass(frozen=True)
class Holder:
    """一人: what she could do on the day, through which roles, and whether two people had let her see 個人番号."""

    user_id: int
    name: str
    username: str
    roles: tuple[str, ...]
    rights: tuple[Right, ...]
    saw_numbers: bool


@dataclass
class _State:
    """Ticks of the roles, roles of the people and who was active, at one moment."""

    ticks: Matrix
    roles: dict[int, set[str]]
    active: set[int]

    def held(self) -> dict[int, tuple[set[str], set[str]]]:
        """Person → her roles and the codes of her rights, of those who were active."""
        return {user: (set(names), {code for name in names for code in self.ticks.get(name, ())})
                for user, names in self.roles.items() if user in self.active}

    def undo(self, detail: Mapping[str, Any]) -> None:
        """The state before the change that *detail* tells."""
        if detail.get("right") in BY_CODE and detail.get("role") in ROLES:
            ticks = self.ticks[detail["role"]]
            (ticks.discard if detail.get("act") == "given" else ticks.add)(detail["right"])
        elif isinstance(detail.get("user"), int):
            self._undo_person(detail["user"], detail)

    def _undo_person(self, user: int, detail: Mapping[str, Any]) -> None:
        if detail.get("act") == "added":
            self.roles.pop(user, None)
        elif detail.get("act") == "changed" and "before" in detail:
            self.roles[user] = set(detail["before"])
        elif detail.get("act") == "stopped":
            self.active.add(user)
        elif detail.get("act") == "resumed":
            self.active.discard(user)


def on_day(session: Session, actor: Actor, begins: datetime, ends: datetime) -> list[Holder]:
    """その日できたこと: everybody who could do anything between *begins* and *ends*, by user name; the look is journalled."""
    journal.record(session, actor, Action.SAW, detail={"screen": "past_rights", "day": begins.date().isoformat()})
    users = {user.id: user for user in session.scalars(select(User).options(selectinload(User.roles)))}
    held = _held_between(session, users, begins, ends)
    numbers = _let_see_numbers(session, begins, ends)
    found = [Holder(number, full_name(users[number]), users[number].username, tuple(name for name in ROLES if name in names),
                    tuple(right for right in RIGHTS if right.code in codes), number in numbers)
             for number, (names, codes) in held.items() if number in users and codes]
    return sorted(found, key=lambda holder: holder.username)


def _held_between(session: Session, users: Mapping[int, User], begins: datetime, ends: datetime) -> dict[int, tuple[set[str], set[str]]]:
    state = _State(matrix(session), {number: {role.name for role in user.roles} for number, user in users.items()},
                   {number for number, user in users.items() if user.active})
    held: dict[int, tuple[set[str], set[str]]] = {}
    for at, detail in session.execute(select(JournalEntry.at, JournalEntry.detail).where(
            JournalEntry.action == Action.ADMINISTERED, JournalEntry.at >= begins).order_by(JournalEntry.id.desc())):
        if at < ends:
            _join(held, state.held())
        state.undo(detail or {})
    _join(held, state.held())
    return held


def _join(held: dict[int, tuple[set[str], set[str]]], more: Mapping[int, tuple[set[str], set[str]]]) -> None:
    for number, (names, codes) in more.items():
        known = held.setdefault(number, (set(), set()))
        known[0].update(names)
        known[1].update(codes)


def _let_see_numbers(session: Session, begins: datetime, ends: datetime) -> set[int]:
    """Whom two people let see numbers at some moment between *begins* and *ends*."""
    return {number for number in session.scalars(select(TwoPersonRequest.for_user_id).where(
        TwoPersonRequest.kind == SEE_NUMBERS, TwoPersonRequest.state.in_(("confirmed", "ended")), TwoPersonRequest.decided_at < ends,
        (TwoPersonRequest.closed_at.is_(None)) | (TwoPersonRequest.closed_at >= begins))) if number is not None}
