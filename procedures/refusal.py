"""拒否: an act the office does not allow; the message says in the office's words why and what to do."""

from contextvars import ContextVar
from typing import Final

# The last rule of two people or of ownership that somebody tried to pass in this request; the application clears and tells it.
ATTEMPT: Final[ContextVar[str]] = ContextVar("attempt", default="")


class Refused(Exception):
    """An act was refused; nothing was written."""

    message = "この操作は行えません。"

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.message)
        self.message = message or self.message


class Overstepped(Refused):
    """越権: somebody tried what another must do, or reached for what is another's; told to the auditors, whatever screen says it."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message)
        ATTEMPT.set(type(self).__name__)
