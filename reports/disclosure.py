"""開示の写し: everything held of one person and every look at it, for herself; as one PDF, or as tables in one archive."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from exchange.table_file import write_table
from reports.paper import check_glyphs, pdf_of

Table = Callable[[Iterable[str], Iterable[Sequence[Any]]], str]
MASKED: Final = "■■■ (第三者の情報)"
NOTES: Final = (
    "「■■■」は、本人でない人 (世帯員・申請者・被保険者・口座名義人・医師) についての記録です。",
    "個人番号は、登録の有無だけを示します。番号は窓口で本人に示します。",
    "原本画像には第三者の記入があるため、この写しに含みません。黒塗りをした写しを別に渡します。")
# Words of our own columns that no code list says.
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "subject_request.kind": {"disclosure": "開示", "correction": "訂正", "stop_use": "利用停止"},
    "subject_request.state": {"received": "受付", "identified": "本人確認済み", "decided": "決定済み", "handed_over": "交付・通知済み",
                              "withdrawn": "取下げ"},
    "subject_request.requester": {"self": "本人", "legal": "法定代理人", "agent": "任意代理人"},
    "subject_request.decision": {"whole": "全部を認める", "part": "一部を認める", "none": "認めない"},
    "correction.state": {"asked": "承認待ち", "approved": "訂正済み", "rejected": "却下"},
    "received_sheet.state": {"registered": "登録済み", "returned": "返戻", "withdrawn": "取下げ"},
    "difference.choice": {"first": "1回目の入力", "second": "2回目の入力", "typed": "確認者の入力"}}
DECISIONS: Final = {"whole": "全部を開示する", "part": "一部を開示する", "none": "開示しない"}
ACTIONS: Final = {
    "saw": "閲覧", "listed": "一覧表示", "searched": "検索", "received": "受付", "keyed": "入力", "settled": "相違の確認", "registered": "登録",
    "assessed": "所得判定", "reviewed": "審査", "drafted": "起案", "decided": "決裁", "sent_back": "差戻し", "issued": "交付",
    "printed": "印刷", "exported": "出力", "imported": "取込", "changed": "変更", "administered": "管理", "disposed": "廃棄"}


@dataclass(frozen=True)
class Section:
    """一つの表の記録: its title and, row by row, label and text; *names* are to be printed in the font of names."""

    title: str
    rows: tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True)
class Access:
    """見た記録の一件: when, who (as the city tells it), what was done, why."""

    at: datetime
    who: str
    action: str
    subject: str
    reason: str


@dataclass(frozen=True)
class Copy:
    """写しの内容."""

    number: str
    name: str
    made_on: date
    wish: str
    decision: str
    sections: tuple[Section, ...]
    left_out: tuple[str, ...]
    accesses: tuple[Access, ...]
    notes: tuple[str, ...]


def disclosure_pdf(copy: Copy, city: Any, printed: datetime) -> bytes:
    """写し as one PDF; GlyphMissing before a single box is printed."""
    check_glyphs(copy.name)
    return pdf_of("disclosure.html", {"copy": copy, "city": city, "accesses": _written(copy)}, printed)


def disclosure_zip(copy: Copy, city: Any, printed: datetime, table: Table = write_table) -> bytes:
    """写し as an archive: the PDF, both tables as CSV (as *table* writes one), and the hash of each."""
    parts = {
        "disclosure.pdf": disclosure_pdf(copy, city, printed),
        "records.csv": table(("表", "行", "項目", "内容"), (
            (section.title, place, label, text) for section in copy.sections
            for place, row in enumerate(section.rows, start=1) for label, text in row)).encode("utf-8-sig"),
        "accesses.csv": table(("日時", "だれ", "操作", "対象", "理由・目的"), _written(copy)).encode("utf-8-sig")}
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()}
    parts["manifest.json"] = json.dumps({"request": copy.number, "sha256": hashes}, ensure_ascii=False, indent=1).encode()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(zipfile.ZipInfo(name, date_time=printed.timetuple()[:6]), content)
    return archive.getvalue()


def _written(copy: Copy) -> Sequence[tuple[str, ...]]:
    return [(f"{each.at:%Y-%m-%d %H:%M:%S}", each.who, each.action, each.subject, each.reason) for each in copy.accesses]
