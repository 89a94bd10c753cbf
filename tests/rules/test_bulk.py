"""大量の出力: the border is one row wide and the city's own."""

from datetime import date

from rules.bulk import is_bulk

ON = date(2026, 11, 24)


def test_a_thousand_rows_need_two_people_and_one_less_does_not():
    assert is_bulk(1000, ON) and not is_bulk(999, ON)
