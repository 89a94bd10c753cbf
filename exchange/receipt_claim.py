"""レセプト電算処理ファイル (UKE): read line by line in the editions of receipt_layouts; one receipt a row, unknown records counted.

Container: 記録条件仕様 (医科用) 令和4年4月版, chapter 1: commas without quotes, CRLF, one byte 0x1A at the end, Shift_JIS.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from exchange.receipt_layout import HEADS, Edition, edition_of
from exchange.receipt_lines import Line, claim_lines
from exchange.receipt_rows import Batch, Totals
from exchange.receipt_structure import Receipt, batch_of, receipt_of
from exchange.table_file import EnvelopeWrong
from translations.wording import said

HELD: Final = 10_000  # receipts read before a batch goes on; each brings dozens of lines


@dataclass
class _Group:
    """医療機関の単位: what one head record says, and what was counted since."""

    edition: Edition
    head: dict[str, str | None]
    receipts: int = 0
    count: int = 0
    points: int | None = 0


@dataclass
class Claim:
    """請求ファイル: one or several units IR/YK … GO, then 0x1A; EnvelopeWrong where the file cannot be trusted."""

    source: BinaryIO
    agency: str | None = None  # 審査支払機関: 1 支払基金, 2 国保連合会
    declared: Totals = field(default_factory=lambda: Totals(0, 0))
    counted: Totals = field(default_factory=lambda: Totals(0, 0))
    unknown: Counter[str] = field(default_factory=Counter)
    _group: _Group | None = None
    _open: list[Line] = field(default_factory=list)
    _ready: list[Receipt] = field(default_factory=list)

    def batches(self) -> Iterator[Batch]:
        """The receipts in the order of the file; the file may be kept only when this has come to its end."""
        units = 0
        for line in claim_lines(self.source):
            record = line.record
            if self._group is None:
                self._group = self._begin(line, record)
                units += 1
            elif record == "GO":
                self._end(line)
            elif record == "RE":
                self._close()
                self._open = [line]
            elif self._open and record not in HEADS:
                self._open.append(line)
            else:
                self._outside(line, record)
            if len(self._ready) >= HELD:
                yield self._batch()
        if self._group is not None or not units:
            raise EnvelopeWrong("truncated", "合計 (GO) のレコードがないまま終わっています。送り直してもらってください。")
        yield self._batch()

    def _begin(self, line: Line, record: str) -> _Group:
        if record not in HEADS:
            raise EnvelopeWrong("head", said("%(line)s行目は IR または YK のレコードでなければなりません。送り直してもらってください。",
                                             line=line.number))
        fields = line.raw.decode("cp932").split(",")
        month = fields[7 if record == "IR" else 6] if len(fields) > 8 else ""
        edition = edition_of(record, fields[3] if len(fields) > 3 else "", month)
        if edition is None:
            raise EnvelopeWrong("layout", said("%(line)s行目の点数表と請求年月に合う様式がありません。医科・DPC・調剤のファイルか確かめてください。",
                                               line=line.number))
        layout = edition.records[record]
        head = layout.of(line.raw)
        if not layout.pattern.fullmatch(line.raw) or not _is_sound(head):
            raise EnvelopeWrong("head", said("%(line)s行目の医療機関情報が様式と違います。送り直してもらってください。", line=line.number))
        self.agency = head["agency"]
        return _Group(edition, head)

    def _outside(self, line: Line, record: str) -> None:
        """Outside of a receipt only records stand that we do not know; a head never stands within a unit."""
        if record in HEADS or (self._group is not None and record in self._group.edition.known):
            raise EnvelopeWrong("order", said("%(line)s行目のレコードは、ここにあるはずがありません。抜けや重なりがないか、送り元に確かめてください。",
                                              line=line.number))
        self.unknown[record] += 1

    def _close(self) -> None:
        """The receipt that was open is complete."""
        if self._open and self._group is not None:
            receipt = receipt_of(self._open, self._group.edition, self._group.head, self.unknown)
            group = self._group
            group.receipts += 1
            if receipt.number not in (None, group.receipts):
                raise EnvelopeWrong("sequence", said(
                    "%(line)s行目のレセプト番号が %(next)s ではありません。抜けや重なりがないか、送り元に確かめてください。",
                    line=receipt.line, next=group.receipts))
            group.count += receipt.count
            group.points = None if group.points is None or receipt.points is None else group.points + receipt.points
            self._ready.append(receipt)
        self._open = []

    def _end(self, line: Line) -> None:
        self._close()
        group, self._group = self._group, None
        assert group is not None
        layout = group.edition.records["GO"]
        total = layout.of(line.raw)
        count, points = total["count"] or "", total["points"] or ""
        if not layout.pattern.fullmatch(line.raw) or not (_is_digits(count) and _is_digits(points)) or total["volume"] != "99":
            raise EnvelopeWrong("end", said("%(line)s行目の合計 (GO) が様式と違います。送り直してもらってください。", line=line.number))
        self.declared = _added(self.declared, int(count), int(points))
        self.counted = _added(self.counted, group.count, group.points)
        if int(count) != group.count:
            raise EnvelopeWrong("totals", said("%(line)s行目の総件数 %(declared)s が、数えた %(counted)s 件と合いません。送り直してもらってください。",
                                               line=line.number, declared=count, counted=group.count))
        if group.points is not None and int(points) != group.points:
            raise EnvelopeWrong("totals", said("%(line)s行目の総合計点数 %(declared)s が、数えた %(counted)s 点と合いません。送り直してもらってください。",
                                               line=line.number, declared=points, counted=group.points))

    def _batch(self) -> Batch:
        ready, self._ready = self._ready, []
        return batch_of(ready)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _is_sound(head: dict[str, str | None]) -> bool:
    """The head names agency, institution and month; several volumes are sent as one file."""
    institution = f"{head['prefecture'] or ''}{head['point_table'] or ''}{head['institution'] or ''}"
    return (head["agency"] in ("1", "2") and len(institution) == 10 and _is_digits(institution)
            and head["volume"] == "00" and _is_digits(head["billing_month"] or ""))


def _added(totals: Totals, count: int, points: int | None) -> Totals:
    known = totals.points is not None and points is not None
    return Totals((totals.count or 0) + count, (totals.points or 0) + (points or 0) if known else None)
