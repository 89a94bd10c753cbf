"""様式の初期値: a new release brings its sheets, and never over what a city made its own."""

from sqlalchemy import select, text

from forms.catalogue import SHEETS
from models.sheet import SheetKind, SheetVersion
from seeds import sheets


def versions(session, name):
    return list(session.scalars(select(SheetVersion).join(SheetKind).where(SheetKind.name == name).order_by(SheetVersion.number)))


def older(session):
    """As an installation of an earlier release has its 請求書."""
    session.execute(text("ALTER TABLE sheet_version DISABLE TRIGGER sheet_version_is_guarded"))
    (first,) = versions(session, "reimbursement")
    first.definition = {**first.definition, "checks": []}
    session.flush()
    session.execute(text("ALTER TABLE sheet_version ENABLE TRIGGER sheet_version_is_guarded"))
    return first


def test_every_sheet_stands_as_the_release_has_it(session):
    sheets.load(session)
    for sheet in SHEETS:
        (only,) = versions(session, sheet.name)
        assert only.definition == sheet.definition()


def test_a_newer_release_publishes_its_version_beside_the_old_one(session):
    older(session)
    sheets.load(session)
    sheets.load(session)
    first, second = versions(session, "reimbursement")
    assert (first.state, second.state, second.number) == ("published", "published", 2)
    assert second.definition["checks"] and second.effective_from == first.effective_from


def test_a_sheet_the_city_edited_stays_the_citys(session, actors):
    first = older(session)
    session.add(SheetVersion(kind_id=first.kind_id, number=2, state="draft", definition=first.definition,
                             edited_by=actors["admin1"].user_id))
    session.flush()
    sheets.load(session)
    assert [each.number for each in versions(session, "reimbursement")] == [1, 2]
