"""取込の取消: a file goes as if it had never come and may come again, until something depends on one of its receipts."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.benefit import Benefit, BenefitMonth
from models.receipt import HeldReceipt, ReceiptFinding, ReceiptSet
from procedures.benefit_adjustment import type_slip
from procedures.receipt_findings import ask_payer
from procedures.receipt_lists import take_out
from procedures.receipt_undo import SomethingDepends, undo
from procedures.refusal import Refused
from rules.numbers import with_check_digit
from tests.life import certified_person
from tests.office import NOW
from tests.receipt_office import place, receipt, table, taken_in


@pytest.fixture
def at(tmp_path):
    return place(tmp_path)


@pytest.fixture
def person(session, actors):
    return certified_person(session, actors)


def the_set(session) -> int:
    return session.query(ReceiptSet).filter(ReceiptSet.undone_at.is_(None)).order_by(ReceiptSet.id.desc()).first().id


def test_an_undone_file_leaves_only_what_was_there_before_and_may_come_again(session, actors, person, at):
    manager = actors["manager1"]
    taken_in(session, manager, at, table([receipt(person)]), "first.csv")
    raw = table([receipt(person, points=3000, copay_yen=9000, public_yen=0),
                 receipt(person, recipient_number=with_check_digit("999999"))])
    taken_in(session, manager, at, raw, "second.csv")
    assert session.query(ReceiptFinding).count() > 0 and session.query(HeldReceipt).count() == 1
    assert undo(session, manager, the_set(session), "二重に届いた", NOW) == 1
    session.expire_all()
    month = session.query(BenefitMonth).one()
    assert (month.receipts, month.copay_yen, session.query(Benefit).count()) == (1, 2000, 1)
    assert session.query(HeldReceipt).count() == 0 and session.query(ReceiptFinding).filter_by(state="open").count() == 0
    assert taken_in(session, manager, at, raw, "second.csv").accepted == 1


def test_a_reason_is_needed_and_twice_is_not_possible(session, actors, person, at):
    taken_in(session, actors["manager1"], at, table([receipt(person)]))
    number = the_set(session)
    with pytest.raises(Refused):
        undo(session, actors["manager1"], number, " ", NOW)
    undo(session, actors["manager1"], number, "誤り", NOW)
    with pytest.raises(Refused):
        undo(session, actors["manager1"], number, "誤り", NOW)


def test_an_adjusted_receipt_keeps_its_file(session, actors, person, at):
    taken_in(session, actors["manager1"], at, table([receipt(person)]))
    row = session.query(Benefit).one()
    for who in ("manager1", "reviewer1"):
        type_slip(session, actors[who], row.id, row.recipient_id, "1", date(2026, 11, 20), NOW)
    with pytest.raises(SomethingDepends):
        undo(session, actors["manager1"], the_set(session), "誤り", NOW)
    session.execute(text("UPDATE receipt_set SET undone_at = now(), undo_reason = 'x'"))
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text("DELETE FROM benefit WHERE id = :id"), {"id": row.id})


def test_a_receipt_on_a_list_that_went_out_keeps_its_file(session, actors, person, at):
    manager, on = actors["manager1"], NOW.date()
    taken_in(session, manager, at, table([receipt(person, sex="1")]))
    row = session.query(Benefit).one()
    from_check = session.query(ReceiptFinding).filter_by(code="W4").one()
    from_check.state, from_check.note, from_check.decided_by, from_check.decided_at = "return", "別人", manager.user_id, NOW
    session.flush()
    take_out(session, manager, "return", on, on, "csv", on)
    with pytest.raises(SomethingDepends):
        undo(session, manager, the_set(session), "誤り", NOW)
    ask_payer(session, manager, row.id, row.recipient_id, "adjust", "重複", NOW)


def test_a_month_that_was_paid_out_keeps_its_file(session, actors, person, at):
    taken_in(session, actors["manager1"], at, table([receipt(person)]))
    # 償還払 of this month: of a granted bill only these columns are read; the table itself comes back when the test ends.
    session.execute(text("DROP TABLE IF EXISTS reimbursement_bill CASCADE"))
    session.execute(text("CREATE TABLE reimbursement_bill (recipient_id bigint, treated_on date, is_granted boolean)"))
    session.execute(text("INSERT INTO reimbursement_bill (recipient_id, treated_on, is_granted) VALUES (:id, '2026-11-12', true)"),
                    {"id": person.id})
    with pytest.raises(SomethingDepends):
        undo(session, actors["manager1"], the_set(session), "誤り", NOW)
    session.execute(text("UPDATE receipt_set SET undone_at = now(), undo_reason = 'x'"))
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text("DELETE FROM benefit"))
