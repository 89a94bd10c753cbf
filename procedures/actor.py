"""操作者: who acts; every procedure is told, none looks it up."""

from dataclasses import dataclass

from flask_appbuilder.security.sqla.models import User


@dataclass(frozen=True)
class Actor:
    """The person at the keyboard and the terminal she sits at; user_id is None for the system's own work."""

    user_id: int | None
    name: str
    terminal: str = ""
    handles_numbers: bool = False  # may key and settle papers that bear an 個人番号
    screen: str | None = None  # where the act was done
    keys_batches_only: bool = False  # keys the piles given to her and no other paper (受託入力)
    sees_withheld: bool = False  # may see and print where a protected person lives (支援措置)


SYSTEM = Actor(None, "システム")


def full_name(user: User) -> str:
    """氏名: family name first, as the office writes it."""
    return f"{user.last_name} {user.first_name}"
