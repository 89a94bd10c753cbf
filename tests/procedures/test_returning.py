"""返戻: a paper that cannot go on goes back with a reason and comes again as a new sheet."""

import pytest

from models.sheet import Keying
from procedures.keying import NotWaiting, claim, save_draft
from procedures.returning import NoReason, NotHers, NotReturned, receive_again, returned, send_back
from tests.office import NEW_APPLICATION, NOW, ON, keyed, received

MISREAD = {**NEW_APPLICATION, "patient.patient_sex": "1"}


def settling(session, actors):
    sheet = received(session, actors)
    keyed(session, actors["clerk1"], sheet)
    keyed(session, actors["clerk2"], sheet, MISREAD)
    return sheet


def test_who_is_keying_sends_back_a_paper_with_a_page_missing(session, actors):
    sheet = received(session, actors)
    keying = claim(session, actors["clerk1"], sheet.id, NOW)
    save_draft(session, actors["clerk1"], keying.id, {"patient.patient_name": "𠮷田"}, None, NOW)
    send_back(session, actors["clerk1"], sheet.id, "2枚目がない")
    assert [(row.acceptance_number, row.returned_reason) for row in returned(session)
            if row.id == sheet.id] == [(sheet.acceptance_number, "2枚目がない")]
    assert session.get(Keying, keying.id).raw == {"patient.patient_name": "𠮷田"}
    with pytest.raises(NotWaiting):
        claim(session, actors["clerk2"], sheet.id, NOW)


def test_who_settles_sends_back_what_the_paper_does_not_decide(session, actors):
    sheet = settling(session, actors)
    with pytest.raises(NotHers):
        send_back(session, actors["clerk1"], sheet.id, "読めない")
    send_back(session, actors["clerk3"], sheet.id, "読めない")
    assert sheet.state == "returned"


def test_the_counter_must_be_told_why(session, actors):
    sheet = settling(session, actors)
    with pytest.raises(NoReason):
        send_back(session, actors["clerk3"], sheet.id, "　")
    assert sheet.state == "settling"


def test_nobody_sends_back_what_another_is_keying_or_what_is_registered(session, actors):
    sheet = received(session, actors)
    claim(session, actors["clerk1"], sheet.id, NOW)
    with pytest.raises(NotHers):
        send_back(session, actors["clerk2"], sheet.id, "読めない")
    done = received(session, actors)
    for name in ("clerk1", "clerk2"):
        keyed(session, actors[name], done)
    with pytest.raises(NotHers):
        send_back(session, actors["clerk3"], done.id, "読めない")


def test_the_corrected_paper_is_a_new_sheet_that_two_clerks_key_from_the_beginning(session, actors):
    old = settling(session, actors)
    send_back(session, actors["clerk3"], old.id, "性別の欄が二つとも囲まれている")
    new = receive_again(session, actors["clerk1"], old.id, "new_application", ON)
    assert (new.replaces_id, new.state, new.counter, old.state) == (old.id, "waiting_first", old.counter, "withdrawn")
    assert new.acceptance_number != old.acceptance_number
    assert keyed(session, actors["clerk1"], new)[1].faults == {}
    with pytest.raises(NotReturned):
        receive_again(session, actors["clerk1"], old.id, "new_application", ON)
