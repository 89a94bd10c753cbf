"""役割の初期値: every role and right is known; a role that exists keeps the ticks its administrators gave it."""

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session

from procedures.permissions import hold, marker, ticks_by_pairs, ticks_of
from procedures.rights import RIGHTS, ROLES


def load(session: Session) -> None:
    """Make roles and rights known; a role from before there were exact ticks is read by what it may open."""
    for right in RIGHTS:
        marker(session, right)
    for name in ROLES:
        known = session.scalar(select(Role).where(Role.name == name))
        role = known or Role(name=name)
        session.add(role)
        if known is None:
            hold(session, role, {right.code for right in RIGHTS if name in right.roles})
        elif not ticks_of(role):
            hold(session, role, ticks_by_pairs(role))
    session.flush()
