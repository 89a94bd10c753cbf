"""規則の数字の管理: a change shows the examples and certifications it changes before it holds, and holds from its day."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from procedures.parameters import BadRow, impact_of, load_parameters, newest_row, publish, read_typed
from rules.parameters import add, figures, read_rows
from tests.life import certified_person
from tests.office import ON

LOWER = "2026-12-01: {low_1_income_max: 809000, general_1_below: 70950, general_2_below: 251000}"


@pytest.fixture(autouse=True)
def forget():
    yield
    add({})


def test_the_impact_counts_examples_and_certifications_and_stores_nothing(session, actors):
    certified_person(session, actors)  # 94,600円 × 6/8 = 70,950円: the border itself
    found = impact_of(session, "tier", read_rows("tier", LOWER))
    assert found.examples > 10 and found.changes == {"一般所得Ⅰ 10,000円 → 一般所得Ⅱ 20,000円": 1}
    assert figures("tier", date(2026, 12, 1))["general_1_below"] == 71_000


@pytest.mark.parametrize(("border", "changed"), [(70_949, 1), (70_950, 1), (70_951, 0)])
def test_one_yen_beside_the_border_changes_nobody(session, actors, border, changed):
    certified_person(session, actors)
    assert impact_of(session, "tier", read_rows("tier", LOWER.replace("70950", str(border)))).changed_people == changed


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
