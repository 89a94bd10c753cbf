"""鍵束: the keys of the numbering store. The key file wraps them; they lie beside it, outside the database and every backup.

Version 1 is derived from the key file, as it was before there was a keyring; every later one is random, wrapped by
AES-256-GCM with its own number as associated data. Old versions stay for as long as a backup may hold rows under them.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from procedures.refusal import Refused
from procedures.sealed_folder import settle

_NONCE: Final = 12
_KEY: Final = 32


class KeyringUnreadable(Refused):
    """The keyring does not belong to this key file, or is damaged."""

    message = "鍵束のファイルを、この鍵では開けません。鍵のファイルと鍵束のファイルの組を確かめてください。"


class NoSuchKey(Refused):
    """A row names a key this installation does not have."""

    message = "この個人番号を封じた鍵が鍵束にありません。管理者に連絡してください。"


@dataclass(frozen=True)
class KeyPair:
    """一組の鍵: the cipher of the numbers, and the key of the hashes by which equal ones are found."""

    data: AESGCM
    index: bytes


class Keyring:
    """鍵束: version → keys; what the file holds when it is opened."""

    def __init__(self, master: bytes, file: Path | None = None) -> None:
        self._wrapping, self._file = AESGCM(_derived(b"number-wrapping", master)), file
        self.tag_key = _derived(b"number-index", master)  # two keyings of one paper are compared by it whatever changes
        self._pairs = {1: KeyPair(AESGCM(_derived(b"number-data", master)), self.tag_key)}
        for version, wrapped in _read(file).items():
            self._pairs[version] = self._unwrap(version, wrapped)

    @property
    def newest(self) -> int:
        """The version under which everything is sealed from now on."""
        return max(self._pairs)

    def pair(self, version: int) -> KeyPair:
        """The keys of *version*; NoSuchKey."""
        if version not in self._pairs:
            raise NoSuchKey
        return self._pairs[version]

    def pairs(self) -> list[KeyPair]:
        """Every pair there is."""
        return list(self._pairs.values())

    def add(self) -> int:
        """新しい鍵: random keys under the next version, on disk before anything is sealed with them; return the version."""
        if self._file is None:
            raise KeyringUnreadable
        version, nonce, keys = self.newest + 1, secrets.token_bytes(_NONCE), secrets.token_bytes(2 * _KEY)
        wrapped = nonce + self._wrapping.encrypt(nonce, keys, _named(version))
        held = {**_read(self._file), version: wrapped}
        settle(self._file, json.dumps({str(each): value.hex() for each, value in sorted(held.items())}).encode())
        self._pairs[version] = self._unwrap(version, wrapped)
        return version

    def _unwrap(self, version: int, wrapped: bytes) -> KeyPair:
        try:
            keys = self._wrapping.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _named(version))
        except (InvalidTag, ValueError) as wrong:
            raise KeyringUnreadable from wrong
        return KeyPair(AESGCM(keys[:_KEY]), keys[_KEY:])


def _read(file: Path | None) -> dict[int, bytes]:
    if file is None or not file.exists():
        return {}
    try:
        return {int(version): bytes.fromhex(wrapped) for version, wrapped in json.loads(file.read_text()).items()}
    except (ValueError, AttributeError, TypeError) as damaged:
        raise KeyringUnreadable from damaged


def _named(version: int) -> bytes:
    return f"numbering|{version}".encode()


def _derived(purpose: bytes, master: bytes) -> bytes:
    return hashlib.sha256(purpose + b"|1|" + master).digest()
