"""文面の初期値: the wording a new installation starts with; what a city has published is never touched."""

from datetime import date
from pathlib import Path

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.letter import LetterWording

FIRST_DAY = date(2015, 1, 1)  # 難病法の施行日


def load(session: Session) -> None:
    """Version 1 of every letter that has no wording yet."""
    known = set(session.scalars(select(LetterWording.kind)))
    content = yaml.safe_load((Path(__file__).parent / "tables" / "letter_wordings.yaml").read_text(encoding="utf-8"))
    session.add_all(LetterWording(kind=kind, number=1, subject=each["subject"], body=each["body"].strip(),
                                  closing=each["closing"].strip(), effective_from=FIRST_DAY)
                    for kind, each in content.items() if kind not in known)
    session.flush()
