"""職員の登録: accounts of a system's own staff, made and changed by its operator; nobody changes herself."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from exchange.soap import SoapFault
from systems.frame.store import Common

SHORTEST: Final = 12
USERNAME: Final = re.compile(r"[0-9A-Za-z_.\-]{1,40}")


def add_account(session: Session, tables: Common, username: str, full_name: str, password: str, roles: Iterable[str]) -> None:
    """職員を加える; SoapFault(username, password) where it cannot be."""
    taken = session.scalar(select(tables.staff.id).where(tables.staff.username == username))
    if taken is not None or not USERNAME.fullmatch(username) or not full_name.strip():
        raise SoapFault("username", "")
    session.add(tables.staff(username=username, full_name=full_name.strip(), password=_hashed(password), roles=list(roles)))
    session.flush()


def change_account(session: Session, tables: Common, place: int, roles: Iterable[str], password: str, *, is_active: bool,
                   by: str) -> None:
    """権限・停止・パスワード; a person stopped or with a new password is logged out everywhere at once. Nobody changes herself."""
    known = session.get(tables.staff, place, with_for_update=True)
    if known is None:
        raise SoapFault("state", "")
    if known.username == by:
        raise SoapFault("yourself", "")
    known.roles, known.is_active = list(roles), is_active
    if password:
        known.password = _hashed(password)
    if password or not is_active:
        for each in session.scalars(select(tables.sessions).where(
                tables.sessions.username == known.username, tables.sessions.ended_at.is_(None))):
            each.ended_at = datetime.now(UTC)
    session.flush()


def _hashed(password: str) -> str:
    if len(password) < SHORTEST:
        raise SoapFault("password", "")
    return generate_password_hash(password)
