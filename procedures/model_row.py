"""台帳の一行を書く: what the database refuses becomes a sentence, and nothing of a refused row stays."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from procedures.refusal import Refused


class RowRefused(Refused):
    """A row that would not be right; says which column, blank where it is the row as a whole."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


class Stale(RowRefused):
    """Somebody else changed the row meanwhile: both values are shown, and neither is lost."""

    def __init__(self) -> None:
        super().__init__("version", CHANGED)


class DraftChanged(Refused):
    """What would be signed is not what was on the screen."""

    message = "この画面を開いたあとで、起案が差し戻されて起案し直されています。いまの内容を確かめてから、もう一度決裁してください。"


CHANGED = "ほかの人が先に変更しました。下の表で両方の値を見比べ、残す値を入力欄に入れてから、もう一度保存してください。"
AT_ODDS = "ほかの行と食い違うため保存できません。同じ番号の行と期間を確かめてください。"


def check_version(row: Any, seen: str) -> None:
    """先の変更: raise Stale where *row* is not the one that was on the screen."""
    if str(row.version) != seen:
        raise Stale


def mark_of(row: Any) -> str:
    """版の印: which row, and in which version, a screen shows; another row in its place has another mark."""
    return f"{row.id}.{row.version}"


def demand_seen(decision: Any, seen: str | None) -> None:
    """見た起案: raise DraftChanged where the decision is not the one whose mark the screen carried."""
    if seen is not None and mark_of(decision) != seen:
        raise DraftChanged


def guarded(session: Session, write: Callable[[], Any]) -> Any:
    """書く: the result of *write*, flushed; RowRefused instead of anything the database says of its content."""
    try:
        row = write()
        session.flush()
    except StaleDataError:
        raise Stale from None
    except DBAPIError:
        raise RowRefused("", AT_ODDS) from None
    return row


def differing(stored: Mapping[str, Any], typed: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """両方の値: label, what is stored and what was typed, for every item in which the two differ."""
    return [(label, stored.get(label), mine) for label, mine in typed.items() if stored.get(label) != mine]
