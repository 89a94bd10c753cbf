"""月の累計: over the cap, or short of what is due beyond rounding, and too many receipts; unknown figures accuse nobody."""

import polars as pl
import pytest

from rules.accumulation import month_faults

SCHEMA = {"recipient_id": pl.Int64, "treatment_month": pl.String, "receipts": pl.Int64, "copay_yen": pl.Int64, "due_yen": pl.Int64,
          "cap_yen": pl.Int64}


def found(*months: tuple) -> list[tuple]:
    return month_faults(pl.DataFrame(months, schema=SCHEMA, orient="row")).rows()


@pytest.mark.parametrize(("receipts", "copay", "due", "cap", "codes"), [
    (2, 10_000, 30_000, 10_000, []), (2, 10_001, 30_000, 10_000, ["W7"]),  # one yen over the cap
    (2, 9_980, 30_000, 10_000, []), (2, 9_979, 30_000, 10_000, ["W7"]),  # ten yen a receipt are rounding
    (1, 6_000, 6_000, 10_000, []), (1, 5_990, 6_000, 10_000, []), (1, 5_989, 6_000, 10_000, ["W7"]), (1, 9_999, 6_000, 10_000, []),
    (1, 0, 6_000, 0, []), (1, 1, 6_000, 0, ["W7"]), (1, 0, None, 10_000, []), (1, 0, 6_000, None, []), (1, 10_001, None, 10_000, ["W7"]),
    (20, 10_000, 30_000, 10_000, []), (21, 10_000, 30_000, 10_000, ["W16"]), (21, 10_001, 30_000, None, ["W16"])])
def test_a_month_is_judged_against_its_cap_and_what_is_due(receipts, copay, due, cap, codes):
    assert found((1, "2026-09", receipts, copay, due, cap), (2, "2026-09", 1, 0, 0, 0)) == [(1, "2026-09", code) for code in codes]


def test_findings_come_person_by_person_and_month_by_month():
    assert found((2, "2026-09", 30, 10_001, 0, 10_000), (1, "2026-10", 1, 1, 0, 0), (1, "2026-09", 1, 1, 0, 0)) == [
        (1, "2026-09", "W7"), (1, "2026-10", "W7"), (2, "2026-09", "W7"), (2, "2026-09", "W16")]
