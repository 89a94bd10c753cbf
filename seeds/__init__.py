"""What an installation holds before its first day: roles, code lists, sheets."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from seeds import codes, letters, roles, sheets


def load_all(session: Session) -> None:
    """Load everything a new installation needs; a second call changes nothing, one at the same time waits."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('nanbyo seeds'))"))
    roles.load(session)
    codes.load(session)
    sheets.load(session)
    letters.load(session)
