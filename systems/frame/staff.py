"""試用の職員: the accounts of a trial; a city makes its own."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Engine, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from systems.frame.store import Common

DEMO_PASSWORD: Final = "demo-Nanbyo-1"


def seed_demo_staff(engine: Engine, tables: Common, staff: Iterable[tuple[str, str, tuple[str, ...]]]) -> None:
    """Every (username, full name, roles) has an account with the trial's password; one that is there stays as it is."""
    with Session(engine) as session:
        known = set(session.scalars(select(tables.staff.username)))
        missing = [each for each in staff if each[0] not in known]
        session.rollback()
        password = generate_password_hash(DEMO_PASSWORD) if missing else ""  # once, and before anything is locked
        for username, full_name, roles in missing:
            session.execute(insert(tables.staff).values(
                username=username, full_name=full_name, roles=list(roles), password=password).on_conflict_do_nothing())
        session.commit()
