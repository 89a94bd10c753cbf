"""記録項目の一覧: the annex as the code declares it, as a table for machines and as a page for people."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Final

from models.items import Recorded, catalogue

HEADER: Final = ("table", "no", "label", "model", "attribute", "entry", "pii")
EXTENSION: Final = "extension"

_TABLES: Final = {"addressee": "1 宛名情報", "recipient": "2 受給者情報", "benefit": "3 給付情報",
                  "reimbursement": "4 償還払情報", EXTENSION: "拡張項目(別添1にないもの)"}
_ENTRIES: Final = {"paper": "申請書等(二重入力)", "clerk": "職員", "board": "審査・決裁", "system": "本システム",
                   "import": "他システムから"}
_PII: Final = {"none": "", "identity": "氏名・住所等", "number": "番号", "health": "病名・審査", "income": "所得・税",
               "bank": "口座"}


def table_of(each: Recorded) -> str:
    """表: which table of Annex 1 counts this item; ``extension`` for what later law added."""
    return str(each.model.annex_table) if each.item.number else EXTENSION


def in_order() -> list[Recorded]:
    """別添1の順: the 187 items table by table in the order of their numbers, then the extensions."""
    order = list(_TABLES)
    return sorted(catalogue(), key=lambda each: (order.index(table_of(each)), each.item.number or 0))


def rows() -> Iterator[tuple[str, str, str, str, str, str, str]]:
    """一覧の行: one for each item, under HEADER."""
    for each in in_order():
        yield (table_of(each), str(each.item.number or ""), each.item.label, each.model.__name__, each.attribute,
               each.item.entry.value, each.item.pii.value)


def as_csv() -> str:
    """一覧 (CSV): what ``./nanbyo items`` prints and docs/items.csv holds."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(rows())
    return text.getvalue()


def as_page() -> str:
    """一覧 (文書): docs/annex.md, by table, with where each value comes from and where it is kept."""
    lines = ["# 記録項目", "",
             "`./nanbyo items --page` がコードから作る。手で直さない。",
             "番号と名称は、さいたま市 特定個人情報保護評価書(重点項目評価書) 第29号 別添1 による。"]
    table = ""
    for each in in_order():
        if table_of(each) != table:
            table = table_of(each)
            lines += ["", f"## {_TABLES[table]}", "", "|番号|項目|保存先|入力元|個人情報|コード表|", "|-:|-|-|-|-|-|"]
        item = each.item
        lines.append(f"|{item.number or ''}|{item.label}|`{each.key}`|{_ENTRIES[item.entry.value]}"
                     f"|{_PII[item.pii.value]}|{item.codes or ''}|")
    return "\n".join(lines) + "\n"
