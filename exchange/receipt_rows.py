"""レセプトの行: what every kind of receipt file becomes, one receipt a row, in batches, with the file's verdict at the end."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import polars as pl

BATCH: Final = 50_000  # receipts a batch at most: memory stays flat whatever the size of the file

# 給付情報 1–22 under the names of models/benefit.py, in the order of Annex 1; adjustment and remarks come from the office.
ITEMS: Final[Mapping[str, pl.DataType]] = {
    "billing_month": pl.String(), "treatment_month": pl.String(), "setting": pl.String(), "benefit_kind": pl.String(),
    "days": pl.Int32(), "times": pl.Int32(), "points": pl.Int32(), "total_yen": pl.Int64(), "insurer_yen": pl.Int64(),
    "public_yen": pl.Int64(), "copay_yen": pl.Int64(), "city_support_yen": pl.Int64(), "payer_class": pl.String(),
    "facility_number": pl.String(), "care_service": pl.String(), "receipt_kind": pl.String(),
    "receipt_count": pl.Int32(), "reexamination": pl.String(), "adjustment_date": pl.Date(), "adjustment": pl.String(),
    "entered_date": pl.Date(), "benefit_remarks": pl.String()}
NUMBERS: Final[Mapping[str, pl.DataType]] = {"payer_number": pl.String(), "recipient_number": pl.String()}
# What only the checks need.
FOR_CHECKS: Final[Mapping[str, pl.DataType]] = {
    "name": pl.String(), "name_kana": pl.String(), "birth_date": pl.Date(), "sex": pl.String(),
    "claim_kind": pl.String(),  # レセプト種別 as four digits
    "insurer_number": pl.String(), "insurance_class": pl.String(),  # ア–キ of 特記事項 26–35 and 41–44
    "many_times": pl.Boolean(),  # 多数回該当 (特記事項 31–35)
    "tenths": pl.Int8(),  # 負担割合 in tenths, the patient's share of the insurance
    "meal_yen": pl.Int64(), "other_schemes": pl.String(),  # 法別番号 of the other 公費, in the order of the file: "12,52"
    "first_day": pl.Date(), "last_day": pl.Date()}  # first and last day of treatment, where the file says
# Where a row stands in its file: first line, first byte and length in bytes; the raw bytes are cut from the kept file.
PLACE: Final[Mapping[str, pl.DataType]] = {"line": pl.Int64(), "offset": pl.Int64(), "size": pl.Int32(),
                                           "computed": pl.Int32()}
SCHEMA: Final = pl.Schema({**PLACE, **ITEMS, **NUMBERS, **FOR_CHECKS})

FILE, COMPUTED, OFFICE = "file", "computed", "office"
_BIT: Final = {name: 1 << place for place, name in enumerate(ITEMS)}

MESSAGES: Final = {
    "missing": "空欄です。この項目は必須です。送り元に確かめてください。",
    "format": "桁数か文字の種類が違います。送り元に確かめてください。",
    "check_digit": "検査数字が合いません。番号を送り元に確かめてください。",
    "date": "日付として読めません。送り元に確かめてください。",
    "month": "年月として読めません。送り元に確かめてください。",
    "unknown_code": "コード表にない値です。コード表を確かめてください。",
    "too_long": "長すぎます。送り元に確かめてください。",
    "fields": "項目の数が様式と違います。この行を確かめてください。",
    "characters": "使えない文字が混じっています。この行を確かめてください。",
    "order": "レコードの順番が違います。この行を確かめてください。",
    "doubled": "一つしかないはずのレコードが重なっています。この行を確かめてください。",
    "no_payer": "難病の公費 (法別番号 54) のレコードがありません。請求先を送り元に確かめてください。",
}


@dataclass(frozen=True)
class Fault:
    """誤り: line of the file, record (KO, or a profile's name), item under our name, code of MESSAGES."""

    line: int
    record: str
    item: str
    code: str


@dataclass(frozen=True)
class Totals:
    """合計: 件数, 点数 and 金額 as a file declares or we count them; None where the file says nothing of it."""

    count: int | None = None
    points: int | None = None
    yen: int | None = None


@dataclass(frozen=True)
class Batch:
    """一束: good receipts as rows of SCHEMA in the order of the file, the faults of the others, and how many there were."""

    rows: pl.DataFrame
    faults: tuple[Fault, ...]
    read: int


class Reading(Protocol):
    """読取り: a file as it is read. Nothing of it may be kept before ``batches`` has come to its end.

    ``batches`` raises EnvelopeWrong, at the latest after the last batch, where the file as a whole cannot be trusted.
    The other attributes are complete when it has ended.
    """

    @property
    def agency(self) -> str | None: ...  # 審査支払機関: 1 支払基金, 2 国保連合会

    @property
    def declared(self) -> Totals: ...

    @property
    def counted(self) -> Totals: ...

    @property
    def unknown(self) -> Mapping[str, int]: ...  # records no layout knows, and how often; their bytes stay in the kept file

    def batches(self) -> Iterator[Batch]: ...


def computed_bits(*names: str) -> int:
    """計算の印: one bit for each item that was computed, the item's Annex 1 number less one."""
    return sum(_BIT[name] for name in names)


def origin_of(name: str, value: object, computed: int, office: int = 0) -> str | None:
    """出どころ of one value: file, computed or office; None where there is no value. *office* marks as *computed* does."""
    if value is None:
        return None
    if office & _BIT[name]:
        return OFFICE
    return COMPUTED if computed & _BIT[name] else FILE
