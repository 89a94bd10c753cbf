"""影響: a change of any kind of figures shows the examples and the certifications it changes, before it holds."""

from datetime import date

import pytest

from models.certification import Certification
from procedures.assessment import Circumstances
from procedures.costs import Cost, note_costs
from procedures.impact import impact_of
from rules.parameters import figures, read_rows, rows
from tests.life import CITY, certified_person, paper, signed, taxed
from tests.office import NEW_APPLICATION

LOWER = "2026-12-01: {low_1_income_max: 809000, general_1_below: 70950, general_2_below: 251000}"
NEXT = date(2027, 7, 1)


def test_the_impact_counts_examples_and_certifications_and_stores_nothing(session, actors):
    certified_person(session, actors)  # 94,600円 × 6/8 = 70,950円: the border itself
    found = impact_of(session, "tier", read_rows("tier", LOWER), CITY)
    assert found.examples > 10 and found.changes == {"一般所得Ⅰ 10,000円 → 一般所得Ⅱ 20,000円": 1}
    assert figures("tier", date(2026, 12, 1))["general_1_below"] == 71_000


@pytest.mark.parametrize(("border", "changed"), [(70_949, 1), (70_950, 1), (70_951, 0)])
def test_one_yen_beside_the_border_changes_nobody(session, actors, border, changed):
    certified_person(session, actors)
    assert impact_of(session, "tier", read_rows("tier", LOWER.replace("70950", str(border))), CITY).changed_people == changed


def test_a_whole_file_changes_by_its_new_rows_alone(session, actors):
    person = certified_person(session, actors)
    whole = {**rows("tier"), NEXT: {"low_1_income_max": 809_000, "general_1_below": 60_000, "general_2_below": 251_000}}
    found = impact_of(session, "tier", whole, CITY)
    assert found.changes == {"一般所得Ⅰ 10,000円 → 一般所得Ⅱ 20,000円": 1}
    assert found.certifications == [person.current_certification_id]
    assert impact_of(session, "tier", rows("tier"), CITY).changed_people == 0


@pytest.mark.parametrize(("denominator", "changed"), [(8, 0), (7, 1)])
def test_the_designated_citys_factor_is_applied_to_the_households_once_more(session, actors, denominator, changed):
    certified_person(session, actors)
    row = {**figures("income_levy", NEXT), "designated_city_denominator": denominator}
    assert impact_of(session, "income_levy", {NEXT: row}, CITY).changed_people == changed  # 94,600 × 6/7 = 81,085


def test_months_that_would_not_be_enough_any_more_are_found(session, actors):
    application = paper(session, actors, "new_application", NEW_APPLICATION)
    note_costs(session, actors["reviewer1"], application.id, {f"2026-{month:02}": Cost(55_000) for month in range(6, 12)}, "ledger")
    taxed(session, actors, application, circumstances=Circumstances(high_cost_long_term=True))
    signed(session, actors, application)
    row = {**figures("special_cases", NEXT), "long_term_above": 55_000}
    assert impact_of(session, "special_cases", {NEXT: row}, CITY).changes == {"一般所得Ⅰ 5,000円 → 一般所得Ⅰ 10,000円": 1}
    assert impact_of(session, "special_cases", {NEXT: row | {"long_term_above": 54_999}}, CITY).changed_people == 0


def test_another_end_of_the_cycle_changes_periods(session, actors):
    certified_person(session, actors)
    assert session.query(Certification).count() == 1
    found = impact_of(session, "validity", {NEXT: {**figures("validity", NEXT), "cycle_end": "12-31"}}, CITY)
    assert list(found.changes) == ["受理日の14日前から、9月30日まで → 受理日の14日前から、12月31日まで"]


@pytest.mark.parametrize("name", ["office_days", "cost_split", "high_cost", "refund"])
def test_what_decides_no_certification_changes_none(session, actors, name):
    certified_person(session, actors)
    row = dict(figures(name, NEXT))
    first = next(iter(row))
    changed = {**row, first: {**row[first], "base": 1}} if isinstance(row[first], dict) else {**row, first: row[first] + 1}
    assert impact_of(session, name, {NEXT: changed}, CITY).changed_people == 0
