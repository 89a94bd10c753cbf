"""原本画像: kept once by hash, encrypted at rest, shown page by page."""

import hashlib
import os
from io import BytesIO
from pathlib import Path

import pypdfium2
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from PIL import Image, UnidentifiedImageError
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.sheet import Scan
from procedures.refusal import Refused

LARGEST = 20 * 1024 * 1024
_KINDS = ((b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))
_SCALE = 150 / 72  # 150 dpi: a hand-written line is readable at twice its size


class NotAScan(Refused):
    """The file is no PDF, PNG or JPEG that can be opened, or it is too large."""

    message = "PDF・PNG・JPEGとして開けません。読み取り直して、もう一度選んでください。"


class Cabinet:
    """保管庫: the folder of scans and the key they are sealed with."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self.folder, self.cipher = folder, AESGCM(hashlib.sha256(b"scan" + key).digest())

    def store(self, session: Session, content: bytes) -> Scan:
        """保管する: return the row of this very file, stored now or before; NotAScan where it is none."""
        media_type = next((kind for head, kind in _KINDS if content.startswith(head)), None)
        if media_type is None:
            raise NotAScan
        if len(content) > LARGEST:
            raise NotAScan(f"ファイルが大きすぎます。{LARGEST // 1024 // 1024}MB以下にしてください。")
        digest = hashlib.sha256(content).hexdigest()
        known = session.scalar(select(Scan).where(Scan.sha256 == digest))
        if known is not None:
            return known
        pages = _page_count(content, media_type)
        self._write(digest, content)
        scan = Scan(sha256=digest, media_type=media_type, size_bytes=len(content), page_count=pages)
        session.add(scan)
        session.flush()
        return scan

    def page(self, scan: Scan, number: int) -> bytes:
        """一枚: page *number* (from 1) as PNG; NotAScan where there is no such page."""
        if not 1 <= number <= scan.page_count:
            raise NotAScan("そのページはありません。")
        content = self._read(scan.sha256)
        if scan.media_type != "application/pdf":
            return content
        document = pypdfium2.PdfDocument(content)
        try:
            buffer = BytesIO()
            document[number - 1].render(scale=_SCALE).to_pil().save(buffer, "PNG")
        finally:
            document.close()
        return buffer.getvalue()

    def _path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest

    def _write(self, digest: str, content: bytes) -> None:
        """Seal and rename into place: a killed process leaves a stray temporary file, never half a scan."""
        path = self._path(digest)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        nonce = os.urandom(12)
        temporary = path.with_suffix(f".{os.getpid()}.part")
        temporary.write_bytes(nonce + self.cipher.encrypt(nonce, content, digest.encode()))
        temporary.rename(path)

    def _read(self, digest: str) -> bytes:
        sealed = self._path(digest).read_bytes()
        return self.cipher.decrypt(sealed[:12], sealed[12:], digest.encode())


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
