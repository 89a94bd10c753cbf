"""欄の呼び名: what an item is called on a sheet, where the heading of its section says whose it is."""

from collections import Counter
from typing import Final

from forms.sheet import Section, Sheet

# What a label begins with to tell the same item of two people, or of two papers, apart.
_WHOSE: Final = ("本人個人", "申請者個人", "世帯員", "臨床調査個人票", "番号の持ち主の", "記載票の", "申請書記載の", "請求書記載の")
# What a register calls its columns and no paper prints.
_ENDINGS: Final = ("フラグ", "区分")


def called(sheet: Sheet) -> dict[str, str]:
    """呼び名: field name → 氏名 for 本人個人氏名, 性別 for 本人個人性別区分; the whole label where two would be called alike."""
    names = [_names(section) for section in sheet.sections]
    return {place.name: names[place.section][place.item.key] for place in sheet.fields()}


def _names(section: Section) -> dict[str, str]:
    labels = {asked.key: asked.item.item.label for asked in section.asked}
    short = {key: _short(label) for key, label in labels.items()}
    times = Counter(short.values())
    return {key: short[key] if times[short[key]] == 1 else label for key, label in labels.items()}


def _short(label: str) -> str:
    whose = next((each for each in _WHOSE if label.startswith(each) and label != each), "")
    ending = next((each for each in _ENDINGS if label.endswith(each) and label != each), "")
    return label.removeprefix(whose).removesuffix(ending)
