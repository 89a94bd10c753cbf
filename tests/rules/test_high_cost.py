"""高額療養費の待ち: a decision is awaited only where one may come, one yen to each side of every limit."""

from datetime import date

import pytest

from rules.high_cost import Told, counted_of

ON = date(2026, 11, 12)


@pytest.mark.parametrize(("told", "paid", "total", "counted"), [
    (Told(decided_yen=12_180), 180_000, 600_000, 12_180), (Told(decided_yen=0, stated="undecided"), 180_000, 600_000, 0),
    (Told(stated="decided", stated_yen=12_180), 180_000, 600_000, 12_180), (Told(stated="decided"), 1, 1, None),
    (Told(stated="undecided"), 1, 1, None),
    # 適用区分ウ: 80,100 + (600,000 − 267,000) × 1 % = 83,430; stating nothing, 多数回 44,400 may hold
    (Told(stated="none", insurance_class="ウ"), 83_430, 600_000, 0), (Told(stated="none", insurance_class="ウ"), 83_431, 600_000, None),
    (Told(insurance_class="ウ"), 44_400, 600_000, 0), (Told(insurance_class="ウ"), 44_401, 600_000, None),
    # nobody knows the class: the lowest limit under 70 is 24,600, above it the city's figure
    (Told(age=69), 24_600, 100_000, 0), (Told(age=69), 24_601, 100_000, None),
    (Told(age=70), 8_000, 100_000, 0), (Told(age=70), 8_001, 100_000, None),
    (Told(age=70, insurance_class="Ⅲ"), 8_001, 100_000, None), (Told(age=70, insurance_class="Ⅲ", stated="none"), 80_000, 400_000, 0),
    (Told(stated="none"), 24_601, 100_000, 0),
])
def test_a_decision_is_awaited_only_where_one_may_come(told, paid, total, counted):
    yen, why = counted_of(told, paid, total, ON)
    assert yen == counted and why
