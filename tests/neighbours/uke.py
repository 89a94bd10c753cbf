"""支払側の書き手: receipts as a payer writes them (レセプト電算 医科, 令和4年4月版), good ones and ones with one thing wrong.

Written from the published record layout alone; nothing here knows how the office reads it.
"""

from collections.abc import Callable
from dataclasses import dataclass

END = b"\x1a"


@dataclass(frozen=True)
class Treated:
    """One receipt: who was treated, for how many points, and what she paid herself."""

    recipient: str
    name: str
    kana: str
    born: str
    points: int
    paid: int
    days: int = 1
    sex: str = "1"


def check_digit(body: str) -> str:
    """Weights 2, 1, 2 … from the right, digits of the products added, complement to ten."""
    total = sum(sum(map(int, str(int(digit) * (2 - place % 2)))) for place, digit in enumerate(reversed(body)))
    return body + str((10 - total % 10) % 10)


def record(*values: object, length: int) -> str:
    """One record, as many fields as its kind has."""
    return ",".join([*map(str, values), *[""] * (length - len(values))]) + "\r\n"


def written(treated: list[Treated], payer: str = "54117015", month: str = "202610", facility: str = "1234567") -> bytes:
    """A whole file: the institution, its receipts, the totals, and the byte that ends it."""
    lines = [record("IR", 1, 11, 1, facility, "", "見本難病クリニック", month, "00", "", length=10)]
    for number, each in enumerate(treated, start=1):
        lines += [
            record("RE", number, "1122", "202609", each.name, each.sex, each.born, length=36)[:-2] + f",{each.kana},\r\n",
            record("HO", check_digit("0613001"), "見本", number, each.days, each.points, length=15),
            record("KO", payer, each.recipient, "", each.days, each.points, each.paid, length=12),
            record("SY", "0000999", "20250401", 1, "", "見本病", "01", length=7),
            record("SI", 12, 2, "112007410", "", each.points, 1, length=44)]
    lines.append(record("GO", 2 * len(treated), sum(each.points for each in treated), "99", length=4))
    return "".join(lines).encode("cp932") + END


PEOPLE = [Treated("0000018", "見本　太郎", "ミホンタロウ", "19700401", 3_000, 6_000, 2),
          Treated("0000026", "見本　花子", "ミホンハナコ", "19520503", 12_345, 10_000, 3, "2"),
          Treated("0000034", "髙島　﨑子", "タカシマサキコ", "19840229", 871, 0, 1, "2")]
GOOD = written(PEOPLE)
# One thing wrong each: what it is → how the good file becomes it.
BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda raw: raw[:len(raw) // 2],
    "no_end": lambda raw: raw[:-1],
    "line_ends": lambda raw: raw.replace(b"\r\n", b"\n"),
    "utf_8": lambda raw: raw.decode("cp932").encode("utf-8"),
    "points": lambda raw: raw.replace(b"GO,6,16216", b"GO,6,16217"),
    "count": lambda raw: raw.replace(b"GO,6,", b"GO,8,"),
    "payer_digit": lambda raw: raw.replace(b"54117015", b"54117016", 1),
    "recipient_digit": lambda raw: raw.replace(b",0000018,", b",0000019,", 1),
    "no_header": lambda raw: raw[raw.index(b"RE,"):],
    "two_ends": lambda raw: raw + END,
}
