"""レセプトの分担: what a claim file does not say, computed column by column: share, insurer's part, public part (法5条2項、12条).

``split_columns`` is the vectorised twin of ``rules.cost_split.split_of``. Meals stay outside: no file says what part of
them the patient bears.
"""

from datetime import date
from typing import Any, Final

import polars as pl

from rules.accumulation import due_yen
from rules.insured_share import is_from_70, share_figures, tenths_of
from rules.parameters import figures

INSURER, PUBLIC = 1 << 8, 1 << 9  # items 9 and 10 in the mark of what was computed
_INPATIENT: Final = ("1", "3")
# 適用区分 as a receipt writes it, in the codes that a certificate has from the age of 70.
_FROM_70: Final = {"ア": "Ⅵ", "イ": "Ⅴ", "ウ": "Ⅳ", "エ": "Ⅲ", "オ": "Ⅱ", "カ": "Ⅲ", "キ": "Ⅲ"}
_c = pl.col


def completed(frame: pl.DataFrame) -> pl.DataFrame:
    """補算: tenths, insurer_yen and public_yen of a joined frame where the file is silent; *computed* says which.

    What cannot be computed (no share, no 適用区分) stays blank. Order and columns stay as they are.
    """
    silent = pl.any_horizontal(_c("insurer_yen", "public_yen", "tenths").is_null())
    if not frame.height or not frame.select(silent.any()).item():
        return frame
    months = sorted(frame["treatment_month"].unique().to_list())
    held = frame.join(share_figures(months), on="treatment_month", how="left", maintain_order="left").with_columns(
        tenths=pl.coalesce("tenths", tenths_of()), is_from_70=is_from_70(),
        limit_class=pl.when(is_from_70() & _c("holder_class_code").is_in(list(_FROM_70.values()) + ["Ⅰ"])).then("holder_class_code")
        .when(is_from_70()).then(pl.coalesce("insurance_class", "holder_class").replace_strict(_FROM_70, default=None))
        .otherwise(pl.coalesce("insurance_class", "holder_class")))
    held = _with_borne(held, months)
    insurer = _c("medical") - _c("borne")
    public = (_c("medical") - pl.coalesce(_c("insurer_yen"), insurer) - _c("copay_yen").fill_null(0)).clip(0)
    bits = (pl.when(_c("insurer_yen").is_null() & insurer.is_not_null()).then(INSURER).otherwise(0)
            | pl.when(_c("public_yen").is_null() & public.is_not_null()).then(PUBLIC).otherwise(0))
    return held.with_columns(computed=(_c("computed") | bits).cast(pl.Int32), insurer_yen=pl.coalesce("insurer_yen", insurer),
                             public_yen=pl.coalesce("public_yen", public)).select(frame.columns)


def split_columns(frame: pl.DataFrame) -> pl.DataFrame:
    """費用の分担 of many months of patients under 70 at once: insurer, patient and public in yen.

    *frame*: total_yen, meal_yen, tenths, limit_class (ア–オ), many_times, cap_yen, setting, treatment_month.
    """
    months = sorted(frame["treatment_month"].unique().to_list())
    held = _with_borne(frame.with_columns(is_from_70=pl.lit(False)), months)
    patient = pl.min_horizontal(due_yen(), "cap_yen", "borne")
    return held.select(insurer=_c("medical") - _c("borne"), patient=patient, public=_c("borne") - patient)


def _with_borne(frame: pl.DataFrame, months: list[str]) -> pl.DataFrame:
    """Beside each row what insurance leaves: its share, but no more than 高額療養費 lets stand; null where unknown."""
    held = frame.with_columns(medical=_c("total_yen") - _c("meal_yen").fill_null(0)).join(_limits(months), on=["treatment_month", "is_from_70", "limit_class"], how="left",
                                         maintain_order="left")
    above = ((_c("medical") - _c("from")).clip(0) + 50) // 100  # 1 %, rounded to the nearest yen
    limit = (pl.when(~_c("setting").is_in(_INPATIENT) & _c("outpatient").is_not_null()).then("outpatient")
             .when(_c("many_times").fill_null(False)).then("many").otherwise(_c("base") + above.fill_null(0)))
    share = _c("medical") * _c("tenths").cast(pl.Int64) // 10
    return held.with_columns(borne=pl.when(limit.is_not_null() & share.is_not_null()).then(pl.min_horizontal(share, limit)))


def _limits(months: list[str]) -> pl.DataFrame:
    """高額療養費の限度額 of each month and class, under and from 70; none where the law had no figures yet."""
    found: list[tuple[Any, ...]] = []
    for month in months:
        for name, is_elderly in (("high_cost", False), ("high_cost_elderly", True)):
            try:
                rows = figures(name, _first_of(month))
            except LookupError:
                continue
            found += [(month, is_elderly, key, row["base"], row["from"], row["many"], row.get("outpatient"))
                      for key, row in rows.items()]
    return pl.DataFrame(found, schema={"treatment_month": pl.String(), "is_from_70": pl.Boolean(), "limit_class": pl.String(),
                                       **dict.fromkeys(("base", "from", "many", "outpatient"), pl.Int64())}, orient="row")


def _first_of(month: str) -> date:
    return date.fromisoformat(f"{month}-01")
