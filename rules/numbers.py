"""番号の検証: formats and check digits of the numbers that appear on papers and receipts.

Sources: 検証番号 (mod 10, weights 2-1) as in 公費負担者番号・受給者番号・保険者番号・医療機関コード; 個人番号 by
行政手続における特定の個人を識別するための番号の利用等に関する法律の規定による…命令 5条; 法人番号 by the same family of orders.
"""

from collections.abc import Callable
from typing import Final

DISEASE_SCHEME: Final = "54"  # 法別番号: 難病法による特定医療


def valid(kind: str, number: str) -> bool:
    """番号の検証: say whether *number* is well formed for its *kind*; KeyError for a kind we do not know."""
    judge = _JUDGES[kind]
    return number.isascii() and number.isdigit() and judge(number)


def check_digit(payload: str) -> str:
    """検証番号: from the right multiply by 2, 1, 2 …; add the digits; complement of the last digit to ten."""
    total = 0
    for place, digit in enumerate(reversed(payload)):
        product = int(digit) * (2 if place % 2 == 0 else 1)
        total += product // 10 + product % 10
    return str(-total % 10)


def with_check_digit(payload: str) -> str:
    """受給者番号など: the payload with its 検証番号 behind it."""
    return payload + check_digit(payload)


def individual_check_digit(payload: str) -> str:
    """個人番号の検査用数字: 11 − (Σ Pn·Qn mod 11) over eleven digits; 0 where the remainder is at most 1."""
    total = sum(int(digit) * (place + 1 if place <= 6 else place - 5)
                for place, digit in enumerate(reversed(payload), start=1))
    remainder = total % 11
    return "0" if remainder <= 1 else str(11 - remainder)


def corporate_check_digit(payload: str) -> str:
    """法人番号の検査用数字: 9 − (Σ Pn·Qn mod 9) over twelve digits, weights 1 and 2 from the right; it stands first."""
    total = sum(int(digit) * (1 if place % 2 else 2) for place, digit in enumerate(reversed(payload), start=1))
    return str(9 - total % 9)


def _closes(number: str) -> bool:
    return check_digit(number[:-1]) == number[-1]


_JUDGES: Final[dict[str, Callable[[str], bool]]] = {
    "payer": lambda n: len(n) == 8 and n.startswith(DISEASE_SCHEME) and _closes(n),
    "recipient": lambda n: len(n) == 7 and _closes(n),
    "insurer": lambda n: len(n) in (6, 8) and _closes(n),
    "facility": lambda n: len(n) == 10 and _closes(n),
    "individual": lambda n: len(n) == 12 and individual_check_digit(n[:-1]) == n[-1],
    "corporate": lambda n: len(n) == 13 and corporate_check_digit(n[1:]) == n[0],
}


def m11_digit(payload: str) -> str:
    """検査数字 (M11 W2–7) of an 整理番号: weights 2 to 7 again and again from the right; a remainder of 0 or 1 gives 0."""
    rest = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(payload))) % 11
    return str(0 if rest <= 1 else 11 - rest)
