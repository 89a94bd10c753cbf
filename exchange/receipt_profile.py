"""表形式のレセプトの様式 (プロファイル): which column of a payer's CSV file holds which item, and where its totals stand.

国保連合会 and 後期高齢者医療広域連合 deliver differently in every prefecture; a city describes its own file in a profile.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from exchange.receipt_columns import CHECKED, KINDS, Column
from exchange.receipt_rows import FOR_CHECKS, ITEMS
from translations.wording import said

ENCODINGS: Final = ("cp932", "utf-8")
LAST, FIRST, GIVEN = "last", "first", "given"
# How an item is written where a profile does not say otherwise.
KIND_OF: Final[Mapping[str, str]] = {
    "billing_month": "month", "treatment_month": "month", "days": "count", "times": "count", "points": "count",
    "receipt_count": "count", "facility_number": "facility", "payer_number": "payer", "recipient_number": "recipient",
    "insurer_number": "insurer", "claim_kind": "claim_kind", "notes": "notes", "tenths": "tenths",
    **dict.fromkeys(("birth_date", "first_day", "last_day"), "date"),
    **dict.fromkeys(("name", "name_kana", "other_schemes", "prefecture", "point_table", "institution"), "text"),
    **dict.fromkeys(("setting", "benefit_kind", "payer_class", "care_service", "receipt_kind", "reexamination", "sex",
                     "insurance_class"), "code"),
    **{name: "yen" for name in (*ITEMS, *FOR_CHECKS) if name.endswith("_yen")}}
# What a person calls each item; the first twenty-six in the order of our own file.
LABELS: Final[Mapping[str, str]] = {
    "billing_month": "請求年月", "treatment_month": "診療年月", "setting": "入外別区分", "benefit_kind": "給付種別区分",
    "days": "日数", "times": "回数", "points": "決定点数", "total_yen": "総医療費", "insurer_yen": "医療保険負担額",
    "public_yen": "公費負担額", "copay_yen": "自己負担額", "city_support_yen": "市区町村補助金額", "payer_class": "保険種別区分",
    "facility_number": "請求医療機関番号", "care_service": "介護サービス種類コード", "receipt_kind": "レセプト区分",
    "receipt_count": "件数", "reexamination": "再審査請求区分", "payer_number": "負担者番号", "recipient_number": "受給者番号",
    "name": "氏名", "birth_date": "生年月日", "sex": "性別", "notes": "特記事項", "tenths": "負担割合",
    "meal_yen": "食事・生活療養の額", "name_kana": "氏名カナ", "insurer_number": "保険者番号", "insurance_class": "適用区分",
    "claim_kind": "レセプト種別", "other_schemes": "ほかの公費の法別番号", "first_day": "診療開始日", "last_day": "診療終了日",
    "prefecture": "都道府県コード", "point_table": "点数表コード", "institution": "医療機関コード"}
NEEDED: Final = ("billing_month", "treatment_month", "payer_number", "recipient_number")


@dataclass(frozen=True)
class Mapped:
    """対応: the column at *place* (1 is the first) fills *item*; *codes* turns the file's own codes into ours."""

    item: str
    place: int
    kind: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Control:
    """控え: where the totals are declared: in the last or the first line, or given from the paper invoice.

    *count*, *points* and *yen* are places in that line (0: not declared there); *yen_item* is what 金額 adds up; *width* is
    how many fields the line has at most (0: any number).
    """

    where: str = LAST
    mark: str = ""
    count: int = 2
    points: int = 3
    yen: int = 4
    yen_item: str = "total_yen"
    width: int = 0


@dataclass(frozen=True)
class Profile:
    """様式: headings (none: the file has none), number of fields of a row, columns, fixed items, totals."""

    name: str
    label: str
    width: int
    columns: tuple[Mapped, ...]
    headings: tuple[str, ...] = ()
    encoding: str = "cp932"
    control: Control = Control()
    fixed: Mapping[str, str] = field(default_factory=dict)
    agency: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The profile as JSON can hold it; ``profile_from`` reads it back."""
        return asdict(self)

    def judged_columns(self) -> tuple[Column, ...]:
        """The columns as they are read, in the order of the file."""
        return tuple(Column(each.item, self.name, each.kind or KIND_OF[each.item], each.item in NEEDED,
                            codes=each.codes) for each in sorted(self.columns, key=lambda each: each.place))


def profile_from(content: Mapping[str, Any]) -> Profile:
    """様式を読む; KeyError or TypeError where *content* is not what ``as_dict`` made."""
    held = dict(content)
    columns = tuple(Mapped(**each) for each in held.pop("columns"))
    return Profile(columns=columns, headings=tuple(held.pop("headings")), control=Control(**held.pop("control")), **held)


def problems(profile: Profile) -> list[str]:
    """様式の不備: every reason why a file could not be read by *profile*, in words; empty where there is none."""
    items = {each.item for each in profile.columns} | set(profile.fixed)
    found: list[str] = [said("「%(item)s」の列が決まっていません。対応する列を選んでください。", item=LABELS[item])
             for item in NEEDED if item not in items]
    if "facility_number" not in items and not {"prefecture", "point_table", "institution"} <= items:
        found.append("医療機関番号 (10桁、または都道府県・点数表・医療機関コードの三つ) の列が決まっていません。")
    if not items & {"setting", "claim_kind"}:
        found.append("入外別区分かレセプト種別の列が決まっていません。")
    if not items & {"points", "total_yen"}:
        found.append("決定点数か総医療費の列が決まっていません。")
    return found + _wrong_places(profile) + _wrong_columns(profile) + _wrong_control(profile, items)


def _wrong_places(profile: Profile) -> list[str]:
    places = [each.place for each in profile.columns]
    found: list[str] = [said("%(place)s列目はこのファイルにありません。列の番号を確かめてください。", place=place)
                        for place in places if not 1 <= place <= profile.width]
    found += [said("%(place)s列目が二つの項目に使われています。", place=place)
              for place in sorted({each for each in places if places.count(each) > 1})]
    if profile.headings and len(profile.headings) != profile.width:
        found.append("見出しの数が列の数と違います。")
    return found


def _wrong_columns(profile: Profile) -> list[str]:
    found: list[str] = []
    for each in profile.columns:
        if each.item not in LABELS:
            found.append(said("「%(item)s」という項目はファイルから取り込めません。", item=each.item))
        elif (each.kind or KIND_OF[each.item]) not in KINDS or (KIND_OF[each.item] in CHECKED and each.kind):
            found.append(said("「%(item)s」の書き方「%(kind)s」は選べません。", item=LABELS[each.item], kind=each.kind))
        elif KIND_OF[each.item] == "code" and not each.codes:
            found.append(said("「%(item)s」の符号の読み替えが空です。ファイルの値と当市のコードの対応を入れてください。", item=LABELS[each.item]))
    return found


def _wrong_control(profile: Profile, items: set[str]) -> list[str]:
    control = profile.control
    found: list[str] = []
    if control.where not in (LAST, FIRST, GIVEN) or profile.encoding not in ENCODINGS:
        found.append("文字コードか合計の場所が選ばれていません。")
    if control.where != GIVEN and (control.count < 1 or control.points < 1 and control.yen < 1):
        found.append("件数と、点数か金額の合計は必ず決めてください。合計の合わないファイルは取り込みません。")
    if control.points and "points" not in items and control.where != GIVEN:
        found.append("点数の合計を確かめるには、決定点数の列が要ります。")
    if control.yen and control.yen_item not in items and control.where != GIVEN:
        found.append("金額の合計を確かめるには、その金額の列が要ります。")
    return found


def _same(*codes: str) -> dict[str, str]:
    return {code: code for code in codes}


_STANDARD_CODES: Final = {
    "setting": _same(*"1234567"), "benefit_kind": _same(*"1234567"), "payer_class": _same(*"12345"),
    "care_service": _same("13", "14", "31", "34", "53", "55", "63", "64"), "receipt_kind": _same(*"12346"),
    "reexamination": _same(*"012345"), "sex": _same("1", "2"),
    "insurance_class": _same(*(chr(code) for code in range(0x30A2, 0x30AB, 2)))}  # the five classes in kana
_STANDARD: Final = tuple(LABELS)[:26]
# The file as Annex 1 would have it, under its own labels; the last line is its mark, 件数, 点数, 総医療費.
STANDARD: Final = Profile(
    "csv", "標準の表形式", len(_STANDARD),
    tuple(Mapped(item, place, codes=_STANDARD_CODES.get(item, {})) for place, item in enumerate(_STANDARD, start=1)),
    tuple(LABELS[item] for item in _STANDARD), control=Control(mark="合計", width=4))
