"""控えの流れ: parts of any length in one compressed, encrypted stream; a cut, altered or foreign stream is never read as whole.

Layout: ``MAGIC``, 8 bytes that name the key, 32 bytes of salt; then chunks, each a length of 4 bytes and AES-256-GCM over
at most 1 MiB, its nonce the chunk's number and whether it is the last. Inside, compressed: parts, each a JSON heading,
blocks with their lengths, a length of zero, and the SHA-256 of what lay between.
"""

import hashlib
import hmac
import json
import os
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC: Final = b"NANBYO-BACKUP-1\n"
CHUNK: Final = 1024 * 1024
_SALT: Final = 32
_NAME: Final = 8


class StreamBroken(ValueError):
    """The stream is not whole, not ours, or not of this key; *message* says which."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def _cipher(master: bytes, salt: bytes) -> AESGCM:
    return AESGCM(hmac.digest(master, b"backup|" + salt, "sha256"))


def key_name(master: bytes) -> bytes:
    """鍵の名: which key a stream needs, telling nothing of it."""
    return hmac.digest(master, b"backup-key-name", "sha256")[:_NAME]


class StreamWriter:
    """書き手: parts go in one after the other; ``close`` marks the end, without which nobody reads the stream as whole."""

    def __init__(self, out: BinaryIO, master: bytes) -> None:
        salt = os.urandom(_SALT)
        self._out, self._head = out, MAGIC + key_name(master) + salt
        self._cipher, self._number = _cipher(master, salt), 0
        self._press, self._held = zlib.compressobj(3), bytearray()
        out.write(self._head)

    def part(self, about: dict[str, Any], blocks: Iterable[bytes | memoryview] = ()) -> int:
        """Write one part; return how many bytes its blocks had."""
        heading, digest, size = json.dumps(about, ensure_ascii=False).encode(), hashlib.sha256(), 0
        self._put(len(heading).to_bytes(4, "big") + heading)
        for block in blocks:
            for begin in range(0, len(block), CHUNK):
                piece = bytes(block[begin:begin + CHUNK])
                digest.update(piece)
                size += len(piece)
                self._put(len(piece).to_bytes(4, "big") + piece)
        self._put(bytes(4) + digest.digest())
        return size

    def close(self) -> None:
        """Write what is still held, marked as the last."""
        self._held += self._press.flush()
        while len(self._held) > CHUNK:
            self._seal(False)
        self._seal(True)

    def _put(self, content: bytes) -> None:
        self._held += self._press.compress(content)
        while len(self._held) > CHUNK:
            self._seal(False)

    def _seal(self, is_last: bool) -> None:
        piece = bytes(self._held[:CHUNK])
        del self._held[:CHUNK]
        sealed = self._cipher.encrypt(_nonce(self._number, is_last), piece, self._head)
        self._out.write(len(sealed).to_bytes(4, "big") + sealed)
        self._number += 1


class StreamReader:
    """読み手: gives each part with its blocks; StreamBroken at the first byte that is not as it was written."""

    def __init__(self, source: BinaryIO, master: bytes) -> None:
        self._source, self._head = source, source.read(len(MAGIC) + _NAME + _SALT)
        if not self._head.startswith(MAGIC) or len(self._head) != len(MAGIC) + _NAME + _SALT:
            raise StreamBroken("控えのファイルではありません。ファイルを確かめてください。")
        if not hmac.compare_digest(self._head[len(MAGIC):-_SALT], key_name(master)):
            raise StreamBroken("この控えは別の鍵で封じられています。控えを作った設置の鍵ファイルを NANBYO_KEYS に指定してください。")
        self._cipher, self._number, self._is_over = _cipher(master, self._head[-_SALT:]), 0, False
        self._open, self._held, self._at = zlib.decompressobj(), bytearray(), 0

    def parts(self) -> Iterator[tuple[dict[str, Any], Iterator[bytes]]]:
        """Heading and blocks of each part; blocks that were not taken are passed over."""
        while self._has_more():
            heading = json.loads(self._take(int.from_bytes(self._take(4), "big")))
            blocks = self._blocks()
            yield heading, blocks
            for _rest in blocks:
                pass
        if not self._is_over or self._source.read(1):
            raise StreamBroken("控えの終わりに余分な内容があります。控えを取り直してください。")

    def _blocks(self) -> Iterator[bytes]:
        digest = hashlib.sha256()
        while length := int.from_bytes(self._take(4), "big"):
            block = self._take(length)
            digest.update(block)
            yield block
        if self._take(32) != digest.digest():
            raise StreamBroken("控えの内容が、書いたときの値と合いません。別の控えを使ってください。")

    def _has_more(self) -> bool:
        while self._at >= len(self._held) and not self._is_over:
            self._read()
        return self._at < len(self._held)

    def _take(self, length: int) -> bytes:
        while len(self._held) - self._at < length:
            if self._is_over:
                raise StreamBroken("控えが途中で終わっています。別の控えを使ってください。")
            self._read()
        taken = bytes(self._held[self._at:self._at + length])
        self._at += length
        return taken

    def _read(self) -> None:
        del self._held[:self._at]
        self._at = 0
        length = int.from_bytes(self._source.read(4), "big")
        sealed = self._source.read(length) if 16 <= length <= CHUNK + 16 else b""
        if len(sealed) != length or not sealed:
            raise StreamBroken("控えが途中で終わっています。別の控えを使ってください。")
        for is_last in (False, True):
            try:
                piece = self._cipher.decrypt(_nonce(self._number, is_last), sealed, self._head)
            except InvalidTag:
                continue
            self._held += self._open.decompress(piece)
            self._number, self._is_over = self._number + 1, is_last
            return
        raise StreamBroken("控えが書き換えられているか、壊れています。別の控えを使ってください。")


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if is_last else b"\0")
