"""月ごとの累積: whatever came, went, was adjusted or certified anew, a full recomputation finds nothing to change."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from models.benefit import Benefit, BenefitMonth
from models.receipt import ReceiptFinding, ReceiptSet
from procedures.accumulation import recompute
from procedures.benefit_adjustment import type_slip
from procedures.receipt_undo import undo
from procedures.refusal import Refused
from tests.life import certified_person, change, loss, signed, taxed
from tests.office import NOW
from tests.receipt_office import place, receipt, table, taken_in

MONTHS = ("2026-11", "2026-12", "2027-01")
RECEIPT = st.tuples(st.integers(0, 1), st.sampled_from(MONTHS), st.integers(100, 4000), st.integers(0, 20_000),
                    st.sampled_from([1, 2, 3, None]), st.sampled_from([None, 460]))
STEP = st.one_of(st.tuples(st.just("file"), st.lists(RECEIPT, min_size=1, max_size=4)),
                 st.tuples(st.just("undo"), st.integers(0, 5)), st.tuples(st.just("adjust"), st.integers(0, 5)))


@pytest.fixture
def at(tmp_path):
    return place(tmp_path)


def is_equal(session) -> bool:
    session.flush()
    return recompute(session) == 0


def rows_of(people, drawn, serial):
    for number, (who, month, points, copay, tenths, meal) in enumerate(drawn):
        total = points * 10 + (meal or 0)
        yield receipt(people[who], treatment_month=month, billing_month="2027-02", points=points, total_yen=total, meal_yen=meal,
                      tenths=tenths, copay_yen=copay, insurer_yen=points * 7, public_yen=0, days=number + 1, times=serial)


@pytest.fixture
def people(session, actors):
    return [certified_person(session, actors), certified_person(session, actors, **{"patient.patient_birth_date": "S52.2.2"})]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEP, min_size=1, max_size=6))
def test_a_full_recomputation_equals_what_any_sequence_of_files_undos_and_adjustments_left(session, actors, at, people, steps):
    with session.begin_nested() as inside:
        for serial, (what, drawn) in enumerate(steps):
            if what == "file":
                taken_in(session, actors["manager1"], at, table(rows_of(people, drawn, serial)), f"{serial}.csv")
            elif what == "undo":
                sets = session.query(ReceiptSet).filter(ReceiptSet.undone_at.is_(None)).all()
                _try(lambda sets=sets, n=drawn: undo(session, actors["manager1"], sets[n % len(sets)].id, "誤り", NOW), sets)
            else:
                rows = session.query(Benefit).order_by(Benefit.id).all()
                _try(lambda rows=rows, n=drawn: _adjust(session, actors, rows[n % len(rows)]), rows)
            session.expire_all()
        assert is_equal(session)
        inside.rollback()


def _try(act, things):
    if things:
        with suppress(Refused):
            act()


def _adjust(session, actors, row):
    for who in ("manager1", "reviewer1"):
        type_slip(session, actors[who], row.id, row.recipient_id, "1", date(2026, 11, 20), NOW)


def test_a_recomputation_repairs_what_was_wrong_and_says_how_much(session, actors, at):
    person = certified_person(session, actors)
    taken_in(session, actors["manager1"], at, table([receipt(person)]))
    session.execute(text("UPDATE benefit_month SET copay_yen = 1"))
    assert recompute(session) == 1
    session.expire_all()
    assert session.query(BenefitMonth).one().copay_yen == 2000 and recompute(session) == 0


def test_an_import_touches_only_its_own_people_and_months(session, actors, at, people):
    one, other = people
    taken_in(session, actors["manager1"], at, table([receipt(one), receipt(other, treatment_month="2026-12")]))
    before = session.execute(text("SELECT recipient_id, xmin::text FROM benefit_month")).all()
    taken_in(session, actors["manager1"], at, table([receipt(one, points=400)]))
    after = session.execute(text("SELECT recipient_id, xmin::text, receipts FROM benefit_month")).all()
    assert {row.receipts for row in after if row.recipient_id == one.id} == {2}
    assert [row.xmin for row in before if row.recipient_id == other.id] == [row.xmin for row in after if row.recipient_id == other.id]


def test_a_changed_cap_stands_beside_the_months_it_holds_for(session, actors, at):
    person = certified_person(session, actors)
    taken_in(session, actors["manager1"], at, table([receipt(person), receipt(person, treatment_month="2026-12")]))
    application = change(session, actors, person, "01")
    taxed(session, actors, application, levy=400_000)
    signed(session, actors, application)
    caps = dict(session.execute(text("SELECT treatment_month, cap_yen FROM benefit_month")).tuples().all())
    assert caps == {"2026-11": 10_000, "2026-12": 30_000} and is_equal(session)


def test_after_a_loss_later_months_have_no_cap(session, actors, at):
    person = certified_person(session, actors)
    taken_in(session, actors["manager1"], at, table([receipt(person), receipt(person, treatment_month="2026-12")]))
    loss(session, actors, person, "20261120")
    caps = dict(session.execute(text("SELECT treatment_month, cap_yen FROM benefit_month")).tuples().all())
    assert caps == {"2026-11": 10_000, "2026-12": None} and is_equal(session)


def test_a_receipt_taken_back_by_two_people_no_longer_counts(session, actors, at):
    person = certified_person(session, actors)
    taken_in(session, actors["manager1"], at, table([receipt(person), receipt(person, points=5000, copay_yen=10_000, public_yen=5000)]))
    assert [each.code for each in session.query(ReceiptFinding).filter_by(state="open")] == ["W7"]
    _adjust(session, actors, session.query(Benefit).filter_by(points=1000).one())
    session.expire_all()
    month = session.query(BenefitMonth).one()
    assert (month.receipts, month.copay_yen) == (1, 10_000) and is_equal(session)
    assert session.query(ReceiptFinding).filter_by(state="open").count() == 0
