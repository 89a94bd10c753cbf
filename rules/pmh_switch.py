"""PMHへの登録の可否: off until a city switches it on, and then refused until the revision of its privacy assessment is recorded.

The assessment of 2019 names no handing of numbers to PMH; which codes PMH knows a city by are dated settings of the city.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from rules.parameters import figures, rows

NAME: Final = "pmh"
OFF, NO_REVISION = "pmh_off", "pmh_no_revision"  # also why a message waits


def refusal_on(on: date) -> str | None:
    """Why nothing may be registered on the day *on*: OFF, NO_REVISION; None where it may."""
    row = figures(NAME, on)
    if not row["is_on"]:
        return OFF
    return None if is_revised(row, on) else NO_REVISION


def is_revised(row: Mapping[str, Any], on: date) -> bool:
    """評価書の見直し: whether *row* names the document and a day that is not after *on*."""
    try:
        return bool(row["revision_document"].strip()) and date.fromisoformat(row["revision_on"]) <= on
    except ValueError:
        return False


def was_ever_on() -> bool:
    """Whether any day's row switches it on; False for every city that never asked for it."""
    return any(row["is_on"] for row in rows(NAME).values())


def unrevised(name: str, dated: Mapping[date, Mapping[str, Any]]) -> date | None:
    """The first of these rows that would switch it on without its revision; None for any other figure."""
    return next((day for day, row in sorted(dated.items()) if name == NAME and row["is_on"] and not is_revised(row, day)), None)
