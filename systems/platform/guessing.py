"""総当たりの止め: who was wrong too often waits, wherever she tried."""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from systems.platform.tables import COMMON

MOST_WRONG: Final = 5
LASTS: Final = timedelta(minutes=5)


def is_guessing(session: Session, username: str, act: str) -> bool:
    """Whether this name was tried in vain five times within five minutes."""
    wrong = session.scalar(select(func.count()).select_from(COMMON.log).where(
        COMMON.log.actor == username[:40], COMMON.log.act == act, COMMON.log.outcome == "refused",
        COMMON.log.at > datetime.now(UTC) - LASTS))
    return (wrong or 0) >= MOST_WRONG
