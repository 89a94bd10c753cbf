"""表記: how one name is found in every spelling, how two keyings are compared, how a typed value is stored.

A name or address is never changed on its way into a record; folding happens only for search and comparison.
"""

import re
from typing import Final
from unicodedata import normalize

from rules.era_date import parse_date, parse_month

# 異体字: variants people use for one another when they look a name up. Pairs by common knowledge of Japanese surnames.
_VARIANTS: Final = str.maketrans({
    **dict.fromkeys("髙", "高"), **dict.fromkeys("﨑嵜碕", "崎"), **dict.fromkeys("邊邉", "辺"),
    **dict.fromkeys("澤", "沢"), **dict.fromkeys("齊齋斎", "斉"), **dict.fromkeys("德", "徳"),
    **dict.fromkeys("瀨", "瀬"), **dict.fromkeys("廣", "広"), **dict.fromkeys("國", "国"),
    **dict.fromkeys("嶋嶌", "島"), **dict.fromkeys("𠮷", "吉"), **dict.fromkeys("濱濵", "浜"),
    **dict.fromkeys("槗𣘺", "橋"), **dict.fromkeys("櫻", "桜"), **dict.fromkeys("龍", "竜"),
    **dict.fromkeys("眞", "真"), **dict.fromkeys("惠", "恵"), **dict.fromkeys("條", "条"),
    **dict.fromkeys("豐", "豊"), **dict.fromkeys("榮", "栄"), **dict.fromkeys("圓", "円"),
    **dict.fromkeys("壽", "寿"), **dict.fromkeys("冨", "富"), **dict.fromkeys("峯", "峰"),
    **dict.fromkeys("淵渕", "渕"), **dict.fromkeys("藏", "蔵"), **dict.fromkeys("關", "関"),
    **dict.fromkeys("鐵", "鉄"), **dict.fromkeys("與", "与"), **dict.fromkeys("萬", "万"),
    **dict.fromkeys("福", "福"), **dict.fromkeys("神", "神"), **dict.fromkeys("祐", "祐"),
})
_SMALL_KANA: Final = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_HIRAGANA: Final = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_SELECTORS: Final = re.compile("[︀-️\U000e0100-\U000e01ef]")
_NOT_SEARCHED: Final = re.compile(r"[\s\-‐‑–—―−ー・･.,、。()（）]")
_SEPARATORS: Final = re.compile(r"[\s\-‐‑–—―−ー,.]")
_DASH_BETWEEN_DIGITS: Final = re.compile(r"(?<=\d)[‐‑–—―−ー](?=\d)")
DIGIT_KINDS: Final = frozenset({"number", "postal_code", "code", "yen", "count"})


def search_key(text: str) -> str:
    """検索の鍵: katakana for hiragana, one width, one variant, small kana as large, no selectors, blanks or dashes."""
    folded = normalize("NFKC", _SELECTORS.sub("", text)).translate(_VARIANTS).translate(_HIRAGANA)
    # Without its blank a spacing accent joins the letter before it: compose once more.
    return normalize("NFKC", _NOT_SEARCHED.sub("", folded.translate(_SMALL_KANA)).lower())


def grams(text: str) -> list[str]:
    """1字・2字の部分文字列: every one and every two neighbouring characters of the search key, each once, in order."""
    key = search_key(text)
    return list(dict.fromkeys([*key, *(key[i : i + 2] for i in range(len(key) - 1))]))


def digits(text: str) -> str:
    """数字の整形: half width, without blanks, dashes, dots and commas; letters stay for the validator to name."""
    return _SEPARATORS.sub("", normalize("NFKC", text))


def stored(kind: str, text: str) -> str:
    """保存する値: what a record keeps of typed *text*; names, addresses and remarks stay byte for byte."""
    if kind in DIGIT_KINDS:
        return digits(text)
    if kind == "date":
        return parse_date(text).isoformat()
    if kind == "month":
        return parse_month(text)
    if kind == "kana":
        return normalize("NFKC", text).translate(_HIRAGANA)
    if kind == "phone":
        return _DASH_BETWEEN_DIGITS.sub("-", normalize("NFKC", text).strip())
    return text


def comparison_key(kind: str, text: str) -> str:
    """突合の鍵: what two keyings are compared by; letters of names must agree (髙 is not 高), blanks need not."""
    if kind == "phone":
        return digits(text)
    if kind in DIGIT_KINDS or kind == "date":
        return stored(kind, text)
    return re.sub(r"\s+", " ", stored(kind, text)).strip()
