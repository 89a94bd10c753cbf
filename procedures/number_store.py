"""番号の保管への入口: schema ``numbering`` is read and written under a role of its own, taken here and given back at once.

The office's ordinary role has no right there, whatever statement somebody smuggles in; it may only take this one. The role of
the store in turn sees nothing but the store: not whose number it is.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from models.number_report import IndividualNumber, SealedNumber

ROLE: Final = "nanbyo_numbers"  # migration 0024
NUMBERS: Final = "numbering.individual_number"
DRAFTS: Final = "numbering.sealed_number"
# Each table of the store: the rows elsewhere that its rows belong to.
PARENTS: Final = {NUMBERS: "number_line", DRAFTS: "received_sheet"}
_OF: Final = {NUMBERS: (IndividualNumber.id, IndividualNumber.line_id), DRAFTS: (SealedNumber.id, SealedNumber.sheet_id)}
_TAKE: Final = text("SELECT set_config('role', :role, true)")


@contextmanager
def in_store(session: Session) -> Iterator[None]:
    """保管の中: inside the role of the store, afterwards the one from before; what is pending on either side is written on its side."""
    session.flush()
    before = session.scalar(text("SELECT current_setting('role')"))
    session.execute(_TAKE, {"role": ROLE})
    try:
        yield
        session.flush()
    except BaseException:
        with suppress(SQLAlchemyError):  # a transaction that failed gives the role back itself, when it is rolled back
            session.execute(_TAKE, {"role": before})
        raise
    session.execute(_TAKE, {"role": before})


def rows_of(session: Session, table: str, parents: Iterable[int]) -> list[int]:
    """その行の番号: which rows of the store belong to these rows of ``PARENTS[table]``; their numbers, never what they hold."""
    own, parent = _OF[table]
    with in_store(session):
        return list(session.scalars(select(own).where(parent == func.any(list(parents))).order_by(own)))
