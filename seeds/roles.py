"""役割の初期値: every role and right is known; a role that exists keeps the ticks its administrators gave it.

A right that this version brings reaches the roles it is meant for, once: what the city took away or gave stays as it is.
"""

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.journal import Action
from procedures import journal
from procedures.actor import SYSTEM
from procedures.permissions import hold, marker, ticks_by_pairs, ticks_of, unheard_of
from procedures.rights import BY_CODE, RIGHTS, ROLES, Right


def load(session: Session) -> None:
    """Make roles and rights known; a role from before there were exact ticks is read by what it may open."""
    new = unheard_of(session)
    for right in RIGHTS:
        marker(session, right)
    for name in ROLES:
        role = session.scalar(select(Role).where(Role.name == name))
        if role is None:
            role = Role(name=name)
            session.add(role)
            hold(session, role, {right.code for right in RIGHTS if name in right.roles})
        else:
            _catch_up(session, role, new)
    session.flush()


def _catch_up(session: Session, role: Role, new: list[Right]) -> None:
    """The ticks it has, with all that they open today, and the new rights that are meant for it, which the journal tells."""
    held = ticks_of(role) or ticks_by_pairs(role)
    brought = {right.code for right in new if role.name in right.roles
               or any(code in held and role.name not in BY_CODE[code].roles for code in right.once)}
    if held | brought == ticks_of(role) and _opens_all(role, held):
        return
    hold(session, role, held | brought)
    for code in sorted(brought - held):
        journal.record(session, SYSTEM, Action.ADMINISTERED, detail={"role": role.name, "right": code, "act": "given"},
                       reason="新しい版の権限")


def _opens_all(role: Role, held: set[str]) -> bool:
    """Whether it opens what its ticks open in this version."""
    opens = {(pair.permission.name, pair.view_menu.name) for pair in role.permissions}
    return all(opens.issuperset(right.pairs) for right in RIGHTS if right.code in held)
