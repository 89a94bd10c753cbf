"""番号の鍵: a key file wraps the keys of the store; both lie outside the database and outside its backups.

``number.key`` (32 bytes, NANBYO_NUMBERLINK_KEY names another place) opens ``number-keys.json``: the data keys by version and
the one key of the blind index. A new data key is added, never taken away while a row or a backup may need it.
"""

import contextlib
import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from exchange.number_match import MATCH_KEY_FILE
from systems.frame.settings import Settings

NONCE: Final = 12
KEY: Final = 32
INDEX: Final = "index"
PATH: Final = "NANBYO_NUMBERLINK_KEY"


class KeysWrong(Exception):
    """The key file is missing, or does not open the keys that lie beside it."""


@dataclass(frozen=True)
class Places:
    """置き場所: the key file, and the wrapped keys."""

    master: Path
    wrapped: Path

    @staticmethod
    def of(settings: Settings) -> "Places":
        folder = settings.data_dir
        return Places(Path(os.environ.get(PATH, folder / "number.key")), folder / "number-keys.json")


class Keys:
    """鍵束: what seals and finds numbers; another process's new key is seen when a row needs it."""

    def __init__(self, places: Places) -> None:
        self._places = places
        if not places.master.exists():
            raise KeysWrong(f"個人番号の鍵のファイルがありません: {places.master.name}")
        self._wrapping = AESGCM(places.master.read_bytes())
        self._read()

    @property
    def newest(self) -> int:
        """The version under which everything is sealed from now on."""
        self._read()
        return max(self._data)

    def data(self, version: int) -> AESGCM:
        """The cipher of *version*; KeysWrong where there is none."""
        if version not in self._data:
            self._read()
        if version not in self._data:
            raise KeysWrong("この個人番号を封じた鍵がありません。")
        return self._data[version]

    @property
    def index(self) -> bytes:
        """The key by which equal numbers are found."""
        return self._index

    def add(self) -> int:
        """新しい鍵: on disk before anything is sealed with it; return its version."""
        with _locked(self._places.wrapped):
            held = _held(self._places.wrapped)
            version = 1 + max((int(name) for name in held if name != INDEX), default=0)
            _write(self._places.wrapped, {**held, str(version): _wrap(self._wrapping, str(version))})
        self._read()
        return version

    def _read(self) -> None:
        stamp = self._places.wrapped.stat().st_mtime_ns
        if stamp == getattr(self, "_stamp", None):
            return
        opened = {name: self._unwrap(name, wrapped) for name, wrapped in _held(self._places.wrapped).items()}
        self._index = opened.pop(INDEX)
        self._data = {int(name): AESGCM(key) for name, key in opened.items()}
        self._stamp = stamp

    def _unwrap(self, name: str, wrapped: str) -> bytes:
        raw = bytes.fromhex(wrapped)
        try:
            return self._wrapping.decrypt(raw[:NONCE], raw[NONCE:], _belongs(name))
        except InvalidTag as wrong:
            raise KeysWrong("鍵のファイルと、包まれた鍵の組が合いません。") from wrong


def make_keys(settings: Settings) -> Keys:
    """The keys of this installation. A trial makes them once; a city puts its key file there first, or nothing starts."""
    places = Places.of(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _locked(places.wrapped):
        if not places.master.exists() and settings.is_demo and not places.wrapped.exists():
            _write_bytes(places.master, secrets.token_bytes(KEY))
        if places.master.exists() and not places.wrapped.exists():
            wrapping = AESGCM(places.master.read_bytes())
            _write(places.wrapped, {name: _wrap(wrapping, name) for name in (INDEX, "1")})
    return Keys(places)


def match_key(settings: Settings) -> bytes | None:
    """The key the core compares numbers under; a trial makes it once, a city puts it beside the certificates."""
    path = settings.tls_dir / MATCH_KEY_FILE
    if settings.is_demo and not path.exists():
        with _locked(Places.of(settings).wrapped):
            if not path.exists():
                _write_bytes(path, secrets.token_hex(KEY).encode())
    return bytes.fromhex(path.read_text()) if path.exists() else None


def _wrap(wrapping: AESGCM, name: str) -> str:
    nonce = secrets.token_bytes(NONCE)
    return (nonce + wrapping.encrypt(nonce, secrets.token_bytes(KEY), _belongs(name))).hex()


def _belongs(name: str) -> bytes:
    return f"numberlink|{name}".encode()


def _held(path: Path) -> dict[str, str]:
    try:
        return {str(name): str(wrapped) for name, wrapped in json.loads(path.read_text()).items()}
    except (ValueError, AttributeError, OSError) as damaged:
        raise KeysWrong("包まれた鍵のファイルを読めません。") from damaged


def _write(path: Path, held: dict[str, str]) -> None:
    _write_bytes(path, json.dumps(held, sort_keys=True).encode())


def _write_bytes(path: Path, content: bytes) -> None:
    """The file is whole under its name, or not there; for its owner only, and on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.with_name("keys.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
