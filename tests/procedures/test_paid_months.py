"""償還済みの月 (W12): a receipt of a month that was paid back is told; one that was only asked for, or left out, is not."""

import pytest

from models.receipt import ReceiptFinding, ReceiptSet
from procedures.paid_months import paid_months
from procedures.receipt_undo import SomethingDepends, undo
from procedures.reimbursement import PAY, Draft, calculate, draft, sign_off
from procedures.reimbursement_office import exclude
from tests.claims import bill, claimed, claimer, granted, month
from tests.office import NOW, ON
from tests.receipt_office import place, receipt, table, taken_in


@pytest.fixture
def at(tmp_path):
    return place(tmp_path)


def told(session, person) -> list[tuple[str, str]]:
    return [(row.code, row.treatment_month) for row in session.query(ReceiptFinding).filter_by(recipient_id=person.id, code="W12")]


def test_a_receipt_of_a_month_that_was_granted_may_be_paid_twice_and_is_told(session, actors, at):
    person = claimer(session, actors)
    granted(session, actors, person)
    taken_in(session, actors["manager1"], at, table([receipt(person), receipt(person, treatment_month="2026-12")]))
    assert told(session, person) == [("W12", "2026-11")]


def test_what_is_only_counted_or_drafted_has_paid_nothing_yet(session, actors, at):
    person = claimer(session, actors)
    claim = claimed(session, actors, person)
    calculate(session, actors["reviewer1"], claim.id, ON)
    draft(session, actors["reviewer1"], claim.id, Draft(PAY), ON)
    taken_in(session, actors["manager1"], at, table([receipt(person)]))
    assert told(session, person) == [] and paid_months(session).filter(recipient_id=person.id).is_empty()


def test_a_bill_that_was_left_out_of_a_grant_is_not_paid(session, actors, at):
    person = claimer(session, actors)
    claim = claimed(session, actors, person, bill(), bill(1, "R8.12.3"), month(high_cost="0"),
                    month(1, "2026-12", high_cost="0"), claimed_yen="60,000", application_date="R8.12.20", on=ON.replace(month=12, day=20))
    left_out = next(each for each in claim.bills if each.treated_on.month == 12)
    exclude(session, actors["reviewer1"], claim.id, left_out.id, "14", "病名が違う")
    calculate(session, actors["reviewer1"], claim.id, ON)
    draft(session, actors["reviewer1"], claim.id, Draft(PAY), ON)
    sign_off(session, actors["manager1"], claim.id, ON)
    assert paid_months(session).filter(recipient_id=person.id)["treatment_month"].to_list() == ["2026-11"]


def test_a_file_of_a_month_that_was_paid_back_is_not_undone(session, actors, at):
    person = claimer(session, actors)
    taken_in(session, actors["manager1"], at, table([receipt(person, facility_number="1111013452")]))
    granted(session, actors, person)
    with pytest.raises(SomethingDepends):
        undo(session, actors["manager1"], session.query(ReceiptSet).one().id, "誤り", NOW)
