"""請求書の登録: what two clerks agreed on stands as a claim with its bills, or is refused whole."""

from datetime import date

import pytest
from sqlalchemy import text

from models.reimbursement import ReimbursementClaim
from procedures.claim_registration import BillsDisagree, NoAccount, NoBill, account_of
from procedures.comparison import settle
from procedures.keying import claim, submit
from procedures.reception import Arrival, receive
from tests.claims import CLAIM, HOSPITAL, POSTAL, bill, claimed, designate, keyed_claim, month
from tests.life import certified_person
from tests.office import NOW, ON


@pytest.fixture
def person(session, actors):
    designate(session, HOSPITAL)
    return certified_person(session, actors)


def test_bills_and_months_stand_in_the_order_of_the_paper(session, actors, person):
    made = claimed(session, actors, person, bill(0, "R8.11.12"), bill(2, "R8.10.3", treated_to="R8.10.30", meal_yen="460"),
                   month(0, "2026-11", ledger_yen="1,000"), month(1, "2026-10", high_cost="1", high_cost_yen="5000"))
    assert [(each.position, each.treated_on, each.treated_to, each.meal_yen) for each in made.bills] == [
        (0, date(2026, 11, 12), None, None), (2, date(2026, 10, 3), date(2026, 10, 30), 460)]
    assert {(each.treatment_month, each.high_cost_yen, each.ledger_yen) for each in made.months} == {
        ("2026-10", 5_000, None), ("2026-11", None, 1_000)}
    assert made.recipient_id == person.id and made.attachments == ["17", "19"] and made.state == "registered"


def test_a_postal_account_is_kept_as_written_and_as_it_converts(session, actors, person):
    made = claimed(session, actors, person, POSTAL, bill())
    assert (made.bank, made.bank_branch, made.account_kind, made.account_number) == ("9900", "018", "1", "1234567")
    assert (made.postal_symbol, made.postal_number) == ("10180", "12345671")


@pytest.mark.parametrize(("name", "typed"), [("bank", "9999"), ("bank_branch", "998"), ("written_recipient_number", "0000000")])
def test_a_number_that_leads_nowhere_is_named_while_the_paper_is_at_hand(session, actors, person, name, typed):
    _, result = keyed_claim(session, actors, person, **{name: typed})
    assert list(result.faults) == [f"reimbursement_claim.{name}"] and "台帳にありません" in result.faults[f"reimbursement_claim.{name}"]


def test_a_bank_that_was_closed_the_day_before_is_unknown(session, actors, person):
    session.execute(text("UPDATE bank SET valid_to = '2026-11-23' WHERE number = '0001'"))
    assert "reimbursement_claim.bank" in keyed_claim(session, actors, person)[1].faults


def settled(session, actors, person, first, second, choice):
    """Two clerks read differently; a third chooses one clerk's answer for every difference."""
    sheet = receive(session, actors["clerk1"], Arrival("reimbursement", ON, "07"))
    for name, lines in (("clerk1", first), ("clerk2", second)):
        keying = claim(session, actors[name], sheet.id, NOW)
        raw = CLAIM | {"reimbursement_claim.written_recipient_number": str(person.recipient_number)} | lines
        assert submit(session, actors[name], keying.id, raw, (), f"s-{keying.id}", NOW, ON).faults == {}
    decisions = {each.field: ("typed", choice(each.field, first, second)) for each in sheet.differences}
    return settle(session, actors["clerk3"], sheet.id, decisions, NOW, ON)


def test_a_settlement_that_leaves_no_account_is_refused_whole(session, actors, person):
    with pytest.raises(NoAccount):
        settled(session, actors, person, bill(), bill() | POSTAL, lambda *_: "")
    assert session.query(ReimbursementClaim).count() == 0


@pytest.mark.parametrize(("second", "choose", "problem"), [
    (bill(day="R8.11.13"), {"treated_on": ""}, BillsDisagree), (bill(total=90_000), {"total_yen": "10"}, BillsDisagree),
    (bill(facility="1111013452"), {"facility_number": ""}, BillsDisagree), (bill() | bill(1, "R8.11.20"), {"treated_on": "R8.11.20"}, BillsDisagree),
])
def test_answers_that_contradict_each_other_are_refused_whole(session, actors, person, second, choose, problem):
    with pytest.raises(problem):
        settled(session, actors, person, bill(), second, lambda field, *_: choose.get(field.rpartition(".")[2], ""))
    assert session.query(ReimbursementClaim).count() == 0


def test_a_claim_without_a_bill_is_refused(session, actors, person):
    other = bill(0, "R8.11.13", total=90_000, paid=18_000, share="2", facility="1111013452", setting="1")
    with pytest.raises(NoBill):
        settled(session, actors, person, bill(), other, lambda *_: "")


def test_half_a_postal_account_is_none():
    with pytest.raises(NoAccount):
        account_of({"postal_symbol": "10180", "bank_branch": "018"})
