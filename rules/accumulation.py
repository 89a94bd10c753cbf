"""月の累計: what a person paid in a month across all institutions, against the cap (W7), and how many receipts there were (W16)."""

from collections.abc import Iterable
from datetime import date

import polars as pl

from rules.parameters import figures

_c = pl.col


def figure_of_month(name: str, key: str) -> pl.Expr:
    """その月の数字: the figure *key* of *name* on the first day of each row's treatment_month."""
    def mapped(months: pl.Series) -> pl.Series:
        different = months.drop_nulls().unique()
        found = [figures(name, date.fromisoformat(f"{month}-01"))[key] for month in different]
        return months.replace_strict(different, pl.Series(found, dtype=pl.Int64), default=None, return_dtype=pl.Int64)
    return _c("treatment_month").map_batches(mapped, return_dtype=pl.Int64)


def due_yen() -> pl.Expr:
    """本来の自己負担 of a receipt in yen before the cap: at most two tenths without meals, rounded as at the window (法5条2項).

    Over total_yen, meal_yen, tenths and treatment_month; null where the share is unknown.
    """
    unit, medical = figure_of_month("cost_split", "round_to"), _c("total_yen") - _c("meal_yen").fill_null(0)
    share = pl.min_horizontal(_c("tenths").cast(pl.Int64), figure_of_month("cost_split", "highest_tenths"))
    rounded = (medical * share + 5 * unit) // (10 * unit) * unit
    return pl.when(_c("tenths").is_not_null()).then(rounded)


def month_faults(months: pl.DataFrame) -> pl.DataFrame:
    """月の点検: recipient_id, treatment_month and code of every month that W7 or W16 finds.

    *months*: receipts, copay_yen, due_yen (null: some share is unknown) and cap_yen (null: no certification). Too little
    counts only beyond what the rounding of each receipt explains; what is unknown finds nothing.
    """
    owed = pl.when(_c("due_yen").is_not_null() & _c("cap_yen").is_not_null()).then(pl.min_horizontal("cap_yen", "due_yen"))
    allowed = figure_of_month("receipt_check", "rounding_yen") * _c("receipts")
    failing = {"W7": (_c("copay_yen") > _c("cap_yen")) | (_c("copay_yen") < owed - allowed),
               "W16": _c("receipts") > figure_of_month("receipt_check", "most_receipts")}
    return _named(months, failing.items())


def _named(months: pl.DataFrame, failing: Iterable[tuple[str, pl.Expr]]) -> pl.DataFrame:
    return pl.concat(months.filter(fails.fill_null(False)).select("recipient_id", "treatment_month", code=pl.lit(code))
                     for code, fails in failing).sort("recipient_id", "treatment_month", maintain_order=True)
