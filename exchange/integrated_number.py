"""統合宛名番号と個人番号の桁: how they are made and checked, and how a number that strayed into a text is found."""

import re
import unicodedata
from typing import Final

FIRST: Final = "9"  # no 整理番号 of this city begins so: the two are told apart at a glance (ours)
_TWELVE: Final = re.compile(r"(?<!\d)(\d{4})[\s\-‐-―−ー]?(\d{4})[\s\-‐-―−ー]?(\d{4})(?!\d)")  # together, or as it is printed: 4-4-4


def integrated_number(place: int) -> str:
    """統合宛名番号: fifteen digits for the *place*-th person; the last is the check digit M11 W2–7, remainder 0 or 1 → 0."""
    payload = f"{FIRST}{place:013}"
    if len(payload) != 14:
        raise ValueError("no more integrated numbers")
    return payload + _check_digit(payload)


def is_integrated_number(number: str) -> bool:
    """Whether it has the form and the check digit of a 統合宛名番号."""
    return bool(re.fullmatch(rf"{FIRST}[0-9]{{14}}", number)) and _check_digit(number[:-1]) == number[-1]


def is_individual_number(number: str) -> bool:
    """個人番号: twelve digits whose last is right (番号法に関する命令5条: weights 2–7, 2–6 from the right)."""
    if not re.fullmatch("[0-9]{12}", number):
        return False
    total = sum(int(digit) * (place % 6 + 2) for place, digit in enumerate(reversed(number[:-1])))
    return number[-1] == ("0" if total % 11 <= 1 else str(11 - total % 11))


def holds_individual_number(text: str) -> bool:
    """Whether *text* holds twelve digits that pass for a 個人番号, however wide or spaced they are written."""
    found = _TWELVE.findall(unicodedata.normalize("NFKC", text))
    return any(is_individual_number("".join(groups)) for groups in found)


def _check_digit(payload: str) -> str:
    rest = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(payload))) % 11
    return str(0 if rest <= 1 else 11 - rest)
