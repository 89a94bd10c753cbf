"""償還払: a claim from its two keyings to the decision of the second person."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from models.journal import JournalEntry
from models.reimbursement import CLAIM_STATES, ReimbursementCalculation
from procedures.drafting import DraftersOwn, NothingToSign
from procedures.payee import PayeeUnclear
from procedures.refusal import Refused
from procedures.reimbursement import (
    HOLD,
    PAY,
    REFUSE,
    Draft,
    NoReasonToHold,
    NoSuchClaim,
    OtherResult,
    Stale,
    calculate,
    send_back,
    sign_off,
    withdraw,
)
from procedures.reimbursement_ledger import Totals, totals
from procedures.reimbursement_office import exclude, note_high_cost, note_proxy
from procedures.reimbursement_progress import MOVES, ClaimOutOfOrder
from tests.claims import (
    ELSEWHERE,
    HOSPITAL,
    PHARMACY,
    bill,
    claimed,
    claimer,
    designate,
    drafted,
    granted,
    month,
    receipt,
)
from tests.life import certified_person
from tests.office import ON


@pytest.fixture
def person(session, actors):
    return claimer(session, actors)


@pytest.fixture
def count(session, actors):
    return lambda claim, on=ON: calculate(session, actors["reviewer1"], claim.id, on)


def test_a_claim_is_counted_drafted_and_granted_by_another_person(session, actors, person, count):
    claim = claimed(session, actors, person)
    made = count(claim)
    assert (made.decision, made.refund_yen, claim.state) == ("pay", 20_000, "calculated")
    drafted(session, actors, claim, Draft(PAY))
    sign_off(session, actors["manager1"], claim.id, ON)
    session.refresh(claim)
    assert (claim.state, claim.certification, claim.planned_yen, claim.decision_date, claim.decision_reason) == (
        "granted", "1", 20_000, ON, "01")
    assert claim.holder == "patient" and [each.is_granted for each in claim.bills] == [True]
    acts = list(session.scalars(select(JournalEntry.action).where(
        JournalEntry.subject_kind == "reimbursement_claim").order_by(JournalEntry.id)))
    assert acts == ["registered", "assessed", "drafted", "decided"]


def test_every_line_of_the_calculation_says_what_it_rests_on(session, actors, person, count):
    claim = claimed(session, actors, person, bill(), bill(1, "R8.11.13", facility=PHARMACY, total=20_000, paid=6_000, setting="5"),
                    month(high_cost="0", ledger_yen="4,000"), claimed_yen="36000")
    content = count(claim).content
    (of_month,) = content["months"]
    first, second = of_month["lines"]
    assert (first["share_yen"], first["burden_yen"], first["cap_yen"]) == (20_000, 6_000, 10_000)
    assert (second["burden_yen"], of_month["refund_yen"], of_month["ledger"]["yen"]) == (0, 30_000, 4_000)
    assert "法5条2項" in first["words"] and "法12条" in of_month["reasons"][0] and "対象外" in of_month["high_cost_why"]


@pytest.mark.parametrize(("lines", "decision", "refund", "reason"), [
    ((bill(share="2", paid=20_000),), "pay", 10_000, "01"),
    ((bill(total=50_000, paid=5_000, share="1"),), "refuse", 0, "11"),
    ((bill(total=30_000, paid=9_000),), "pay", 3_000, "01"),  # 3割: the difference of 1割 below the cap
    ((bill(0, "R8.11.9"),), "refuse", 0, "13"), ((bill(0, "R8.11.10"),), "pay", 20_000, "01"),
    ((bill(0, "R8.11.9", treated_to="R8.11.10"),), "refuse", 0, "18"),
    ((bill(facility=ELSEWHERE),), "refuse", 0, "12"),
    ((bill(meal_yen="14700"),), "pay", 20_000, "01"),
    ((bill(), bill(1, "R8.11.14", facility=ELSEWHERE)), "pay", 20_000, "12"),
], ids=["2割", "1割", "3割 below the cap", "day before", "first day", "across", "not designated", "meals", "one outside"])
def test_what_comes_back(session, actors, person, count, lines, decision, refund, reason):
    claim = claimed(session, actors, person, *lines, month(high_cost="0"), claimed_yen="20001")
    made = count(claim)
    assert (made.decision, made.refund_yen, made.reason) == (decision, refund, reason)


def test_never_more_is_paid_than_was_claimed(session, actors, person, count):
    claim = claimed(session, actors, person, claimed_yen="19999")
    made = count(claim)
    assert (made.refund_yen, made.content["total_yen"]) == (19_999, 20_000)


def test_a_part_of_the_claim_is_granted_in_part(session, actors, person):
    claim = granted(session, actors, person, claimed_yen="30000")
    assert (claim.certification, claim.planned_yen) == ("2", 20_000)
    assert totals(session, [claim.id]) == Totals(30_000, 0, 0, 10_000, 20_000)


def test_an_undecided_high_cost_benefit_holds_until_the_office_knows_it(session, actors, person, count):
    claim = claimed(session, actors, person, bill(total=600_000, paid=180_000), month(high_cost="2"), claimed_yen="180000")
    assert count(claim).decision == "hold"
    with pytest.raises(OtherResult):
        drafted(session, actors, claim, Draft(PAY))
    drafted(session, actors, claim, Draft(HOLD, "17"))
    sign_off(session, actors["manager1"], claim.id, ON)
    assert (claim.state, claim.certification, claim.decision_reason, claim.planned_yen, claim.decision_date) == (
        "held", "4", "17", None, None)
    assert totals(session, [claim.id]).held == 180_000
    note_high_cost(session, actors["reviewer1"], claim.id, "2026-11", 99_570, "高額療養費支給決定通知書 令和9年2月1日", ON)
    assert count(claim).refund_yen == 70_430 and (claim.state, claim.certification) == ("calculated", "0")
    drafted(session, actors, claim, Draft(PAY))
    sign_off(session, actors["manager1"], claim.id, ON)
    assert (claim.state, claim.planned_yen) == ("granted", 70_430)


def test_what_an_officer_notes_has_a_source_and_a_place(session, actors, person):
    claim = claimed(session, actors, person)
    for act in (lambda: note_high_cost(session, actors["reviewer1"], claim.id, "2026-11", 0, " ", ON),
                lambda: note_high_cost(session, actors["reviewer1"], claim.id, "2026-10", 0, "通知", ON),
                lambda: note_high_cost(session, actors["reviewer1"], claim.id, "2026-11", -1, "通知", ON),
                lambda: exclude(session, actors["reviewer1"], claim.id, claim.bills[0].id, "11", "証明書"),
                lambda: exclude(session, actors["reviewer1"], claim.id, 0, "14", "証明書")):
        with pytest.raises(Refused):
            act()
    with pytest.raises(NoSuchClaim):
        note_proxy(session, actors["reviewer1"], 0, "委任状")


def test_a_bill_for_another_illness_is_left_out_with_its_evidence(session, actors, person, count):
    claim = claimed(session, actors, person)
    exclude(session, actors["reviewer1"], claim.id, claim.bills[0].id, "14", "臨床調査個人票と病名が違う")
    made = count(claim)
    assert (made.decision, made.reason) == ("refuse", "14")
    drafted(session, actors, claim, Draft(REFUSE))
    sign_off(session, actors["manager1"], claim.id, ON)
    assert (claim.state, claim.certification, claim.decision_reason) == ("refused", "3", "14")
    assert totals(session, [claim.id]).refused == 20_000


@pytest.mark.parametrize(("accepted", "decision"), [("2026-11-24", "pay"), ("2031-11-12", "pay"), ("2031-11-13", "refuse")])
def test_the_five_years_end_with_the_day_of_acceptance(session, actors, person, count, accepted, decision):
    on = date.fromisoformat(accepted)
    claim = claimed(session, actors, person, on=on)
    assert count(claim, on + timedelta(days=400)).decision == decision


def test_whose_account_it_is_must_be_known(session, actors, person, count):
    claim = claimed(session, actors, person, account_holder="𠮷田 太郎", account_holder_kana="ヨシダ タロウ")
    count(claim)
    with pytest.raises(PayeeUnclear, match="委任状"):
        drafted(session, actors, claim, Draft(PAY))
    note_proxy(session, actors["reviewer1"], claim.id, "委任状 令和8年11月20日")
    drafted(session, actors, claim, Draft(PAY))
    assert sign_off(session, actors["manager1"], claim.id, ON).holder == "proxy"


def test_the_guardian_who_applied_may_be_paid(session, actors):
    designate(session, HOSPITAL)
    child = certified_person(session, actors, **{"applicant.applicant_name": "𠮷田 一江", "applicant.applicant_name_kana": "ヨシダ カズエ",
                                                 "applicant.applicant_relationship": "06"})
    claim = granted(session, actors, child, bill(), month(high_cost="0"), account_holder="𠮷田 一江", account_holder_kana="ヨシダカズエ")
    assert claim.holder == "applicant"


def test_a_branch_that_was_closed_since_is_not_paid_to(session, actors, person, count):
    claim = claimed(session, actors, person)
    count(claim)
    session.execute(text("UPDATE bank_branch SET valid_to = :day WHERE bank_number = '0001' AND number = '001'"), {"day": ON - timedelta(days=1)})
    with pytest.raises(PayeeUnclear, match="支店番号"):
        drafted(session, actors, claim, Draft(PAY))


def test_nobody_decides_what_she_drafted(session, actors, person, count):
    claim = claimed(session, actors, person)
    count(claim)
    drafted(session, actors, claim, Draft(PAY))
    with pytest.raises(DraftersOwn):
        sign_off(session, actors["reviewer1"], claim.id, ON)
    with pytest.raises(DraftersOwn):
        send_back(session, actors["reviewer1"], claim.id, "誤り")
    with pytest.raises(IntegrityError, match="drafter_does_not_sign_off"), session.begin_nested():
        session.execute(text("UPDATE payment_decision SET sign_off = '1', signed_by = drafted_by, sign_off_date = now()"))


def test_a_draft_comes_back_with_its_reason_and_is_drafted_anew(session, actors, person, count):
    claim = claimed(session, actors, person)
    count(claim)
    drafted(session, actors, claim, Draft(PAY))
    with pytest.raises(Refused, match="理由"):
        send_back(session, actors["manager1"], claim.id, " ")
    send_back(session, actors["manager1"], claim.id, "証明書の日付を確かめる")
    assert claim.state == "calculated"
    with pytest.raises(NothingToSign):
        sign_off(session, actors["manager1"], claim.id, ON)
    drafted(session, actors, claim, Draft(PAY))
    assert sign_off(session, actors["manager1"], claim.id, ON).state == "granted"


def test_a_hold_says_what_it_waits_for(session, actors, person, count):
    claim = claimed(session, actors, person)
    count(claim)
    for proposal in (Draft(HOLD), Draft(HOLD, "18")):
        with pytest.raises(NoReasonToHold):
            drafted(session, actors, claim, proposal)
    with pytest.raises(OtherResult):
        drafted(session, actors, claim, Draft(REFUSE))
    drafted(session, actors, claim, Draft(HOLD, "18", "証明書に医療機関の印がない"))
    assert sign_off(session, actors["manager1"], claim.id, ON).state == "held"


def test_what_changed_after_the_draft_is_not_signed(session, actors, person, count):
    claim = claimed(session, actors, person)
    count(claim)
    drafted(session, actors, claim, Draft(PAY))
    receipt(session, person, 7_000, PHARMACY, setting="5")
    with pytest.raises(Stale):
        sign_off(session, actors["manager1"], claim.id, ON)


def test_once_drafted_the_lines_stand(session, actors, person, count):
    claim = claimed(session, actors, person)
    count(claim)
    drafted(session, actors, claim, Draft(PAY))
    with pytest.raises(ClaimOutOfOrder):
        exclude(session, actors["reviewer1"], claim.id, claim.bills[0].id, "14", "違う病名")
    with pytest.raises(IntegrityError, match="lines of a claim stand"), session.begin_nested():
        session.execute(text("UPDATE reimbursement_bill SET paid_yen = 1"))


def test_a_withdrawn_claim_is_in_no_sum(session, actors, person, count):
    claim = claimed(session, actors, person)
    with pytest.raises(Refused, match="理由"):
        withdraw(session, actors["reviewer1"], claim.id, "")
    withdraw(session, actors["reviewer1"], claim.id, "二重に提出したとの申し出")
    assert totals(session, [claim.id]) == Totals()
    with pytest.raises(ClaimOutOfOrder):
        count(claim)


@pytest.mark.parametrize("statement", [
    "UPDATE reimbursement_claim SET state = 'refused'", "UPDATE reimbursement_claim SET planned_yen = 5",
    "UPDATE reimbursement_claim SET claimed_yen = 5", "DELETE FROM reimbursement_claim", "DELETE FROM reimbursement_bill",
    "UPDATE reimbursement_calculation SET refund_yen = 5", "UPDATE payment_decision SET amount_yen = 5",
    "UPDATE reimbursement_claim SET certification = '3'", "UPDATE reimbursement_claim SET state = 'calculated'",
    "UPDATE reimbursement_bill SET is_granted = false, paid_yen = 1",
])
def test_a_decided_claim_stands_whoever_writes(session, actors, person, statement):
    granted(session, actors, person)
    session.execute(text("SAVEPOINT here"))
    with pytest.raises(IntegrityError):
        session.execute(text(statement))
    session.execute(text("ROLLBACK TO here"))


def test_a_result_needs_the_signature_over_that_very_amount(session, actors, person, count):
    claim = claimed(session, actors, person)
    count(claim)
    drafted(session, actors, claim, Draft(PAY))
    for state, amount in (("granted", 20_000), ("refused", "NULL"), ("held", "NULL")):
        with pytest.raises(IntegrityError, match="what was signed"), session.begin_nested():
            session.execute(text(f"UPDATE reimbursement_claim SET state = '{state}', planned_yen = {amount}"))
    assert session.query(ReimbursementCalculation).count() == 1


def test_the_database_knows_the_same_steps_as_the_office(session):
    known = {state: tuple(session.execute(text("SELECT jsonb_array_elements_text(claim_moves(:state))"), {"state": state}).scalars())
             for state in CLAIM_STATES}
    assert {state: moves for state, moves in known.items() if moves} == MOVES


def test_a_claim_begins_undecided_whoever_writes(session, actors, person):
    claim = claimed(session, actors, person)
    columns = "sheet_id, application_date, claim_reason, acceptance_date, claimed_yen, bank, bank_branch, account_kind, account_number, account_holder, written_recipient_number, recipient_id"
    with pytest.raises(IntegrityError, match="begins undecided"), session.begin_nested():
        session.execute(text(f"INSERT INTO reimbursement_claim (state, acceptance_number, {columns}) "
                             f"SELECT 'granted', 'X', {columns} FROM reimbursement_claim WHERE id = {claim.id}"))
