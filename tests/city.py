"""架空の市: people on the ledger for tests of lists, with plenty of others around them (noise)."""

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from seeds.conversion import convert, next_resident
from seeds.residents import Resident, residents

ON = date(2026, 11, 24)


def settle(session: Session, *people: dict[str, Any], noise: int = 120, source: str = "test") -> list[int]:
    """Put noise on the ledger, then *people* (each a Resident but for what is said); return the ledger numbers."""
    first = next_resident(session)
    crowd = list(residents(noise + len(people), 5, ON, first))
    own = [replace(plain(who), **said) for who, said in zip(crowd[noise:], people, strict=True)]
    convert(session, [*crowd[:noise], *own], source)
    session.expire_all()
    if len(crowd) > 1000:
        session.execute(text("ANALYZE recipient"))  # an office's statistics are kept by the server, between transactions
    numbers = [who.file_number for who in own]
    found = dict(session.execute(text("SELECT file_number, id FROM recipient WHERE file_number = ANY(:numbers)"),
                                 {"numbers": numbers}).tuples().all())
    return [found[number] for number in numbers]


def plain(who: Resident) -> Resident:
    """Somebody certified whose address anybody at the office may see."""
    return replace(who, state="certified", applied=None, is_withheld=False, valid_to=date(2027, 3, 31), renewals=1)
