"""和暦: twelve ways to write a day, and the days no era has."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.era_date import NotADate, era_of, era_text, parse_date, parse_month


@pytest.mark.parametrize(("text", "day"), [
    ("R7.4.1", "2025-04-01"), ("r070401", "2025-04-01"), ("5070401", "2025-04-01"), ("令和7年4月1日", "2025-04-01"),
    ("令7.4.1", "2025-04-01"), ("20250401", "2025-04-01"), ("2025/4/1", "2025-04-01"), ("2025-04-01", "2025-04-01"),
    ("５０７０４０１", "2025-04-01"), ("Ｒ７．４．１", "2025-04-01"), ("S15-4-1", "1940-04-01"), ("S15.4.1", "1940-04-01"),
    ("3150401", "1940-04-01"), ("令和元年5月1日", "2019-05-01"), ("R1.5.1", "2019-05-01"), ("H31.4.30", "2019-04-30"),
    ("S64.1.7", "1989-01-07"), ("H1.1.8", "1989-01-08"), ("T15.12.24", "1926-12-24"), ("S1.12.25", "1926-12-25"),
    ("M45.7.29", "1912-07-29"), ("T1.7.30", "1912-07-30"), ("R6.2.29", "2024-02-29")])
def test_every_spelling_of_a_day_is_understood(text, day):
    assert parse_date(text) == date.fromisoformat(day)


@pytest.mark.parametrize("text", [
    "R1.4.30", "S64.1.8", "昭和64年2月1日", "H31.5.1", "H1.1.7", "T1.7.29", "M45.7.30", "T15.12.25", "S1.12.24", "M5.1.1",
    "R7.2.29", "20250229", "R7.13.1", "R7.4.31", "R0.5.1", "070401", "7.4.1", "", "きのう", "20251", "6070401"])
def test_a_day_that_never_was_is_named_and_no_other_is_suggested(text):
    with pytest.raises(NotADate) as problem:
        parse_date(text)
    assert problem.value.message.endswith("。")


@given(st.dates(date(1873, 1, 1), date(2099, 12, 31)))
def test_what_is_shown_reads_back_as_the_same_day(day):
    era = era_of(day)
    assert parse_date(era_text(day)) == day == parse_date(day.isoformat())
    year = int("".join(filter(str.isdigit, era_text(day).split("年")[0])) or 1)
    assert parse_date(f"{era.digit}{year:02}{day:%m%d}") == day


@pytest.mark.parametrize("typed", ["2026-04", "202604", "2026/4", "2026年4月", "R8.4", "r0804", "50804", "令和8年4月", "５０８０４", "R8-4"])
def test_a_month_is_read_as_people_write_it(typed):
    assert parse_month(typed) == "2026-04"


@pytest.mark.parametrize("typed", ["", "2026", "2026-13", "50813", "R0.4", "R8", "4", "H32.4", "20264", "2026-04-01x"])
def test_what_is_no_month_is_named(typed):
    with pytest.raises(NotADate):
        parse_month(typed)
