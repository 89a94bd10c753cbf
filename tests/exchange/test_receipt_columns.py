"""レセプトの列: numbers, months and days are read the same one by one and by the thousand; nothing unreadable passes."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.receipt_columns import FEW, Column, closes, date_of, judged, month_of
from rules.era_date import NotADate, era_of, parse_date
from rules.numbers import check_digit


@given(st.lists(st.text("0123456789", min_size=6, max_size=10), min_size=1, max_size=50))
@settings(max_examples=100)
def test_the_columns_judge_a_check_digit_as_the_rules_do(numbers):
    judged_at_once = pl.DataFrame({"n": numbers}).select(closes(pl.col("n"))).to_series().to_list()
    assert judged_at_once == [check_digit(number[:-1]) == number[-1] for number in numbers]


@given(st.dates(date(1873, 1, 1), date(2060, 12, 31)))
@settings(max_examples=200)
def test_a_day_is_the_same_in_either_calendar(day):
    era = era_of(day)
    in_era = f"{era.digit}{day.year - int(era.first.year) + 1 if era.letter != 'M' else day.year - 1867:02}{day:%m%d}"
    assert {date_of(f"{day:%Y%m%d}"), date_of(f"{day:%Y-%m-%d}"), date_of(in_era)} == {day}
    assert month_of(in_era[:5]) == month_of(f"{day:%Y%m}") == f"{day:%Y-%m}"


@given(st.text("0123456789-/. ", max_size=11))
@settings(max_examples=200)
def test_what_is_no_day_is_no_day_to_the_office_either(text):
    found = date_of(text)
    if found is not None and len(text) == 8:
        assert parse_date(text) == found
    if found is None and len(text) == 8 and text.isdigit():
        with pytest.raises(NotADate):
            parse_date(text)


@pytest.mark.parametrize("text", ["", "2026", "202600", "202613", "60801", "20260", "50813", "2026-1", "２０２６０９", "2026 09"])
def test_what_is_no_month_is_none(text):
    assert month_of(text) is None


@pytest.mark.parametrize(("kind", "good", "wrong"), [
    ("payer", "54117015", "5411701"), ("recipient", "0000018", "000001A"), ("facility", "1110000013", "111000001"),
    ("insurer", "110015", "1100150"), ("count", "0012", "1.5"), ("yen", "99999999999", "100000000000"), ("yen", "0", "-1"),
    ("yen", "10", "+1"), ("count", "3", " 3"), ("tenths", "3", "4"), ("percent", "30", "33"), ("benefit_rate", "070", "65"),
    ("benefit_rate", "100", "170"), ("claim_kind", "1122", "1102"), ("notes", "2801", "280"), ("text", "見" * 5, "見" * 6),
    ("code", "a", "b"), ("month", "202609", "202600"), ("date", "20260930", "20260931")])
@pytest.mark.parametrize("many", [1, FEW + 1])
def test_a_column_takes_what_reads_and_names_what_does_not(kind, good, wrong, many):
    column = Column("it", "KO", kind, longest=5, codes={"a": "1"})
    raw = pl.DataFrame({"it": [good] * many + [wrong, None], "line": range(1, many + 3)}, schema_overrides={"it": pl.String})
    values, faults, rows = judged(raw, [column])
    assert [(fault.line, fault.item) for fault in faults] == [(many + 1, "it")] and rows == {many}
    assert values["it"][0] is not None and values["it"][-1] is None


def test_only_the_first_reason_of_an_item_is_named():
    raw = pl.DataFrame({"it": [None, "12", "54117016"], "line": [5, 6, 7]})
    faults = judged(raw, [Column("it", "KO", "payer", required=True)])[1]
    assert [(fault.line, fault.code) for fault in faults] == [(5, "missing"), (6, "format"), (7, "check_digit")]


@given(st.lists(st.dates(date(1900, 1, 1), date(2030, 12, 31)).map(lambda day: f"{day:%Y%m%d}"), min_size=FEW + 1, max_size=FEW + 20),
       st.integers(0, 400))
@settings(max_examples=20)
def test_thousands_of_days_are_read_as_one_is(texts, shift):
    texts[0] = f"{date(1940, 1, 1) + timedelta(shift):%Y%m%d}"
    values = judged(pl.DataFrame({"it": texts, "line": range(len(texts))}), [Column("it", "RE", "date")])[0]
    assert values["it"].to_list() == [date_of(text) for text in texts]
