"""レセプトの符号: what the codes of a receipt say in our own terms, and the totals that follow from its points."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import polars as pl
import yaml

from exchange.receipt_columns import each_once
from exchange.receipt_rows import SCHEMA, Fault, computed_bits

NEEDED: Final = ["setting", "facility_number", "total_yen"]
YEN_A_POINT: Final = 10  # 診療報酬の算定方法 (告示): one point is ten yen
CODES: Final[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "receipt_codes.yaml").read_text(encoding="utf-8"))
_MANY: Final = frozenset(CODES["many_times"])


def completed(values: pl.DataFrame) -> pl.DataFrame:
    """補う: the columns of SCHEMA; blank ones are derived from the receipt's own codes, and computed totals are marked."""
    given = set(values.columns)

    def held(name: str, dtype: pl.DataType | type[pl.DataType]) -> pl.Expr:
        return pl.col(name) if name in given else pl.lit(None, dtype)
    made = {name: held(name, dtype) for name, dtype in SCHEMA.items()}
    for source, derived in _DERIVED.items():
        if source in given:
            made |= {name: pl.coalesce(made[name], expression) for name, expression in derived.items()}
    total, count = made["total_yen"], made["receipt_count"]
    from_points = (made["points"].cast(pl.Int64) * held("unit_yen", pl.Int32).fill_null(YEN_A_POINT)
                   + made["meal_yen"].fill_null(0))
    computed = (pl.when(total.is_null() & from_points.is_not_null()).then(computed_bits("total_yen")).otherwise(0)
                + pl.when(count.is_null()).then(computed_bits("receipt_count")).otherwise(0))
    made |= {"computed": computed.cast(pl.Int32), "total_yen": pl.coalesce(total, from_points), "receipt_count": count.fill_null(1)}
    return values.select(expression.alias(name) for name, expression in made.items())


def whole(rows: pl.DataFrame, record: str) -> tuple[pl.DataFrame, list[Fault]]:
    """The rows without those that still lack what no receipt may lack, and their faults."""
    if not any(rows.select(pl.col(NEEDED).null_count()).row(0)):
        return rows, []
    faults = [Fault(line, record, item, "missing") for item in NEEDED for line in rows.filter(pl.col(item).is_null())["line"]]
    return rows.drop_nulls(NEEDED), faults


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


_PAYER_CLASS: Final = (
    pl.when(pl.col("insurer_number").is_null()).then(pl.lit("4"))
    .when((pl.col("insurer_number").str.len_bytes() == 6) | pl.col("insurer_number").str.starts_with("67")).then(pl.lit("2"))
    .when(pl.col("insurer_number").str.starts_with("39")).then(pl.lit("3")).otherwise(pl.lit("1")))
# 保険種別区分 by 法別番号: six digits and 67 are 国保, 39 後期高齢者, none at all 公費単独.
_DERIVED: Final[dict[str, dict[str, pl.Expr]]] = {
    "claim_kind": {"setting": each_once(_setting, pl.String)(pl.col("claim_kind")), **{
        item: each_once(_of_table(item), pl.String)(pl.col("claim_kind")) for item in ("benefit_kind", "receipt_kind")}},
    "notes": {"insurance_class": each_once(_insurance_class, pl.String)(pl.col("notes")),
              "many_times": each_once(_many_times, pl.Boolean)(pl.col("notes"))},
    "insurer_number": {"payer_class": _PAYER_CLASS}}
