"""審査会資料: the agenda of a session and a sheet a case for the members' notes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from reports.paper import check_glyphs, pdf_of


@dataclass(frozen=True)
class BoardCase:
    """議題: what the members see; the person's name is not among it."""

    number: str
    group: str
    kind: str
    sex: str
    age: int
    diseases: tuple[str, ...]
    diagnosed: date | None
    written: date | None
    physician: str | None
    is_second: bool
    remarks: str


def board_pdf(held_on: date, place: str, cases: Sequence[BoardCase], city: Any, printed: datetime) -> bytes:
    """審査会資料 as one PDF; GlyphMissing before a single box is printed."""
    check_glyphs(*(case.physician or "" for case in cases))
    return pdf_of("board.html", {"held_on": held_on, "place": place, "cases": cases, "city": city}, printed)
