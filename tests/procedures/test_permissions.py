"""権限の表: ticks are exact, saved at once, journalled, and never lock everybody out."""

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from models.journal import Action, JournalEntry
from procedures.permissions import (
    ChangedMeanwhile,
    LocksEverybodyOut,
    SeesCases,
    changes,
    matrix,
    rights_of_user,
    save,
    version_of,
)
from procedures.rights import BY_CODE, CASE_GROUPS, RIGHTS, ROLES


def _given(session, role, right):
    wished = matrix(session)
    wished[role] ^= {right}
    return wished, version_of(matrix(session))


def _may(session, username):
    user = session.scalar(select(User).where(User.username == username))
    return {right.code for right, _ in rights_of_user(session, user)}


def test_the_first_day_is_what_the_declaration_says(session):
    assert matrix(session) == {role: {right.code for right in RIGHTS if role in right.roles} for role in ROLES}


def test_the_contract_entry_role_cannot_touch_numbers_and_the_administrator_no_case():
    assert not {"sheet.key_numbers", "numbers.see", "recipient.see"} & {
        right.code for right in RIGHTS if "contract_entry" in right.roles}
    assert not [right.code for right in RIGHTS if "admin" in right.roles and right.group in CASE_GROUPS]


def test_a_tick_is_given_and_taken_and_both_are_in_the_journal(session, actors):
    wished, version = _given(session, "entry", "list.export")
    assert [(each.role, each.right.code, each.is_given) for each in save(session, actors["admin1"], wished, version)] == [
        ("entry", "list.export", True)]
    assert "list.export" in _may(session, "clerk1")
    wished, version = _given(session, "entry", "list.export")
    save(session, actors["admin1"], wished, version)
    assert "list.export" not in _may(session, "clerk1")
    told = session.scalars(select(JournalEntry.detail).where(JournalEntry.action == Action.ADMINISTERED)
                           .order_by(JournalEntry.id)).all()
    assert [each["act"] for each in told if each.get("right") == "list.export"] == ["given", "taken"]


def test_taking_one_right_leaves_what_another_right_also_opens(session, actors):
    wished, version = _given(session, "entry", "sheet.settle")
    save(session, actors["admin1"], wished, version)
    assert "sheet.key" in _may(session, "clerk1")
    entry = next(role for role in session.scalar(select(User).where(User.username == "clerk1")).roles)
    held = {(pair.permission.name, pair.view_menu.name) for pair in entry.permissions}
    assert ("can_read", "Queue") in held and ("can_settle", "Settlement") not in held


def test_a_matrix_that_somebody_else_saved_first_is_not_overwritten(session, actors):
    wished, version = _given(session, "entry", "list.export")
    save(session, actors["admin1"], wished, version)
    other, _ = _given(session, "review", "list.export")
    with pytest.raises(ChangedMeanwhile):
        save(session, actors["admin1"], other, version)


@pytest.mark.parametrize("code", [code for code, right in BY_CODE.items() if right.group in CASE_GROUPS])
def test_whoever_manages_permissions_is_never_given_a_case(session, actors, code):
    wished, version = _given(session, "admin", code)
    with pytest.raises(SeesCases):
        save(session, actors["admin1"], wished, version)


@pytest.mark.parametrize("code", ["roles.edit", "users.edit"])
def test_the_last_keys_of_the_house_cannot_be_taken_away(session, actors, code):
    wished, version = _given(session, "admin", code)
    with pytest.raises(LocksEverybodyOut):
        save(session, actors["admin1"], wished, version)


def test_keys_may_move_to_another_role_that_somebody_active_has(session, actors):
    wished, version = _given(session, "admin", "users.edit")
    wished["audit"] |= {"roles.edit", "users.edit"}
    assert len(save(session, actors["admin1"], wished, version)) == 3


def test_keys_held_only_by_a_disabled_person_do_not_count(session, actors):
    session.scalar(select(User).where(User.username == "auditor1")).active = False
    wished, version = _given(session, "admin", "users.edit")
    wished["audit"] |= {"roles.edit", "users.edit"}
    with pytest.raises(LocksEverybodyOut):
        save(session, actors["admin1"], wished, version)


def test_changes_are_told_in_the_order_of_the_matrix(session):
    now, wished = matrix(session), matrix(session)
    wished["audit"].add("figures.see")
    wished["entry"].remove("sheet.receive")
    assert [(each.right.code, each.is_given) for each in changes(now, wished)] == [
        ("sheet.receive", False), ("figures.see", True)]
