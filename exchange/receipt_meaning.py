"""レセプトの符号: what the codes of a receipt say in our own terms, and the totals that follow from its points."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import polars as pl
import yaml

from exchange.receipt_rows import SCHEMA, computed_bits

YEN_A_POINT: Final = 10  # 診療報酬の算定方法 (告示): one point is ten yen
CODES: Final[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "receipt_codes.yaml").read_text(encoding="utf-8"))
_MANY: Final = frozenset(CODES["many_times"])


def completed(values: pl.DataFrame) -> pl.DataFrame:
    """補う: every column of SCHEMA; blank ones are derived from the receipt's own codes, and computed totals are marked."""
    held = values.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in SCHEMA.items() if name not in values.columns)
    for source, derived in _DERIVED.items():
        if source in values.columns:
            held = held.with_columns(pl.coalesce(name, _each(source, read)).alias(name) for name, read in derived.items())
    if "insurer_number" in values.columns:
        held = held.with_columns(payer_class=pl.coalesce("payer_class", PAYER_CLASS))
    unit = pl.col("unit_yen").fill_null(YEN_A_POINT) if "unit_yen" in values.columns else pl.lit(YEN_A_POINT)
    total = pl.col("points").cast(pl.Int64) * unit + pl.col("meal_yen").fill_null(0)
    computed = (pl.when(pl.col("total_yen").is_null() & pl.col("points").is_not_null()).then(computed_bits("total_yen")).otherwise(0)
                + pl.when(pl.col("receipt_count").is_null()).then(computed_bits("receipt_count")).otherwise(0))
    return held.with_columns(computed=computed.cast(pl.Int32), total_yen=pl.coalesce("total_yen", total),
                             receipt_count=pl.col("receipt_count").fill_null(1))


def _each(column: str, read: Callable[[str], str | bool | None]) -> pl.Expr:
    """Read each different code of *column* once."""
    def mapped(texts: pl.Series) -> pl.Series:
        different = texts.drop_nulls().unique()
        return texts.replace_strict(different, pl.Series(map(read, different), dtype=kept), default=None, return_dtype=kept)
    kept = pl.Boolean() if read is _many_times else pl.String()
    return pl.col(column).map_batches(mapped, return_dtype=kept)


def _of_table(item: str) -> Callable[[str], str | None]:
    return lambda kind: CODES["point_tables"].get(kind[0], {}).get(item)


def _setting(kind: str) -> str | None:
    """入外別区分: an odd last digit is 入院, an even one with 0 is 入院外."""
    return _of_table("inpatient" if int(kind[3]) % 2 else "outpatient")(kind)


def _notes(text: str) -> list[str]:
    return [text[at:at + 2] for at in range(0, len(text), 2)]


def _insurance_class(text: str) -> str | None:
    classes = CODES["insurance_classes"]
    return next((classes[note] for note in _notes(text) if note in classes), None)


def _many_times(text: str) -> bool:
    return bool(_MANY.intersection(_notes(text)))


_DERIVED: Final[dict[str, dict[str, Callable[[str], str | bool | None]]]] = {
    "claim_kind": {"setting": _setting, "benefit_kind": _of_table("benefit_kind"), "receipt_kind": _of_table("receipt_kind")},
    "notes": {"insurance_class": _insurance_class, "many_times": _many_times}}
# 保険種別区分 by 法別番号: six digits and 67 are 国保, 39 後期高齢者, none at all 公費単独.
PAYER_CLASS: Final = (
    pl.when(pl.col("insurer_number").is_null()).then(pl.lit("4"))
    .when((pl.col("insurer_number").str.len_bytes() == 6) | pl.col("insurer_number").str.starts_with("67")).then(pl.lit("2"))
    .when(pl.col("insurer_number").str.starts_with("39")).then(pl.lit("3")).otherwise(pl.lit("1")))
