"""照会許可照合リスト: who may ask whom for what under which procedure, dated; what is not on it is refused.

Rows and legal bases are those of the assessment (提供: 別表第二 26, 56の2, 87; 照会: 120). The codes are ours: the official
ones of 事務, 事務手続 and 特定個人情報名 were not to be had.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).parent / "contracts" / "match_list.csv"


@dataclass(frozen=True)
class Question:
    """What an inquiry is compared by."""

    inquirer_kind: str  # governor | mayor
    office_code: str
    procedure_code: str
    provider_kind: str
    information_code: str


@dataclass(frozen=True)
class MatchRow:
    """One row of the list and the days it holds for."""

    question: Question
    basis: str
    use: str
    valid_from: date
    valid_to: date | None


def rows(file: Path = FILE) -> tuple[MatchRow, ...]:
    """Return the list as it is shipped."""
    with file.open(encoding="utf-8", newline="") as lines:
        return tuple(MatchRow(
            Question(*(line[name] for name in Question.__dataclass_fields__)), line["basis"], line["use"],
            date.fromisoformat(line["valid_from"]), date.fromisoformat(line["valid_to"]) if line["valid_to"] else None)
            for line in csv.DictReader(lines))


def permitting(known: Iterable[MatchRow], question: Question, on: date) -> MatchRow | None:
    """照合: the row that permits *question* on the day *on*, every code alike; None: not permitted."""
    return next((row for row in known if row.question == question and row.valid_from <= on
                 and (row.valid_to is None or on <= row.valid_to)), None)
