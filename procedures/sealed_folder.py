"""封をした書庫: files of ours on disk, each encrypted under the installation's key; a half-written one never has its name."""

import hashlib
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class Cipher(Protocol):
    """封じ方: seals and opens with a nonce of 12 bytes and what the content is bound to."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """The sealed content."""
        ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """The content; InvalidTag."""
        ...


_MARK = b"nb"
_HEAD = len(_MARK) + 1
# The ways to seal, by number; whoever adds one makes it the newest, and the old ones stay for as long as files lie under them.
WAYS: Final[Mapping[int, Callable[[bytes], Cipher]]] = {1: AESGCM}
NEWEST: Final = 1




def settle(path: Path, content: bytes) -> None:
    """置く: the whole of *content* lies at *path* and stays there when the power fails; before that, nothing does."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    lay_down(temporary, content)
    temporary.rename(path)
    flush_folder(path.parent)


def lay_down(path: Path, content: bytes) -> None:
    """書き込む: *content* is on the disk under this name, readable by its owner only; a crash before may leave half of it."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """名前を確定する: what was renamed in *folder* keeps its name when the power fails."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class SealedFolder:
    """A folder whose files open only with the key, and only under the name they were sealed with.

    Each begins with the number of the way it was sealed; what was sealed before there were numbers begins with its nonce.
    """

    def __init__(self, folder: Path, purpose: bytes, key: bytes) -> None:
        self.folder, self._key = folder, hashlib.sha256(purpose + key).digest()
        self._ways: dict[int, Cipher] = {number: make(self._key) for number, make in WAYS.items()}

    def path(self, name: str) -> Path:
        """Where *name* lies; folders of two letters keep a directory listable."""
        return self.folder / name[:2] / name

    def write(self, name: str, content: bytes) -> None:
        """Seal and rename into place: a killed process leaves a stray temporary file, never half a file."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        nonce, head = os.urandom(_NONCE), _MARK + bytes([NEWEST])
        settle(path, head + nonce + self._ways[NEWEST].encrypt(nonce, content, head + name.encode()))

    def read(self, name: str) -> bytes:
        """The content of *name*; FileNotFoundError, InvalidTag where somebody altered it."""
        return self._opened(name)[1]

    def remove(self, name: str) -> None:
        """Take *name* away, if it is there."""
        self.path(name).unlink(missing_ok=True)

    def seal_anew(self, before: "SealedFolder") -> int:
        """封じ直す: every file lies here under this key in the newest way; return how many were changed. A killed one goes on."""
        done = 0
        for path in sorted(self.folder.glob("??/*")):
            if path.name.startswith("."):
                continue
            try:
                way, content = self._opened(path.name)
            except InvalidTag:
                way, content = 0, before.read(path.name)
            if way != NEWEST:
                self.write(path.name, content)
                done += 1
        return done

    def _opened(self, name: str) -> tuple[int, bytes]:
        """The way a file was sealed, 0 from before they had numbers, and its content."""
        sealed = self.path(name).read_bytes()
        head, rest = sealed[:_HEAD], sealed[_HEAD:]
        if head.startswith(_MARK) and head[-1] in self._ways:
            with suppress(InvalidTag):  # a nonce may begin like a mark
                return head[-1], self._ways[head[-1]].decrypt(rest[:_NONCE], rest[_NONCE:], head + name.encode())
        return 0, AESGCM(self._key).decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())
