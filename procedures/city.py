"""市の設定: letterhead and numbers of this city, read once from its settings file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from rules.numbers import valid
from rules.password import CONTEXT_WORDS


@dataclass(frozen=True)
class City:
    """市: what its papers and numbers need to know of it."""

    name: str
    prefecture: str
    mayor: str
    office: str
    address: str
    phone: str
    municipality: str
    is_designated_city: bool
    payer_general: str
    payer_welfare: str
    facility_sentence: str
    document_prefix: str = ""  # 文書番号の頭: 見保疾第
    approvers: tuple[str, ...] = ("課長", "課長補佐", "係長", "担当")  # 起案文書の決裁欄
    seal: str = ""  # 公印の画像 (PNG, SVG): a path, from the settings file on
    consignors: Mapping[date, Mapping[str, str]] = field(default_factory=dict)  # 総合振込の委託者, by the day it holds from
    budget: Mapping[str, str] = field(default_factory=dict)  # 仕訳の科目: debit, credit
    password_words: tuple[str, ...] = ()  # この市で推測されやすい語: the city's name in Latin letters, its mascot, its building
    disclosed_clerks: str = "role"  # 開示の写しで職員をどう示すか: role (所属と役割) | name


    @property
    def context_words(self) -> frozenset[str]:
        """文脈の語: of the system and of this city, which no password may lean on."""
        own = {self.name, self.name.rstrip("市区町村"), self.prefecture, *self.office.split(), *self.password_words}
        return CONTEXT_WORDS | {word for word in own if len(word) > 1}


@cache
def city_of(path: Path) -> City:
    """Return the city of a settings file; ValueError names a payer number whose check digit is wrong."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    payers = content.pop("payer_numbers")
    for number in payers.values():
        if not valid("payer", number):
            raise ValueError(f"{path.name}: 公費負担者番号 {number} の検証番号が合いません。")
    for name in {"approvers", "password_words"} & set(content):
        content[name] = tuple(content[name])
    if content.get("seal"):
        content["seal"] = str((path.parent / content["seal"]).resolve(strict=True))
    return City(**content, payer_general=payers["general"], payer_welfare=payers["welfare"])
