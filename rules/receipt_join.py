"""レセプトと受給者の突合: beside every receipt stands whose it is, what was certified in its month, and who treated."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import polars as pl

from rules.parameters import figures
from rules.spelling import search_key

LACKING: Final = re.compile("[?〓]")  # what a sender writes for a letter outside of Shift_JIS
CACHED_MONTHS: Final = 12  # more months than this in one batch are joined for the people of the batch only
# 適用区分 of a certificate from the age of 70 as the receipt writes it (特記事項 26–30).
AS_CLAIMED: Final = {"Ⅵ": "ア", "Ⅴ": "イ", "Ⅳ": "ウ", "Ⅲ": "エ", "Ⅱ": "オ", "Ⅰ": "オ"}
_HOLDER: Final = ("recipient_id", "certification_id", "holder_payer_number", "holder_name", "kana_key",
                  "holder_birth_date", "holder_sex", "holder_class", "holder_class_code", "tier", "cap_yen", "valid_from", "until")


@dataclass
class Known:
    """突合の相手: certification periods, designated institutions, paid reimbursement months, our two payer numbers.

    *holders*: recipient_id, certification_id, payer_number, recipient_number, valid_from, until, cap_yen, tier, name,
    kana_key, birth_date, sex, insurance_class, one row a period. *facilities*: number, valid_from, valid_to (null: open).
    *paid*: recipient_id, treatment_month. *payers*: 一般 and 生活保護.
    """

    holders: pl.DataFrame
    facilities: pl.DataFrame
    paid: pl.DataFrame
    payers: tuple[str, str]
    _months: tuple[str, ...] | None = None
    _periods: pl.DataFrame = field(default_factory=pl.DataFrame)
    _designated: pl.DataFrame = field(default_factory=pl.DataFrame)

    def people(self) -> pl.DataFrame:
        """Who has which number, whatever the month."""
        return self.holders.select("recipient_number", anybody="recipient_id").unique("recipient_number", keep="first")

    def of_months(self, months: tuple[str, ...], numbers: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
        """What was certified and who was designated in each of *months*; the same months are looked up once."""
        if len(months) > CACHED_MONTHS:
            held = self.holders.filter(pl.col("recipient_number").is_in(numbers.unique().implode()))
            return _periods(held, months), _designated(self.facilities, months)
        if months != self._months:
            self._months = months
            self._periods, self._designated = _periods(self.holders, months), _designated(self.facilities, months)
        return self._periods, self._designated


def joined(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """突合: the rows in their order with recipient_id (null: nobody), the period of the month (null: none) and what checks ask.

    The period of a month is the first that touches it; where another follows without a gap its end holds.
    """
    months = tuple(sorted(rows["treatment_month"].unique().to_list()))
    periods, designated = known.of_months(months, rows["recipient_number"])
    frame = rows.join(periods, on=["recipient_number", "treatment_month"], how="left", maintain_order="left")
    if frame["recipient_id"].null_count():
        frame = frame.join(known.people(), on="recipient_number", how="left", maintain_order="left").with_columns(
            recipient_id=pl.coalesce("recipient_id", "anybody")).drop("anybody")
    frame = frame.join(designated, on=["facility_number", "treatment_month"], how="left", maintain_order="left")
    if known.paid.height:
        paid = known.paid.select("recipient_id", "treatment_month", is_paid=True).unique()
        frame = frame.join(paid, on=["recipient_id", "treatment_month"], how="left", maintain_order="left")
    else:
        frame = frame.with_columns(is_paid=pl.lit(None, pl.Boolean))
    return frame.with_columns(
        is_ours=pl.col("payer_number").is_in(list(known.payers)), is_welfare_number=pl.col("payer_number") == known.payers[1],
        is_same_name=_is_same_name(frame), oldest_month=_by_month("billing_month", _oldest_month),
        is_covered_service=_is_covered(frame, months))


def _periods(holders: pl.DataFrame, months: tuple[str, ...]) -> pl.DataFrame:
    """The certification of each person in each month."""
    touching = _touching(holders.rename({"payer_number": "holder_payer_number", "name": "holder_name", "sex": "holder_sex",
                                         "birth_date": "holder_birth_date", "insurance_class": "holder_class_code"}), months)
    key = ["recipient_number", "treatment_month"]
    ends = touching.group_by(key).agg(pl.col("until").max())
    first = touching.sort("valid_from", maintain_order=True).unique(key, keep="first").drop("until").join(ends, on=key)
    return first.with_columns(holder_class=pl.col("holder_class_code").replace(AS_CLAIMED)).select(*key, *_HOLDER)


def _designated(facilities: pl.DataFrame, months: tuple[str, ...]) -> pl.DataFrame:
    """First and last day of designation of each institution as far as it touches each month."""
    held = facilities.select(facility_number="number", valid_from="valid_from", until=pl.col("valid_to").fill_null(date.max))
    return _touching(held, months).group_by("facility_number", "treatment_month").agg(
        designated_from=pl.col("valid_from").min(), designated_to=pl.col("until").max())


def _touching(frame: pl.DataFrame, months: tuple[str, ...]) -> pl.DataFrame:
    calendar = pl.DataFrame({"treatment_month": list(months)}, schema={"treatment_month": pl.String()}).with_columns(
        begins=(pl.col("treatment_month") + "-01").str.to_date("%Y-%m-%d"))
    return (frame.join(calendar, how="cross")
            .filter((pl.col("valid_from") <= pl.col("begins").dt.month_end()) & (pl.col("until") >= pl.col("begins")))
            .drop("begins"))


def _is_same_name(frame: pl.DataFrame) -> pl.Series:
    """氏名の一致: the same letters, or the same once spelling is folded, in kanji or in kana; null where either is unknown."""
    same = frame.select(same=pl.col("name") == pl.col("holder_name"))["same"]
    places = (~same).arg_true()
    if not places.len():
        return same
    differing = frame[places].select("name", "name_kana", "holder_name", "kana_key")
    folded = [name_agrees(*row) for row in differing.iter_rows()]
    return same.scatter(places, folded)


def name_agrees(name: str, name_kana: str | None, holder_name: str, kana_key: str) -> bool:
    """氏名の一致 of one receipt: by the folded name, or by the folded kana; ? and 〓 stand for a letter the sender lacked."""
    key = search_key(name)
    if key in (search_key(holder_name), kana_key) or (name_kana is not None and search_key(name_kana) == kana_key):
        return True
    parts = LACKING.split(key)
    return len(parts) > 1 and any(parts) and re.fullmatch(".?".join(map(re.escape, parts)), search_key(holder_name)) is not None


def _is_covered(frame: pl.DataFrame, months: tuple[str, ...]) -> pl.Expr:
    """対象の介護サービス in the month of treatment; true for what is no 介護."""
    care = pl.col("setting") == "7"
    if not frame.select(care.any()).item():
        return pl.lit(True)
    allowed = {month: figures("receipt_check", date.fromisoformat(f"{month}-01"))["care_services"] for month in months}
    listed = pl.any_horizontal((pl.col("treatment_month") == month) & pl.col("care_service").is_in(services).fill_null(False)
                               for month, services in allowed.items())
    return ~care.fill_null(False) | listed


def _by_month(column: str, read: object) -> pl.Expr:
    assert callable(read)

    def mapped(months: pl.Series) -> pl.Series:
        different = months.drop_nulls().unique()
        return months.replace_strict(different, [read(each) for each in different], default=None, return_dtype=pl.String)
    return pl.col(column).map_batches(mapped, return_dtype=pl.String)


def _oldest_month(billing_month: str) -> str:
    """The earliest month of treatment that may still be claimed (時効)."""
    years = figures("refund", date.fromisoformat(f"{billing_month}-01"))["limit_years"]
    return f"{int(billing_month[:4]) - years}{billing_month[4:]}"
