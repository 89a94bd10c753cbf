"""封をした書庫: files of ours on disk, each encrypted under the installation's key; a half-written one never has its name."""

import hashlib
import os
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


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
    """A folder whose files open only with the key, and only under the name they were sealed with."""

    def __init__(self, folder: Path, purpose: bytes, key: bytes) -> None:
        self.folder, self.cipher = folder, AESGCM(hashlib.sha256(purpose + key).digest())

    def path(self, name: str) -> Path:
        """Where *name* lies; folders of two letters keep a directory listable."""
        return self.folder / name[:2] / name

    def write(self, name: str, content: bytes) -> None:
        """Seal and rename into place: a killed process leaves a stray temporary file, never half a file."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        nonce = os.urandom(_NONCE)
        settle(path, nonce + self.cipher.encrypt(nonce, content, name.encode()))

    def read(self, name: str) -> bytes:
        """The content of *name*; FileNotFoundError, InvalidTag where somebody altered it."""
        sealed = self.path(name).read_bytes()
        return self.cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())

    def remove(self, name: str) -> None:
        """Take *name* away, if it is there."""
        self.path(name).unlink(missing_ok=True)
