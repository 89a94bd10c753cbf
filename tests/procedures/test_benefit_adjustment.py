"""調整の入力: two people type the slip; what differs or comes from one person alone reaches no receipt."""

from datetime import date, timedelta

import pytest

from exchange.receipt_rows import OFFICE, origin_of
from models.benefit import Benefit
from procedures.benefit_adjustment import NotTheSame, TypedItHerself, forget_slip, open_slip, type_slip
from procedures.refusal import Refused
from tests.life import certified_person
from tests.office import NOW
from tests.receipt_office import place, receipt, table, taken_in

DAY = date(2026, 11, 20)


@pytest.fixture
def row(session, actors, tmp_path):
    taken_in(session, actors["manager1"], place(tmp_path), table([receipt(certified_person(session, actors))]))
    return session.query(Benefit).one()


@pytest.fixture
def types(session, actors, row):
    return lambda who, adjustment="1", day=DAY: type_slip(session, actors[who], row.id, row.recipient_id, adjustment, day, NOW)


def test_what_two_people_typed_stands_on_the_receipt_as_the_offices_own(session, types, row):
    assert not types("manager1").is_agreed and row.adjustment is None
    assert types("reviewer1").is_agreed
    session.refresh(row)
    assert (row.adjustment, row.adjustment_date) == ("1", DAY)
    assert origin_of("adjustment", row.adjustment, row.computed, row.office) == OFFICE
    assert origin_of("points", row.points, row.computed, row.office) == "file"


def test_nobody_types_both(types, row):
    types("manager1")
    with pytest.raises(TypedItHerself):
        types("manager1")
    assert row.adjustment is None


@pytest.mark.parametrize("other", [{"adjustment": "2"}, {"day": DAY + timedelta(days=1)}])
def test_two_that_differ_reach_nothing(session, actors, types, row, other):
    types("manager1")
    with pytest.raises(NotTheSame):
        types("reviewer1", **other)
    assert row.adjustment is None
    forget_slip(session, actors["manager1"], row.id)
    assert open_slip(session, row.id) is None


@pytest.mark.parametrize("wrong", [{"adjustment": "77"}, {"day": NOW.date() + timedelta(days=1)}])
def test_a_code_of_the_list_and_a_day_that_has_come_are_needed(types, wrong):
    with pytest.raises(Refused):
        types("manager1", **wrong)
