"""原本画像: kept once by hash, encrypted at rest, shown page by page."""

import hashlib
from io import BytesIO
from pathlib import Path

import pypdfium2
from PIL import Image, UnidentifiedImageError
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.journal import Action
from models.sheet import ReceivedSheet, Scan
from procedures import journal
from procedures.actor import Actor
from procedures.refusal import Refused
from procedures.sealed_folder import SealedFolder
from translations.wording import said

LARGEST = 20 * 1024 * 1024
_KINDS = ((b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))
_SCALE = 150 / 72  # 150 dpi: a hand-written line is readable at twice its size


class NotAScan(Refused):
    """The file is no PDF, PNG or JPEG that can be opened, or it is too large."""

    message = "PDF・PNG・JPEGとして開けません。読み取り直して、もう一度選んでください。"


class Cabinet:
    """保管庫: the folder of scans and the key they are sealed with."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self.files = SealedFolder(folder, b"scan", key)

    def store(self, session: Session, content: bytes) -> Scan:
        """保管する: return the row of this very file, stored now or before; NotAScan where it is none."""
        media_type = next((kind for head, kind in _KINDS if content.startswith(head)), None)
        if media_type is None:
            raise NotAScan
        if len(content) > LARGEST:
            raise NotAScan(said("ファイルが大きすぎます。%(most)sMB以下にしてください。", most=LARGEST // 1024 // 1024))
        digest = hashlib.sha256(content).hexdigest()
        known = session.scalar(select(Scan).where(Scan.sha256 == digest))
        if known is not None:
            return known
        pages = _page_count(content, media_type)
        self.files.write(digest, content)
        scan = Scan(sha256=digest, media_type=media_type, size_bytes=len(content), page_count=pages)
        session.add(scan)
        session.flush()
        return scan

    def page(self, scan: Scan, number: int) -> bytes:
        """一枚: page *number* (from 1) as PNG; NotAScan where there is no such page."""
        if not 1 <= number <= scan.page_count:
            raise NotAScan("そのページはありません。")
        content = self.files.read(scan.sha256)
        if scan.media_type != "application/pdf":
            return content
        document = pypdfium2.PdfDocument(content)
        try:
            buffer = BytesIO()
            document[number - 1].render(scale=_SCALE).to_pil().save(buffer, "PNG")
        finally:
            document.close()
        return buffer.getvalue()


def look(session: Session, actor: Actor, sheet: ReceivedSheet, number: int) -> None:
    """原本画像を見る: which page of which paper is journalled; the caller commits before the picture leaves."""
    journal.record(session, actor, Action.SAW, sheet, detail={"scan_page": number})


def _page_count(content: bytes, media_type: str) -> int:
    try:
        if media_type == "application/pdf":
            document = pypdfium2.PdfDocument(content)
            pages = len(document)
            document.close()
            return pages
        with Image.open(BytesIO(content)) as image:
            image.verify()
    except (pypdfium2.PdfiumError, UnidentifiedImageError, OSError, SyntaxError):
        raise NotAScan from None
    return 1
