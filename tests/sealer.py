"""封印する者: the sealer of a test's database, beside it as in the office."""

from contextlib import AbstractContextManager
from datetime import UTC, datetime

from app.sealing import sealed_meanwhile
from config import Settings


def at_work(settings: Settings) -> AbstractContextManager[None]:
    """Inside, what is journalled is sealed within a second."""
    return sealed_meanwhile(settings, lambda: datetime.now(UTC))
