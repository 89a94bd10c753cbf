"""封をした書庫: a file opens with its key, under its name, whatever way it was sealed; another way or key is moved to file by file."""

import hashlib
import os

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

from procedures import sealed_folder
from procedures.sealed_folder import SealedFolder

OLD, NEW = b"o" * 32, b"n" * 32


def before_ways_had_numbers(files, name, content, key):
    nonce = os.urandom(12)
    files.path(name).parent.mkdir(parents=True, exist_ok=True)
    files.path(name).write_bytes(nonce + AESGCM(hashlib.sha256(b"scan" + key).digest()).encrypt(nonce, content, name.encode()))


def test_what_lies_under_an_older_way_or_key_is_read_and_sealed_anew(tmp_path):
    old, new = (SealedFolder(tmp_path, b"scan", key) for key in (OLD, NEW))
    before_ways_had_numbers(old, "aa-first", b"one", OLD)
    old.write("bb-second", b"two")
    new.write("cc-third", b"three")
    assert (old.read("aa-first"), old.read("bb-second")) == (b"one", b"two")
    assert new.seal_anew(old) == 2 and new.seal_anew(old) == 0
    assert [new.read(name) for name in ("aa-first", "bb-second", "cc-third")] == [b"one", b"two", b"three"]
    with pytest.raises(InvalidTag):
        old.read("aa-first")


def test_a_new_way_is_the_newest_and_the_old_ones_stay_readable(tmp_path, monkeypatch):
    SealedFolder(tmp_path, b"scan", OLD).write("aa-first", b"one")
    monkeypatch.setattr(sealed_folder, "WAYS", {1: AESGCM, 2: ChaCha20Poly1305})
    monkeypatch.setattr(sealed_folder, "NEWEST", 2)
    files = SealedFolder(tmp_path, b"scan", OLD)
    assert files.read("aa-first") == b"one" and files.seal_anew(files) == 1 and files.seal_anew(files) == 0
    assert files.read("aa-first") == b"one" and files.path("aa-first").read_bytes()[:3] == b"nb\x02"


def test_a_file_that_neither_key_opens_stops_it_and_nothing_else_is_lost(tmp_path):
    old, new = (SealedFolder(tmp_path, b"scan", key) for key in (OLD, NEW))
    SealedFolder(tmp_path, b"scan", b"x" * 32).write("aa-strange", b"?")
    old.write("bb-second", b"two")
    with pytest.raises(InvalidTag):
        new.seal_anew(old)
    assert old.read("bb-second") == b"two"
