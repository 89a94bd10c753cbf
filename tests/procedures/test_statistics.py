"""統計: every holder and every decision is counted once, on the day and in the year they belong to."""

from datetime import date

import pytest

from procedures.statistics import counted_on, fiscal_year, yearly
from tests.life import certified_person, loss
from tests.office import ON


def tables(session, year):
    return {table.name: table for table in yearly(session, year, ON)}


@pytest.mark.parametrize(("day", "year"), [(date(2026, 3, 31), 2025), (date(2026, 4, 1), 2026), (date(2027, 3, 31), 2026)])
def test_a_fiscal_year_begins_on_the_first_of_april(day, year):
    assert fiscal_year(day) == year


def test_a_holder_stands_once_in_every_table_of_holders(session, actors):
    certified_person(session, actors)
    found = tables(session, 2026)
    assert [found[name].total for name in ("diseases", "tiers", "ages", "sexes")] == [1, 1, 1, 1]
    assert ("6 パーキンソン病", 1) in found["diseases"].lines and ("一般所得Ⅰ", 1) in found["tiers"].lines
    assert ("40–49", 1) in found["ages"].lines and ("女", 1) in found["sexes"].lines
    assert ("2026-11", 1) in found["months"].lines and ("新規 — 認定", 1) in found["results"].lines
    assert tables(session, 2025)["diseases"].total == 0


@pytest.mark.parametrize(("year", "on", "counted"), [
    (2025, date(2026, 11, 24), date(2026, 3, 31)), (2026, date(2026, 11, 24), date(2026, 11, 24)),
    (2026, date(2027, 3, 31), date(2027, 3, 31)), (2026, date(2027, 4, 1), date(2027, 3, 31))])
def test_holders_are_counted_today_until_the_year_is_over(year, on, counted):
    assert counted_on(year, on) == counted


def test_a_holder_is_counted_by_the_disease_she_had_then(session, actors):
    person = certified_person(session, actors)
    person.disease_number = "97"
    session.flush()
    assert ("6 パーキンソン病", 1) in tables(session, 2026)["diseases"].lines


def test_who_lost_it_before_the_end_of_the_year_is_no_holder(session, actors):
    loss(session, actors, certified_person(session, actors))
    found = tables(session, 2026)
    assert found["diseases"].total == 0 and dict(found["kinds"].lines)["喪失・返還"] == 1
