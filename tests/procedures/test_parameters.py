"""規則の数字の管理: a row holds from its day on, has its source, and is never changed."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from procedures.parameters import BadRow, load_parameters, newest_row, publish, read_typed
from rules.parameters import add, figures
from tests.office import ON

LOWER = "2026-12-01: {low_1_income_max: 809000, general_1_below: 70950, general_2_below: 251000}"


@pytest.fixture(autouse=True)
def forget():
    yield
    add({})


def test_a_published_row_holds_from_its_day_and_is_never_changed(session, actors):
    rows = read_typed("tier", LOWER)
    publish(session, actors["admin1"], "tier", rows, "政令第1号", ON)
    load_parameters(session, newest_row(session))
    assert figures("tier", date(2026, 11, 30))["general_1_below"] == 71_000
    assert figures("tier", date(2026, 12, 1))["general_1_below"] == 70_950
    with pytest.raises(BadRow, match="公開されています"):
        publish(session, actors["admin1"], "tier", rows, "政令第1号", ON)
    with pytest.raises(DBAPIError):
        session.execute(text("UPDATE parameter_row SET effective_from = effective_from + 1"))


@pytest.mark.parametrize(("days", "source"), [(0, "政令"), (-1, "政令"), (1, " ")])
def test_a_row_lies_ahead_and_has_its_source(session, actors, days, source):
    rows = {ON + timedelta(days=days): dict(figures("tier", ON))}
    with pytest.raises(BadRow):
        publish(session, actors["admin1"], "tier", rows, source, ON)
