"""採番: the next number of a gap-free series; the row stays locked until the transaction ends."""

from sqlalchemy import text
from sqlalchemy.orm import Session

_NEXT = text("""
INSERT INTO number_series (name, last) VALUES (:name, 1)
ON CONFLICT (name) DO UPDATE SET last = number_series.last + 1 RETURNING last""")
_MORE = text("""
INSERT INTO number_series (name, last) VALUES (:name, :count)
ON CONFLICT (name) DO UPDATE SET last = number_series.last + :count RETURNING last""")


def next_number(session: Session, name: str) -> int:
    """次の番号 of the series *name*; a rolled back transaction gives its number back."""
    return int(session.execute(_NEXT, {"name": name}).scalar_one())


def next_numbers(session: Session, name: str, count: int) -> range:
    """次の番号 of the series *name*, *count* of them in one step."""
    last = int(session.execute(_MORE, {"name": name, "count": count}).scalar_one())
    return range(last - count + 1, last + 1)
