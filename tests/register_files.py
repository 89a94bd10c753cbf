"""住民情報・税情報のファイル: what another system would send, with its manifest."""

import hashlib
from collections.abc import Iterable, Mapping

from exchange.register_file import LAYOUTS

CITY = "111007"


def m11(payload: int) -> str:
    """Fifteen digits with their check digit."""
    digits = f"{payload:014}"
    rest = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(digits))) % 11
    return digits + str(0 if rest <= 1 else 11 - rest)


def resident(number: int, history: int = 1, **other: str) -> dict[str, str]:
    """A row of the register."""
    return {"市区町村番号": CITY, "整理番号": m11(number), "履歴番号": str(history), "氏名": "見本　太郎", "生年月日": "1970-04-01",
            "性別": "1", "郵便番号": "3300000", "住所": "見本市見本区松町１番地", "続柄": "02", "世帯番号": m11(number),
            "世帯主氏名": "見本　太郎", "住登外区分": "0", "外国人フラグ": "0", "住民となった日": "2015-04-01", "住民でなくなった日": "",
            "最新異動区分": "02", "最新異動日": "2015-04-01", "最新異動届出日": "", "住民異動区分": "02", "住民異動日": "", "取消区分": "0",
            "転入前住所": "", "転出後住所": ""} | other


def tax(number: int, history: int = 1, **other: str) -> dict[str, str]:
    """A row of municipal tax."""
    return {"市区町村番号": CITY, "整理番号": m11(number), "税賦課年度": "2026", "履歴番号": str(history), "市町村民税課税区分": "1",
            "市町村民税所得割額": "85000", "市町村民税均等割額": "3000", "合計所得金額": "3200000", "公的年金等の収入金額": "0",
            "更正年月日": "2026-06-01", "取消区分": "0"} | other


def file_of(kind: str, sequence: int, rows: Iterable[Mapping[str, str]], *, is_full: bool = True,
            update: str = "U") -> tuple[str, bytes, bytes]:
    """Name, content and manifest of one file."""
    name = f"{'JUKI_ATENA' if kind == 'residents' else 'ZEI_JUMINZEI'}_{'ALL' if is_full else 'DIF'}_20261123_{sequence:04}.csv"
    headings = LAYOUTS[kind].headings(is_full=is_full)
    lines = [",".join(headings)] + [",".join(({"更新区分": update} | dict(row))[each] for each in headings) for row in rows]
    raw = "".join(f"{line}\r\n" for line in lines).encode()
    return name, raw, manifest(name, raw, len(lines) - 1)


def manifest(name: str, raw: bytes, count: int) -> bytes:
    """完了ファイル."""
    return f"file={name}\nrecords={count}\nsha256={hashlib.sha256(raw).hexdigest()}\n".encode()
