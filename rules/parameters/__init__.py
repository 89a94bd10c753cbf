"""施行日ごとの数字: every figure of the law stands in a dated row with its law, its unit and where it was read."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
ABOUT = ("law", "unit", "source", "status")


def figures(name: str, on: date) -> dict[str, Any]:
    """その日の数字: the row of *name* in force on the day *on*; LookupError where the law had none yet."""
    rows = [(start, row) for start, row in _rows(name) if start <= on]
    if not rows:
        raise LookupError(f"{name} has no figures on {on}")
    return rows[-1][1]


def about(name: str) -> dict[str, str]:
    """出典: law, unit, source and status (read | unverified) of a file of figures."""
    return {key: str(_content(name)[key]) for key in ABOUT}


def names() -> list[str]:
    """Every file of figures, by name."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


@cache
def _content(name: str) -> dict[Any, Any]:
    content: dict[Any, Any] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return content


@cache
def _rows(name: str) -> list[tuple[date, dict[str, Any]]]:
    return sorted((start, row) for start, row in _content(name).items() if isinstance(start, date))
