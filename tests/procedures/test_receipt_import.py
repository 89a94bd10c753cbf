"""レセプトの取込: refused whole or stored with what it raised; twice changes nothing; what is blocked waits with its bytes."""

import pytest
from sqlalchemy import text

from models.benefit import Benefit, BenefitMonth
from models.receipt import HeldReceipt, ReceiptFinding, ReceiptSet
from models.recipient import Recipient
from procedures import holders
from rules.numbers import with_check_digit
from tests.life import certified_person
from tests.receipt_office import place, receipt, table, taken_in


@pytest.fixture
def at(tmp_path):
    return place(tmp_path)


@pytest.fixture
def person(session, actors) -> Recipient:
    return certified_person(session, actors)


@pytest.fixture
def take(session, actors, at):
    return lambda rows, **totals: taken_in(session, actors["manager1"], at, table(rows, **totals))


def counts(report) -> tuple[int, int, int, int, int]:
    return report.read, report.accepted, report.rejected, report.held, report.already


def codes(session) -> list[str]:
    return sorted(session.scalars(text("SELECT code FROM receipt_finding")))


def test_a_clean_receipt_is_stored_with_its_22_items_its_place_and_its_month(session, person, take):
    assert counts(take([receipt(person)])) == (1, 1, 0, 0, 0)
    row = session.query(Benefit).one()
    assert (row.recipient_id, row.billing_month, row.treatment_month, row.points, row.total_yen) == (
        person.id, "2026-12", "2026-11", 1000, 10_000)
    assert (row.insurer_yen, row.copay_yen, row.public_yen, row.tenths, row.computed) == (7000, 2000, 1000, 3, 0)
    assert row.line == 2 and row.first_byte and row.byte_count and row.entered_date is not None
    month = session.query(BenefitMonth).one()
    assert (month.receipts, month.total_yen, month.copay_yen, month.due_yen, month.cap_yen, month.excess_yen) == (
        1, 10_000, 2000, 2000, 10_000, 0)
    assert codes(session) == []


def test_the_bytes_of_a_stored_row_come_out_of_the_kept_file(session, person, take, at):
    rows = [receipt(person), receipt(person, points=1200)]
    take(rows)
    kept = session.query(ReceiptSet).one()
    line = table(rows).split(b"\r\n")[2]
    row = session.query(Benefit).filter_by(points=1200).one()
    assert at.vault.cut(kept.sha256, row.first_byte, row.byte_count).rstrip(b"\r\n") == line


def test_the_same_file_again_changes_nothing(session, person, take):
    take([receipt(person)])
    assert counts(take([receipt(person)])) == (1, 0, 0, 0, 1)
    assert session.query(Benefit).count() == session.query(ReceiptSet).count() == 1


def test_a_file_whose_totals_are_wrong_leaves_nothing(session, person, take):
    report = take([receipt(person)], yen=1)
    assert counts(report) == (0, 0, 0, 0, 0) and report.errors[0].line == 0 and report.errors[0].code == "totals"
    assert session.query(Benefit).count() == session.query(ReceiptSet).count() == session.query(BenefitMonth).count() == 0


@pytest.mark.parametrize(("other", "code"), [
    ({"payer_number": with_check_digit("5413601")}, "E1"), ({"recipient_number": with_check_digit("999999")}, "E2"), ({"treatment_month": "2026-10"}, "E3")])
def test_what_belongs_to_nobody_is_held_with_its_bytes_and_stored_nowhere(session, person, take, other, code):
    report = take([receipt(person, **other), receipt(person)])
    assert counts(report) == (2, 1, 0, 1, 0) and report.errors[0].line == 2 and report.errors[0].code == code
    held = session.query(HeldReceipt).one()
    assert held.codes == [code] and held.line == 2 and held.content["points"] == 1000 and b"1000" in held.raw
    assert session.query(Benefit).count() == 1


def test_a_faulty_row_is_rejected_by_line_and_item_and_stops_nobody_else(session, person, take):
    report = take([receipt(person, recipient_number="12345"), receipt(person)])
    assert counts(report) == (2, 1, 1, 0, 0)
    assert (report.errors[0].line, report.errors[0].item) == (2, "recipient_number")
    assert "12345" not in report.errors[0].message


@pytest.mark.parametrize(("other", "code"), [
    ({"sex": "1"}, "W4"), ({"public_yen": 999}, "W8"), ({"total_yen": 10_001, "public_yen": 1001}, "W9"),
    ({"treatment_month": "2026-11", "billing_month": "2026-10"}, "W15")])
def test_what_looks_wrong_is_stored_and_waits_on_the_list(session, person, take, other, code):
    assert counts(take([receipt(person, **other)])) == (1, 1, 0, 0, 0)
    assert code in codes(session)
    found = session.query(ReceiptFinding).filter_by(code=code).one()
    assert found.benefit_id == session.query(Benefit).one().id and found.state == "open"


def test_the_same_receipt_twice_in_a_file_or_in_a_later_one_is_told_once_each(session, person, take):
    take([receipt(person), receipt(person)])
    assert codes(session) == ["W6"]
    take([receipt(person), receipt(person, points=500)])
    assert codes(session) == ["W6", "W6"]
    told = session.query(ReceiptFinding).order_by(ReceiptFinding.id).all()
    assert [session.query(Benefit).filter_by(id=each.benefit_id).one().line for each in told] == [3, 2]


def test_a_claim_after_re_examination_is_no_repeat(session, person, take):
    take([receipt(person), receipt(person, reexamination="3")])
    assert "W6" not in codes(session)


@pytest.mark.parametrize(("paid", "told"), [(10_000, []), (10_001, ["W7"])])
def test_the_month_is_judged_across_institutions_to_the_yen(session, person, take, paid, told):
    take([receipt(person, points=3000, copay_yen=6000, public_yen=3000)])
    take([receipt(person, points=3000, facility_number="1111012355", copay_yen=paid - 6000, public_yen=9000 - (paid - 6000))])
    assert codes(session) == told
    assert session.query(BenefitMonth).one().excess_yen == paid - 10_000


def test_a_month_that_is_right_again_is_cleared_by_itself(session, person, take):
    take([receipt(person, points=3000, copay_yen=100, public_yen=8900)])
    assert [(each.code, each.state) for each in session.query(ReceiptFinding)] == [("W7", "open")]
    take([receipt(person, points=2000, facility_number="1111012355", insurer_yen=10_100, copay_yen=9900, public_yen=0)])
    session.expire_all()
    assert ("W7", "cleared") in [(each.code, each.state) for each in session.query(ReceiptFinding)]


def test_without_a_list_of_institutions_nobody_is_told_that_one_is_not_on_it(session, person, take):
    session.execute(text("DELETE FROM facility"))
    take([receipt(person, facility_number="1111099999")])
    assert codes(session) == []


def test_the_cap_beside_a_receipt_is_that_of_the_certified_case(session, person):
    found = holders.holders(session, [person.id])
    assert found.select("cap_yen", "tier", "insurance_kind").row(0) == (10_000, "C1", found["insurance_kind"][0])
