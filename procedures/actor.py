"""操作者: who acts, from which terminal; handed to every procedure, never looked up by one."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """The user on whose behalf a procedure runs."""

    user_id: int
    name: str
    terminal: str = ""
    office: str | None = None
