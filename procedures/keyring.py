"""鍵束: the keys of the numbering store. The key file wraps them; they lie beside it, outside the database and every backup.

Version 1 is derived from the key file, as it was before there was a keyring; every later one is random, wrapped by
AES-256-GCM with its own number as associated data. Old versions stay for as long as a backup may hold rows under them.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from procedures.refusal import Refused
from procedures.sealed_folder import settle

_NONCE: Final = 12
_KEY: Final = 32
_TAG: Final = 0  # the version under which the tag key is written, once a key file follows another


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
        index = _derived(b"number-index", master)
        self._raw = {_TAG: index, 1: _derived(b"number-data", master) + index}
        self._pairs: dict[int, KeyPair] = {}
        for version, wrapped in _read(file).items():
            self._raw[version] = self._unwrap(version, wrapped)

    @property
    def tag_key(self) -> bytes:
        """Two keyings of one paper are compared by it, whatever changes."""
        return self._raw[_TAG]

    @property
    def newest(self) -> int:
        """The version under which everything is sealed from now on."""
        return max(self._raw)

    def pair(self, version: int) -> KeyPair:
        """The keys of *version*; NoSuchKey."""
        if version not in self._raw or version == _TAG:
            raise NoSuchKey
        if version not in self._pairs:
            keys = self._raw[version]
            self._pairs[version] = KeyPair(AESGCM(keys[:_KEY]), keys[_KEY:])
        return self._pairs[version]

    def pairs(self) -> list[KeyPair]:
        """Every pair there is."""
        return [self.pair(version) for version in self._raw if version != _TAG]

    def add(self) -> int:
        """新しい鍵: random keys under the next version, on disk before anything is sealed with them; return the version."""
        if self._file is None:
            raise KeyringUnreadable
        version, keys = self.newest + 1, secrets.token_bytes(2 * _KEY)
        settle(self._file, _written({**_read(self._file), version: self._wrap(version, keys)}))
        self._raw[version] = keys
        return version

    def hand_on(self, master: bytes, file: Path) -> None:
        """鍵のファイルを替える: *file* holds every key of this ring, wrapped under *master*; the derived ones too, for it derives others."""
        after = Keyring(master)
        settle(file, _written({version: after._wrap(version, keys) for version, keys in self._raw.items()}))

    def _wrap(self, version: int, keys: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._wrapping.encrypt(nonce, keys, _named(version))

    def _unwrap(self, version: int, wrapped: bytes) -> bytes:
        try:
            return self._wrapping.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _named(version))
        except (InvalidTag, ValueError) as wrong:
            raise KeyringUnreadable from wrong


def _written(wrapped: Mapping[int, bytes]) -> bytes:
    return json.dumps({str(version): value.hex() for version, value in sorted(wrapped.items())}).encode()


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
