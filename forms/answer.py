"""一つの答え: whether what was typed can be an answer, said in one sentence that never gives the passing value away."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from forms.sheet import SEALED_KIND, Field
from rules import numbers
from rules.era_date import NotADate, parse_date, parse_month
from rules.spelling import digits
from translations.wording import said

UNREADABLE: Final = "判読不能"
MISSING: Final = "記入がありません。原本にあれば入力し、原本も空欄なら受付に確かめてください。"
FLAGS: Final = {"1": True, "0": False}
FLAG_CHOICES: Final = (("1", "はい"), ("0", "いいえ"))
_KANA: Final = re.compile(r"[ァ-ヶー・\s]+")


def fault_of(field: Field, raw: str, choices: Mapping[str, str]) -> str | None:
    """欄の誤り: the sentence that says what to do, or None; blank is judged by the form, not here."""
    if not raw.strip():
        return None
    if field.item.length and len(raw) > field.item.length:
        return said("%(most)s文字以内で入力してください。", most=field.item.length)
    if "\x00" in raw:
        return "使えない文字が入っています。打ち直してください。"
    return _JUDGES.get(field.kind, _anything)(field, raw, choices)


def day_of(text: str) -> date | None:
    """日付: what was typed as a day; None where it is blank or no day (that is judged with its own field)."""
    try:
        return parse_date(text) if text.strip() else None
    except NotADate:
        return None


def value_of(kind: str, stored: str) -> Any:
    """保存する値の型: the Python value a column takes for the stored text of an answer."""
    if kind == "date":
        return parse_date(stored)
    if kind in ("yen", "count"):
        return int(stored)
    if kind == "bool":
        return FLAGS[stored]
    if kind == "codes":
        return sorted(stored.split())
    return stored


def _anything(field: Field, raw: str, choices: Mapping[str, str]) -> str | None:
    return None


def _date(field: Field, raw: str, choices: Mapping[str, str]) -> str | None:
    try:
        parse_date(raw)
    except NotADate as problem:
        return problem.message
    return None


def _code(field: Field, raw: str, choices: Mapping[str, str]) -> str | None:
    return None if digits(raw) in choices else "一覧にない番号です。表示された番号から選んでください。"


def _codes(field: Field, raw: str, choices: Mapping[str, str]) -> str | None:
    return None if all(code in choices for code in raw.split()) else "一覧にない番号があります。番号を空白で区切って入力してください。"


def _flag(field: Field, raw: str, choices: Mapping[str, str]) -> str | None:
    return None if digits(raw) in FLAGS else "1 (はい) か 0 (いいえ) を入力してください。"


def _whole(field: Field, raw: str, choices: Mapping[str, str]) -> str | None:
    plain = digits(raw)
    return None if plain.isascii() and plain.isdigit() and len(plain) <= 10 else "0以上の整数を入力してください。"


def _month(field: Field, raw: str, choices: Mapping[str, str]) -> str | None:
    try:
        parse_month(raw)
    except NotADate as problem:
        return problem.message
    return None


def _kana(field: Field, raw: str, choices: Mapping[str, str]) -> str | None:
    return None if _KANA.fullmatch(raw) else "カタカナで入力してください。"


def _postal(field: Field, raw: str, choices: Mapping[str, str]) -> str | None:
    return None if re.fullmatch(r"[0-9]{7}", digits(raw)) else "郵便番号は7桁の数字で入力してください。"


def _number(field: Field, raw: str, choices: Mapping[str, str]) -> str | None:
    kind, lengths, lookup = field.number
    plain = digits(raw)
    if lookup == "disease":
        return None if plain in choices else "告示番号にありません。番号か病名の一部で選び直してください。"
    if lengths and not (plain.isascii() and plain.isdigit() and len(plain) in lengths):
        return said("%(lengths)s桁の数字で入力してください。", lengths=" / ".join(str(length) for length in lengths))
    if kind and not numbers.valid(kind, plain):
        return "検証番号が合いません。原本の番号を確かめてください。"
    return None


def _individual_number(field: Field, raw: str, choices: Mapping[str, str]) -> str | None:
    plain = digits(raw)
    if not (plain.isascii() and plain.isdigit() and len(plain) == 12):
        return "個人番号は12桁の数字で入力してください。"
    return None if numbers.valid("individual", plain) else "検証番号が合いません。原本の番号を確かめてください。"


_JUDGES: Final[dict[str, Callable[[Field, str, Mapping[str, str]], str | None]]] = {
    "date": _date, "code": _code, "codes": _codes, "bool": _flag, "yen": _whole, "count": _whole, "month": _month,
    "kana": _kana, "postal_code": _postal, "number": _number,
    SEALED_KIND: _individual_number,
}
