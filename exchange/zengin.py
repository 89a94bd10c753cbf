"""総合振込: the bank's transfer file of 120-byte records (全銀協フォーマット, JIS): header, transfers, totals, end.

Sources of the positions: 群馬銀行 総合振込レコード・フォーマット (expydoc 11700435), 持込規格 (expydoc 8010391), SMBC
(happylibus 455113). 記号番号 of ゆうちょ銀行: its page 「記号・番号から振込用の店名・預金種目・口座番号への変換の公式」.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from exchange.layout import Field, ItemWrong, Layout
from exchange.table_file import EnvelopeWrong
from translations.wording import said

RECORD: Final = 120
CRLF: Final = b"\r\n"
POSTAL_BANK: Final = "9900"  # ゆうちょ銀行
MOST_LINES: Final = 999_999

HEADER: Final = Layout("ヘッダー", (
    Field("data", 1, "データ区分", "fixed", "1"), Field("kind", 2, "種別コード", "fixed", "21"),
    Field("character_set", 1, "コード区分", "fixed", "0"), Field("code", 10, "委託者コード", "code"),
    Field("name", 40, "委託者名"), Field("month_day", 4, "取組日", "code"),
    Field("bank", 4, "仕向銀行番号", "code"), Field("bank_kana", 15, "仕向銀行名"),
    Field("branch", 3, "仕向支店番号", "code"), Field("branch_kana", 15, "仕向支店名"),
    Field("account_kind", 1, "預金種目(依頼人)", "code"), Field("account_number", 7, "口座番号(依頼人)", "code"),
    Field("blank", 17, "ダミー", "fixed"),
))
TRANSFER_FIELDS: Final = (
    Field("data", 1, "データ区分", "fixed", "2"), Field("bank", 4, "被仕向銀行番号", "code"),
    Field("bank_kana", 15, "被仕向銀行名"), Field("branch", 3, "被仕向支店番号", "code"),
    Field("branch_kana", 15, "被仕向支店名"), Field("clearing_house", 4, "手形交換所番号", "fixed", "0000"),
    Field("account_kind", 1, "預金種目", "code"), Field("account_number", 7, "口座番号", "code"),
    Field("holder_kana", 30, "受取人名"), Field("yen", 10, "振込金額", "number"),
    Field("novelty", 1, "新規コード", "code"), Field("number", 10, "顧客コード1", "number"),
    Field("second_number", 10, "顧客コード2", "number"), Field("transfer_kind", 1, "振込区分", "fixed", "7"),
    Field("has_edi", 1, "識別表示", "fixed"),
)
TRANSFER: Final = Layout("データ", (*TRANSFER_FIELDS, Field("blank", 7, "ダミー", "fixed")))
TRAILER: Final = Layout("トレーラー", (
    Field("data", 1, "データ区分", "fixed", "8"), Field("count", 6, "合計件数", "number"),
    Field("yen", 12, "合計金額", "number"), Field("blank", 101, "ダミー", "fixed")))
END: Final = Layout("エンド", (Field("data", 1, "データ区分", "fixed", "9"), Field("blank", 119, "ダミー", "fixed")))
ACCOUNT_KINDS: Final = ("1", "2", "4", "9")  # 普通, 当座, 貯蓄, その他
NOVELTIES: Final = ("0", "1", "2")  # その他, 第1回の振込, 変更分


@dataclass(frozen=True)
class Consignor:
    """委託者: who orders the transfers, from which account and on which day (month and day only); kana as banks write it."""

    code: str
    name: str
    month_day: str
    bank: str
    bank_kana: str
    branch: str
    branch_kana: str
    account_kind: str
    account_number: str


@dataclass(frozen=True)
class Transfer:
    """振込一件: to whom, how many yen; *number* is ours and comes back where the transfer cannot be made."""

    number: int
    bank: str
    bank_kana: str
    branch: str
    branch_kana: str
    account_kind: str
    account_number: str
    holder_kana: str
    yen: int
    novelty: str = "0"
    second_number: int = 0


@dataclass(frozen=True)
class TransferFile:
    """一つのファイル; *line_end* is CRLF or nothing, as the bank wants it."""

    consignor: Consignor
    transfers: tuple[Transfer, ...]
    line_end: bytes = CRLF


def write(file: TransferFile) -> bytes:
    """書く: the bytes of the file; EnvelopeWrong names line and item of what a record cannot hold, nothing is replaced."""
    records: list[tuple[Layout, dict[str, Any]]] = [
        (HEADER, vars(file.consignor)), *((TRANSFER, vars(each)) for each in file.transfers),
        (TRAILER, {"count": len(file.transfers), "yen": sum(each.yen for each in file.transfers)}), (END, {})]
    made = []
    for line, (layout, values) in enumerate(records, start=1):
        try:
            made.append(layout.write(values) + file.line_end)
            if layout is TRANSFER:
                judge(values)
        except ItemWrong as wrong:
            raise at_line(line, wrong) from wrong
    return b"".join(made)


def read(raw: bytes) -> TransferFile:
    """読む: the whole file; EnvelopeWrong where anything is not as it must be, by line and item."""
    header, rows, line_end = read_records(raw, HEADER, TRANSFER)
    return TransferFile(consignor_of(header), tuple(transfer_of(row) for row in rows), line_end)


def read_records(raw: bytes, header: Layout, data: Layout) -> tuple[dict[str, str], list[dict[str, str]], bytes]:
    """記録を読む: header, data records and line end of a file of this shape, its totals counted; EnvelopeWrong."""
    records, line_end = _cut(raw)
    if len(records) < 3:
        raise EnvelopeWrong("truncated", "ヘッダー・トレーラー・エンドのそろったファイルではありません。途中で切れていないか確かめてください。")
    layouts = [header, *[data] * (len(records) - 3), TRAILER, END]
    found = []
    for line, (layout, record) in enumerate(zip(layouts, records, strict=True), start=1):
        try:
            found.append(layout.read(record))
            if layout is data:
                judge(found[-1])
        except ItemWrong as wrong:
            raise at_line(line, wrong) from wrong
    _count(found[1:-2], found[-2], len(records) - 1)
    return found[0], found[1:-2], line_end


def consignor_of(header: dict[str, str]) -> Consignor:
    """委託者 as a header names it."""
    return Consignor(**{name: header[name] for name in Consignor.__dataclass_fields__})


def transfer_of(row: dict[str, str]) -> Transfer:
    """振込一件 as a data record says it."""
    numbers = {"number", "yen", "second_number"}
    values: dict[str, Any] = {name: int(row[name]) if name in numbers else row[name] for name in Transfer.__dataclass_fields__}
    return Transfer(**values)


def from_postal(symbol: str, number: str) -> tuple[str, str, str]:
    """ゆうちょ銀行の記号番号: branch, account kind and account number of a transfer; ItemWrong where there is no such account.

    A symbol that begins with 1: two digits and 8, the number without its last digit, which is 1. With 0 (振替口座): two
    digits and 9, the number as it is.
    """
    if not (len(symbol) == 5 and symbol.isascii() and symbol.isdigit() and symbol[0] in "01"):
        raise ItemWrong("記号", "0か1で始まる5桁の数字ではありません。通帳の記号を確かめてください。")
    if not (number.isascii() and number.isdigit() and 2 <= len(number) <= 8):
        raise ItemWrong("番号", "8桁までの数字ではありません。通帳の番号を確かめてください。")
    if symbol[0] == "0":
        if len(number) > 7:
            raise ItemWrong("番号", "振替口座の番号は7桁までです。確かめてください。")
        return symbol[1:3] + "9", "2", number.zfill(7)
    if number[-1] != "1":
        raise ItemWrong("番号", "最後の数字が1ではありません。通帳の番号を確かめてください。")
    return symbol[1:3] + "8", "1", number[:-1].zfill(7)


def judge(row: Mapping[str, Any]) -> None:
    """一件を確かめる: what the widths alone do not say: somebody to pay, some yen, known kinds; ItemWrong."""
    if not row["holder_kana"]:
        raise ItemWrong("受取人名", "空欄です。")
    if int(str(row["yen"])) == 0:
        raise ItemWrong("振込金額", "0円です。")
    if row["account_kind"] not in ACCOUNT_KINDS:
        raise ItemWrong("預金種目", "1・2・4・9のどれかではありません。")
    if row["novelty"] not in NOVELTIES:
        raise ItemWrong("新規コード", "0・1・2のどれかではありません。")


def at_line(line: int, wrong: ItemWrong) -> EnvelopeWrong:
    """The fault of one item as a refusal of the whole file."""
    return EnvelopeWrong("item", said("%(line)s行目 %(item)s: %(why)s", line=line, item=wrong.item, why=wrong.message))


def _cut(raw: bytes) -> tuple[list[bytes], bytes]:
    line_end = CRLF if raw[RECORD:RECORD + 2] == CRLF else b""
    step = RECORD + len(line_end)
    if not raw or len(raw) % step or len(raw) // step > MOST_LINES:
        raise EnvelopeWrong("truncated", said("長さが%(width)sバイトの倍数ではありません。途中で切れていないか確かめてください。", width=step))
    records = [raw[at:at + step] for at in range(0, len(raw), step)]
    if line_end:
        for line, record in enumerate(records, start=1):
            if not record.endswith(line_end):
                raise EnvelopeWrong("truncated", said("%(line)s行目の終わりが改行ではありません。", line=line))
    return [record[:RECORD] for record in records], line_end


def _count(rows: list[dict[str, str]], trailer: dict[str, str], line: int) -> None:
    counted = {"count": len(rows), "yen": sum(int(row["yen"]) for row in rows)}
    for name, label in (("count", "合計件数"), ("yen", "合計金額")):
        if int(trailer[name]) != counted[name]:
            raise EnvelopeWrong("totals", said("%(line)s行目 %(item)s: データの合計%(counted)sと合いません。",
                                               line=line, item=label, counted=f"{counted[name]:,}"))
