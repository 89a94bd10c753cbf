"""連携基盤との電文: a person of the register and a year of her tax, asked by 整理番号; answers in the items of an inquiry."""

from collections.abc import Mapping
from typing import Any, Final

Values = Mapping[str, Any]
UNIT: Final = "54"  # 利用業務ユニット: ours; the published list was not to be had
_LAYOUT: Final = "市1"
TAX: Final = ("CHIHOZEI01", "住民税", (
    ("KZ01", "市町村民税課税区分"), ("KZ02", "市町村民税所得割額"), ("KZ03", "市町村民税均等割額"), ("KZ04", "合計所得金額"),
    ("KZ05", "公的年金等の収入金額"), ("KZ06", "更正年月日"), ("KZ07", "履歴番号")))
# Not where she lives: that is shown only to those who may see it of a protected person, on the register's own page.
RESIDENT: Final = ("JUMIN01", "宛名", (
    ("JM03", "氏名"), ("JM04", "生年月日"), ("JM05", "続柄"), ("JM06", "世帯番号"), ("JM07", "世帯主氏名"), ("JM08", "住民となった日"),
    ("JM09", "住民でなくなった日"), ("JM10", "最新異動区分"), ("JM11", "最新異動日"), ("JM12", "履歴番号")))
OPERATIONS: Final = {"JuminShokai": RESIDENT, "JuminzeiShokai": TAX}


def question(operation: str, file_number: str, tax_year: int | None) -> Values:
    """JuminShokai, JuminzeiShokai: who, and of which year."""
    year = {"相当年度": f"{tax_year:04}"} if operation == "JuminzeiShokai" else {}
    return {"利用業務ユニット": UNIT, "識別番号": file_number, **year}


def information_in(operation: str, answer: Values) -> dict[str, Any] | None:
    """What the answer holds, as items under our codes; None where there is no such row."""
    code, element, items = OPERATIONS[operation]
    row = answer.get(element)
    if not row:
        return None
    return {"特定個人情報名コード": code, "レイアウト版": _LAYOUT, "項目": [
        {"項目コード": each, "項目名": label, "値": str(row[label])} for each, label in items if row.get(label) not in (None, "")]}


def source_in(information: Values) -> str:
    """The row the answer is from: what stands for a receipt."""
    return "連携基盤 履歴" + next(str(each["値"]) for each in information["項目"] if each["項目名"] == "履歴番号")
