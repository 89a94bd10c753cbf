"""封をした書庫: files of ours on disk, each encrypted under the installation's key; a half-written one never has its name."""

import hashlib
import os
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


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
        temporary = path.with_suffix(f".{os.getpid()}.part")
        temporary.write_bytes(nonce + self.cipher.encrypt(nonce, content, name.encode()))
        temporary.rename(path)

    def read(self, name: str) -> bytes:
        """The content of *name*; FileNotFoundError, InvalidTag where somebody altered it."""
        sealed = self.path(name).read_bytes()
        return self.cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())

    def remove(self, name: str) -> None:
        """Take *name* away, if it is there."""
        self.path(name).unlink(missing_ok=True)
