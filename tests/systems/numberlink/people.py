"""人: residents and valid numbers for the tests of 番号連携サーバ; none of them is anybody's."""

from exchange.integrated_number import is_individual_number
from tests import canary


def individual_number(place: int) -> str:
    """The *place*-th number of the tests, with its right last digit; the first is looked for wherever the run left anything."""
    if place == 1:
        return canary.NUMBERS[1]
    payload = f"{10_000_000_000 + place * 7_919:011}"
    return next(payload + last for last in "0123456789" if is_individual_number(payload + last))


def resident(place: int, **other) -> dict:
    """One row of the feed."""
    return {"市区町村番号": "111007", "整理番号": f"{place:015}", "履歴番号": 1, "氏名": f"見本　{_word(place)}",
            "生年月日": f"19{20 + place % 70}-{place % 12 + 1:02}-{place % 27 + 1:02}", "性別": "1", "住所": f"見本市本町{place}番地",
            "住登外区分": "0", **other}


def _word(place: int) -> str:
    return "".join("一二三四五六七八九〇"[int(digit) - 1] for digit in str(place))
