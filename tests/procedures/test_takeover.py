"""引き取り: the work goes on without the absent clerk, and what she typed is hers when she comes back."""

import pytest

from models.sheet import Keying, ParkedKeying
from procedures.keying import claim, save_draft
from procedures.takeover import NotHeld, held, release
from procedures.vault import LOCKED, Vault
from tests.office import NOW, keyed, received
from tests.procedures.test_number_registration import FIELD, NUMBER, VAULT, clerks  # noqa: F401  # a fixture

DRAFT = {"patient.patient_name": "𠮷田", "patient.patient_sex": "2"}


def half_keyed(session, actors):
    sheet = received(session, actors)
    keying = claim(session, actors["clerk1"], sheet.id, NOW)
    save_draft(session, actors["clerk1"], keying.id, DRAFT, ["patient.patient_phone"], NOW)
    return sheet, keying


def test_the_manager_sees_who_has_which_sheet_and_nothing_of_it(session, actors):
    sheet, keying = half_keyed(session, actors)
    row = next(each for each in held(session) if each.keying_id == keying.id)
    assert (row.acceptance_number, row.clerk, row.turn) == (sheet.acceptance_number, "入力 一郎", 1)


def test_another_clerk_begins_anew_and_the_first_gets_her_draft_back_for_the_second_turn(session, actors):
    sheet, keying = half_keyed(session, actors)
    release(session, actors["manager1"], keying.id, LOCKED)
    other, result = keyed(session, actors["clerk2"], sheet)
    assert (other.turn, result.faults, sheet.state) == (1, {}, "waiting_second")
    again = claim(session, actors["clerk1"], sheet.id, NOW)
    assert (again.turn, again.raw, again.unreadable) == (2, DRAFT, ["patient.patient_phone"])
    assert session.query(ParkedKeying).filter_by(sheet_id=sheet.id).count() == 0


def test_a_submitted_keying_is_nobodys_to_take(session, actors):
    keying, _ = keyed(session, actors["clerk1"], received(session, actors))
    with pytest.raises(NotHeld):
        release(session, actors["manager1"], keying.id, LOCKED)


def test_a_number_typed_so_far_does_not_become_the_next_clerks(session, clerks, actors):  # noqa: F811  # the fixture of that name
    vault: Vault = VAULT
    sheet = received(session, clerks, "number_report")
    keying = claim(session, clerks["clerk1"], sheet.id, NOW, vault)
    save_draft(session, clerks["clerk1"], keying.id, {FIELD: NUMBER}, None, NOW, vault)
    release(session, actors["manager1"], keying.id, vault)
    claim(session, clerks["clerk2"], sheet.id, NOW, vault)
    assert vault.typed(session, sheet.id, 1) == {}
    release(session, actors["manager1"], session.query(Keying).filter_by(sheet_id=sheet.id).one().id, vault)
    claim(session, clerks["clerk1"], sheet.id, NOW, vault)
    assert vault.typed(session, sheet.id, 1) == {FIELD: NUMBER}
