"""台帳のファイル: which masters come as files, and the headings other offices give their columns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from models.codes import Bank, BankBranch, CodeEntry, CodeList, Disease, Facility, Insurer, Municipality

# 点数表番号: the third digit of a facility's number says what it claims by.
KIND_OF_TABLE: Final = {"1": "医科", "3": "歯科", "4": "薬局", "6": "訪問看護"}


@dataclass(frozen=True)
class MasterFile:
    """台帳のファイル: its table, what its numbers must satisfy, the headings its columns may have, what all rows share.

    A *snapshot* tells the whole state of a day: what it says of a number that holds already, unchanged, is no new row,
    and it must say of which day it is.
    """

    model: Any
    number_kind: str | None
    columns: Mapping[str, tuple[str, ...]]
    keys: tuple[str, ...] = ("number",)
    name: str = "name"
    demanded: tuple[str, ...] = ()
    lengths: Mapping[str, int] = field(default_factory=dict)
    is_snapshot: bool = False
    shared: Mapping[str, Any] = field(default_factory=dict)

    @property
    def required(self) -> tuple[str, ...]:
        """Columns without which the file cannot be read at all."""
        return (*dict.fromkeys((*self.keys, self.name)), *self.demanded, *(("valid_from",) if self.is_snapshot else ()))


_SPAN: Final = {"valid_from": ("適用開始日", "指定開始日", "指定年月日", "指定日"),
                "valid_to": ("適用終了日", "指定終了日", "有効期限")}
MASTER_FILES: Final[dict[str, MasterFile]] = {
    "facilities": MasterFile(Facility, "facility", {
        "number": ("施設番号", "医療機関コード", "医療機関番号", "コード"),
        "name": ("医療機関名", "名称", "医療機関等名称", "施設名"),
        "kind": ("種別", "区分"), "postal_code": ("郵便番号",), "address": ("所在地", "住所"),
        "phone": ("電話番号", "電話"), **_SPAN}),
    "insurers": MasterFile(Insurer, "insurer", {
        "number": ("保険者番号", "番号"), "name": ("保険者名", "名称", "保険者名称"), **_SPAN}),
    "municipalities": MasterFile(Municipality, None, {
        "number": ("市区町村番号", "団体コード"), "name": ("名称", "市区町村名"), "is_designated_city": ("指定都市",), **_SPAN},
        lengths={"number": 6}, is_snapshot=True),
    "banks": MasterFile(Bank, None, {
        "number": ("金融機関番号", "金融機関コード"), "name": ("名称", "金融機関名"), "name_kana": ("名称カナ", "金融機関名カナ"), **_SPAN},
        demanded=("name_kana",), lengths={"number": 4}, is_snapshot=True),
    "branches": MasterFile(BankBranch, None, {
        "bank_number": ("金融機関番号", "金融機関コード"), "number": ("支店番号", "支店コード"), "name": ("支店名", "名称"),
        "name_kana": ("支店名カナ", "名称カナ"), **_SPAN},
        keys=("bank_number", "number", "name"), demanded=("name_kana",), lengths={"bank_number": 4, "number": 3}, is_snapshot=True),
    "diseases": MasterFile(Disease, None, {
        "number": ("告示番号",), "name": ("疾病名", "病名"), "name_kana": ("よみ",), "group_code": ("疾患群",),
        "groups": ("疾患群(すべて)",), **_SPAN}, demanded=("group_code", "groups"), is_snapshot=True),
}
CODES: Final = {"code": ("コード",), "label": ("名称",), "label_en": ("名称(英)",), "own_code": ("市の独自コード",),
                "position": ("表示順",), **_SPAN}


def codes_file(code_list: CodeList) -> MasterFile:
    """コード表のファイル: the choices of one list."""
    return MasterFile(CodeEntry, None, CODES, ("code",), "label", shared={"list_id": code_list.id})
