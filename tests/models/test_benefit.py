"""給付の表: cut by recipient into parts, nobody's receipts are stored, and what two people did not type does not stand."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.benefit import PARTITIONS, Benefit
from tests.life import certified_person

RECEIPT = {"billing_month": "2026-12", "treatment_month": "2026-11", "setting": "2", "total_yen": 10_000, "facility_number": "1111012348"}


def test_benefits_are_cut_by_recipient_and_the_key_holds_what_they_are_cut_by(session):
    parts = session.execute(text("""
        SELECT pg_get_partkeydef('benefit'::regclass) AS key, count(*) AS parts FROM pg_inherits
        WHERE inhparent = 'benefit'::regclass""")).one()
    key = session.scalar(text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'pk_benefit'"))
    assert (parts.key, parts.parts, key) == ("HASH (recipient_id)", PARTITIONS, "PRIMARY KEY (id, recipient_id)")


@pytest.mark.parametrize("owner", [None, 999_999])
def test_a_receipt_of_nobody_is_not_stored(session, owner):
    with pytest.raises(DBAPIError):
        session.execute(text("INSERT INTO benefit (recipient_id, billing_month, treatment_month, setting, total_yen, facility_number)"
                             " VALUES (:owner, '2026-12', '2026-11', '2', 1, '1')"), {"owner": owner})


def test_an_adjustment_reaches_a_receipt_only_when_two_people_typed_it(session, actors):
    person = certified_person(session, actors)
    row = Benefit(recipient_id=person.id, **RECEIPT)
    session.add(row)
    session.flush()
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text("UPDATE benefit SET adjustment = '1', adjustment_date = '2026-11-24' WHERE id = :id"), {"id": row.id})


def test_a_receipt_does_not_go_without_its_file(session, actors):
    person = certified_person(session, actors)
    session.add(Benefit(recipient_id=person.id, **RECEIPT))
    session.flush()
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text("DELETE FROM benefit WHERE recipient_id = :id"), {"id": person.id})
