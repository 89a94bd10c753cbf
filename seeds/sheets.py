"""様式の初期値: version 1 of every sheet; a city's later versions are its own."""

from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.catalogue import SHEETS
from models.sheet import SheetKind, SheetVersion


def load(session: Session) -> None:
    """Publish version 1 of each sheet that this installation does not know yet."""
    known = set(session.scalars(select(SheetKind.name)))
    for position, sheet in enumerate(SHEETS):
        if sheet.name in known:
            continue
        kind = SheetKind(name=sheet.name, label=sheet.label, application_kind=sheet.application_kind, position=position,
                         holds_numbers=bool(sheet.sealed))
        session.add(kind)
        session.flush()
        session.add(SheetVersion(kind_id=kind.id, number=1, state="published", effective_from=date(2015, 1, 1),
                                 definition=sheet.definition(), published_at=datetime.now(UTC)))
    session.flush()
