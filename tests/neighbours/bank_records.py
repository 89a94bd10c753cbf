"""銀行の側: how a bank reads a transfer file and writes what it could not pay; by offsets of its own, nothing of ours.

Positions counted from nought, as the bank's sheet gives them; JIS X 0201 by its own arithmetic, no codec.
"""

from collections.abc import Iterable, Mapping
from typing import Any


def letters(raw: bytes) -> str:
    """JIS X 0201: one byte a letter; A1–DF are the half-width kana U+FF61–FF9F."""
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else chr(0xFF61 + byte - 0xA1) if 0xA1 <= byte <= 0xDF else "!" for byte in raw)


def records(raw: bytes) -> list[bytes]:
    """The 120-byte records, with or without line ends."""
    return [raw[at:at + 120] for at in range(0, len(raw), 122 if raw[120:122] == b"\r\n" else 120)]


def decode(raw: bytes) -> dict[str, Any]:
    """What the bank understands: who pays, when, whom, how much, and whether the sums are right."""
    found = records(raw)
    head, rows, total, end = found[0], found[1:-2], found[-2], found[-1]
    payments = [{"bank": letters(row[1:5]), "branch": letters(row[20:23]), "kind": letters(row[42:43]),
                 "account": letters(row[43:50]), "name": letters(row[50:80]).rstrip(), "yen": int(row[80:90]),
                 "number": int(row[91:101])} for row in rows]
    assert head[:4] == b"1210" and all(row[:1] == b"2" for row in rows) and total[:1] == b"8" and end == b"9" + b" " * 119
    assert {len(record) for record in found} == {120}
    return {"code": letters(head[4:14]), "consignor": letters(head[14:54]).rstrip(), "day": letters(head[54:58]), "payments": payments,
            "sums_are_right": (int(total[1:7]), int(total[7:19])) == (len(payments), sum(each["yen"] for each in payments)),
            "yen": int(total[7:19])}


def refuse(raw: bytes, reasons: Mapping[int, str]) -> bytes:
    """The list of what came back: the header marked R01, each returned transfer with its reason, new sums."""
    found = records(raw)
    rows = [row for row in found[1:-2] if int(row[91:101]) in reasons]
    return wrap([found[0][:103] + b"R01" + b" " * 14,
                 *(row[:113] + reasons[int(row[91:101])].encode() + b" " * 5 for row in rows),
                 b"8" + f"{len(rows):06}{sum(int(row[80:90]) for row in rows):012}".encode() + b" " * 101, b"9" + b" " * 119])


def wrap(lines: Iterable[bytes]) -> bytes:
    """The records as a file."""
    return b"".join(line + b"\r\n" for line in lines)
