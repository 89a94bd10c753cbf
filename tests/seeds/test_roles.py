"""役割の初期値: what a version brings reaches the roles it is for; what a city decided stays; both can be told apart later."""

import pytest
from flask_appbuilder.security.sqla.models import PermissionView, Role
from sqlalchemy import select

from models.journal import JournalEntry
from procedures.permissions import MARK, hold, matrix, save, ticks_of, version_of
from procedures.rights import BY_CODE, RIGHTS, ROLES
from seeds import roles
from tests.house.offices import office_at

NEW = ("system.see", "system.release", "request.do", "disposal.approve", "two_person.see")


@pytest.fixture
def older(session):
    """The roles as a version left them that did not know NEW yet; the city had taken a right of it away and given another."""
    city = matrix(session)
    city["manager"].discard("list.export")
    city["entry"].add("figures.see")
    for name in ROLES:
        hold(session, _role(session, name), city[name] - set(NEW))
    for pair in session.scalars(select(PermissionView)).all():
        if pair.permission.name == MARK and pair.view_menu.name in NEW:
            session.delete(pair)
    session.flush()
    session.expire_all()
    return city


def _role(session, name):
    return session.scalar(select(Role).where(Role.name == name))


def _told(session):
    return {(entry.detail["role"], entry.detail["right"]) for entry in session.scalars(select(JournalEntry))
            if (entry.detail or {}).get("act") == "given" and "right" in entry.detail}


def test_an_upgraded_office_has_the_new_rights_and_everything_its_city_decided(session, older):
    roles.load(session)
    assert matrix(session) == older
    assert _told(session) == {(name, code) for code in NEW for name in BY_CODE[code].roles}


def test_a_new_right_that_the_city_then_takes_away_does_not_come_back(session, actors, older):
    roles.load(session)
    wished = matrix(session)
    wished["manager"].discard("two_person.see")
    save(session, actors["admin1"], wished, version_of(matrix(session)))
    roles.load(session)
    assert matrix(session) == wished


def test_a_right_opens_what_it_opens_in_this_version(session):
    """誰が見られたか came later to the right to manage permissions."""
    admin = _role(session, "admin")
    admin.permissions = [pair for pair in admin.permissions if pair.view_menu.name != "PastRights"]
    session.flush()
    before = matrix(session)
    roles.load(session)
    assert matrix(session) == before and "PastRights" in {pair.view_menu.name for pair in admin.permissions}


def test_a_second_load_changes_and_tells_nothing(session):
    before, told = matrix(session), _told(session)
    roles.load(session)
    assert (matrix(session), _told(session)) == (before, told)


def test_an_office_from_before_there_were_marks_keeps_what_it_opened_and_gets_what_is_new(session):
    manager = _role(session, "manager")
    manager.permissions = [pair for pair in manager.permissions
                           if pair.permission.name != MARK and pair.view_menu.name not in ("System", "Statistics")]
    for pair in session.scalars(select(PermissionView)).all():
        if pair.permission.name == MARK or pair.view_menu.name == "System":
            session.delete(pair)
    session.flush()
    session.expire_all()
    roles.load(session)
    held = ticks_of(_role(session, "manager"))
    assert "system.see" in held and "statistics.see" not in held and "payment.release" in held


def test_a_kept_office_of_an_earlier_version_lacks_rights_of_today():
    """So the tests above are about something: the office kept at 0010 knows fewer marks than there are rights."""
    office = office_at("0010")
    views = {row["id"]: row["name"] for row in office["public.ab_view_menu"]}
    assert {right.code for right in RIGHTS} - set(views.values())
