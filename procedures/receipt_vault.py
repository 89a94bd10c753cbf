"""受け取ったファイルの保管: every receipt file as it came, sealed in parts under its hash, and any row's bytes out of it."""

import hashlib
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import Any, BinaryIO, Final

from procedures.sealed_folder import SealedFolder

PART: Final = 4 * 1024 * 1024  # a row is read again by opening one part or two, however large the file


class ReceiptVault:
    """保管庫: the folder of received files and the key they are sealed with."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self.files = SealedFolder(folder, b"receipts", key)
        self._last: tuple[str, bytes] = ("", b"")  # rows are cut in their order: one opened part serves thousands

    def keep(self, source: BinaryIO) -> tuple[str, int]:
        """保管する: return hash and size in bytes; *source* stands at its beginning again. A second time changes nothing."""
        digest, size = hashlib.sha256(), 0
        source.seek(0)
        while part := source.read(PART):
            digest.update(part)
            size += len(part)
        name, number = digest.hexdigest(), 0
        source.seek(0)
        while part := source.read(PART):
            self.files.write(_part(name, number), part)
            number += 1
        source.seek(0)
        return name, size

    def open(self, name: str) -> BinaryIO:
        """取り出す: the file as it came, read part by part; FileNotFoundError where nothing of that hash is kept."""
        self.files.read(_part(name, 0))
        return BufferedReader(_Parts(self.files, name), PART)

    def cut(self, name: str, first: int, count: int) -> bytes:
        """届いたままの行: *count* bytes from byte *first* on."""
        parts = range(first // PART, (first + count - 1) // PART + 1)
        joined = b"".join(self._opened(_part(name, number)) for number in parts)
        begin = first - parts.start * PART
        return joined[begin:begin + count]

    def _opened(self, part: str) -> bytes:
        if self._last[0] != part:
            self._last = part, self.files.read(part)
        return self._last[1]

    def forget(self, name: str) -> None:
        """捨てる: of a file that was refused nothing is kept."""
        number = 0
        while self.files.path(_part(name, number)).exists():
            self.files.remove(_part(name, number))
            number += 1


class _Parts(RawIOBase):
    """The parts of one file as one stream."""

    def __init__(self, files: SealedFolder, name: str) -> None:
        self.files, self.name, self.number, self.rest, self.given = files, name, 0, memoryview(b""), 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self.rest:
            try:
                self.rest = memoryview(self.files.read(_part(self.name, self.number)))
            except FileNotFoundError:
                return 0
            self.number += 1
        count = min(len(buffer), len(self.rest))
        buffer[:count], self.rest = self.rest[:count], self.rest[count:]
        self.given += count
        return count

    def tell(self) -> int:
        """How many bytes were read: how far an import is."""
        return self.given


def _part(name: str, number: int) -> str:
    return f"{name}-{number:05}"
