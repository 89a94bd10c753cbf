"""様式の初期値: every sheet as this release has it; a city's own versions are never touched."""

from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.catalogue import SHEETS
from forms.sheet import Sheet
from models.sheet import SheetKind, SheetVersion

FIRST_DAY = date(2015, 1, 1)  # 難病法の施行日


def load(session: Session) -> None:
    """Publish each sheet this installation does not know yet, and the next version of one that nobody here has edited."""
    known = {kind.name: kind for kind in session.scalars(select(SheetKind))}
    for position, sheet in enumerate(SHEETS):
        kind = known.get(sheet.name)
        if kind is None:
            kind = SheetKind(name=sheet.name, label=sheet.label, application_kind=sheet.application_kind, position=position,
                             holds_numbers=bool(sheet.sealed))
            session.add(kind)
            session.flush()
        _publish(session, kind, sheet)
    session.flush()


def _publish(session: Session, kind: SheetKind, sheet: Sheet) -> None:
    versions = list(session.scalars(select(SheetVersion).where(SheetVersion.kind_id == kind.id).order_by(SheetVersion.number)))
    if any(each.edited_by or each.published_by for each in versions):
        return
    if versions and versions[-1].definition == sheet.definition():
        return
    session.add(SheetVersion(kind_id=kind.id, number=len(versions) + 1, state="published", effective_from=FIRST_DAY,
                             definition=sheet.definition(), published_at=datetime.now(UTC)))
