"""封印の鍵: the sealer's Ed25519 key in a file of its own, which the application never reads and no backup holds."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class KeyIsOpen(Exception):
    """The key file can be read by others; what it signs would prove nothing."""


def seal_key(path: Path) -> Ed25519PrivateKey:
    """封印の鍵を読む; made once, mode 0600. KeyIsOpen where group or others have any right to it."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(Ed25519PrivateKey.generate().private_bytes_raw().hex())
    if path.stat().st_mode & 0o077:
        raise KeyIsOpen(path.name)
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text().strip()))
