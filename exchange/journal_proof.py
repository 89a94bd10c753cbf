"""操作記録の検証: from an exported journal alone, whether anything was edited, removed, added, reordered, cut or rolled back.

Needs Python 3.11 or newer and the package cryptography; no database, no password, no other file of this project:
    python3 journal_proof.py JOURNAL.jsonl --key seal.pub --checkpoints FOLDER
Hashes are those of RFC 6962. Every checkpoint holds the hash of the one before it, so the last signature stands for all;
the checkpoints kept outside the database show what was cut off it. What is sound is so until the export was made. Exit: 0, or 3.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LONGEST_UNSEALED = timedelta(seconds=60)
NOTHING = "0" * 64  # what the first checkpoint names as the one before it


class Broken(Exception):
    """The journal is not what was sealed; *leaf* counts from 0, *entry* is the journal's own number."""

    def __init__(self, why: str, leaf: int | None = None, entry: int | None = None) -> None:
        self.told = {"why": why, "leaf": leaf, "entry": entry}


class Frontier:
    """木の前線: the roots of the perfect subtrees of a growing tree; enough for its root at every size."""

    def __init__(self, size: int = 0, packed: bytes = b"") -> None:
        self.size, self.roots = size, [packed[at:at + 32] for at in range(0, len(packed), 32)]

    def append(self, leaf: bytes) -> None:
        """Add the hash of the next leaf."""
        size, self.size = self.size, self.size + 1
        while size & 1:
            leaf, size = sha256(b"\x01" + self.roots.pop() + leaf).digest(), size >> 1
        self.roots.append(leaf)

    def root(self) -> bytes:
        """The root over all leaves so far."""
        found = self.roots[-1] if self.roots else sha256(b"").digest()
        for left in reversed(self.roots[:-1]):
            found = sha256(b"\x01" + left + found).digest()
        return found


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry as it was written."""
    return sha256(b"\x00" + entry).digest()


def signed_text(checkpoint: dict[str, Any]) -> bytes:
    """What is signed of a checkpoint, byte for byte."""
    return json.dumps(checkpoint, sort_keys=True, separators=(",", ":")).encode()


def line_of(checkpoint: dict[str, Any], signature: bytes) -> bytes:
    """A checkpoint as it stands in the database and outside of it."""
    return b'{"checkpoint":' + signed_text(checkpoint) + b',"signature":"' + signature.hex().encode() + b'"}'


def checkpoint_of(line: bytes) -> tuple[dict[str, Any], bytes]:
    """Checkpoint and signature of a line; ValueError, KeyError, TypeError where it is none."""
    found = json.loads(line)
    if line_of(found["checkpoint"], bytes.fromhex(found["signature"])) != line:
        raise ValueError(line)
    return found["checkpoint"], bytes.fromhex(found["signature"])


def demand_signature(line: bytes, keys: Sequence[bytes]) -> None:
    """One of *keys* signed the checkpoint of this line; Broken."""
    checkpoint, signature = checkpoint_of(line)
    for key in keys:
        with suppress(InvalidSignature):
            return Ed25519PublicKey.from_public_bytes(key).verify(signature, signed_text(checkpoint))
    raise Broken(f"封印の署名が合いません ({checkpoint['time']})", checkpoint["size"])


def held_checkpoints(lines: Sequence[bytes], keys: Sequence[bytes], outside: Sequence[bytes], made: datetime) -> list[dict[str, Any]]:
    """The checkpoints that hold, oldest first: linked, signed, lawfully restored, none of those kept outside until *made* missing."""
    found, previous, known = list[dict[str, Any]](), NOTHING, set(lines)
    for line in lines:
        checkpoint = checkpoint_of(line)[0]
        while checkpoint["kind"] == "restored" and found and found[-1]["size"] > checkpoint["size"]:
            found.pop()  # set aside by a restore from a backup, which is signed too
        if checkpoint["previous"] != previous or (found and found[-1]["size"] > checkpoint["size"]):
            raise Broken(f"封印のつながりが切れています ({checkpoint['time']})", checkpoint["size"])
        previous = sha256(line).hexdigest()
        found.append(checkpoint)
    for line in lines[-1:]:
        demand_signature(line, keys)
    for line in outside:
        if line not in known and datetime.fromisoformat(checkpoint_of(line)[0]["time"]) <= made:
            raise Broken(f"外に控えた封印がありません。末尾の切取りかデータベースの巻戻しです: {line.decode()[:200]}")
    return found


class _Walk:
    """検証の歩み: every leaf against its entry, every checkpoint against its leaves, then what is not sealed yet."""

    def __init__(self, held: Sequence[dict[str, Any]], made: datetime) -> None:
        self.tree, self.rest, self.made = Frontier(), iter([*held, None]), made
        self.due = next(self.rest)
        self.batch, self.entries, self.unsealed, self.disposed = b"", 0, 0, 0
        self.missing: list[int] = []  # first and last leaf without its entry

    def take(self, lines: Iterator[bytes]) -> None:
        """Look at every line of the export. Broken."""
        self._check()
        for line in lines:
            self.entries += 1
            if line[:9] != b'{"leaf":"':
                self._unsealed(json.loads(line)["unsealed"])
                continue
            if self.due is None:
                raise Broken("封印のない記録が足されています", self.tree.size, _number(line))
            self.batch = self.batch or line
            self._leaf(line)
            if self.due["size"] == self.tree.size:
                self._check()
        if self.due is not None:
            raise Broken("末尾の記録が足りません", self.tree.size)
        if self.missing and self.missing[1] >= self.disposed:
            raise Broken("記録が消されています", max(self.missing[0], self.disposed))

    def _leaf(self, line: bytes) -> None:
        leaf, at = bytes.fromhex(line[9:73].decode()), self.tree.size
        if line[73:] == b'"}':
            self.missing = [self.missing[0] if self.missing else at, at]
        elif line[73:83] != b'","entry":' or line[-1:] != b"}" or sha256(b"\x00" + line[83:-1]).digest() != leaf:
            raise Broken("内容が書き換えられています", at, _number(line))
        elif b'"action": "disposed"' in line and (entry := json.loads(line[83:-1]))["action"] == "disposed":
            # An approved disposal, itself sealed, says up to which leaf it has removed entries.
            self.disposed = max(self.disposed, int((entry["detail"] or {}).get("leaves_below") or 0))
        self.tree.append(leaf)

    def _check(self) -> None:
        """Every checkpoint of this size names the root of the leaves so far. Broken."""
        while self.due is not None and self.due["size"] == self.tree.size:
            if self.tree.root().hex() != self.due["root"]:
                raise Broken(f"封印と合いません ({self.due['time']})。記録が入れ替わったか、足し引きされています", None, _number(self.batch))
            self.due, self.batch = next(self.rest), b""

    def _unsealed(self, entry: dict[str, Any]) -> None:
        self.unsealed += 1
        if datetime.fromisoformat(entry["at"]) < self.made - LONGEST_UNSEALED:
            raise Broken("封印されていない記録があります", None, entry["id"])


def _number(line: bytes) -> int | None:
    return int(found[1]) if (found := re.search(rb'"id": (\d+)', line)) else None


def verify(lines: Iterable[bytes], keys: Sequence[bytes], outside: Sequence[bytes] = ()) -> dict[str, Any]:
    """検証する: *lines* of an export, raw public keys, checkpoints kept outside; what is sound is so *until* it was exported."""
    rest, walk = iter(lines), None
    try:
        made, checkpoints = datetime.fromisoformat(json.loads(next(rest, b"{}"))["made"]), list[bytes]()
        while (line := next(rest, b"")).startswith(b'{"checkpoint":'):
            checkpoints.append(line)
        held = held_checkpoints(checkpoints, keys, outside, made)
        walk = _Walk(held, max([made, *(datetime.fromisoformat(each["time"]) for each in held[-1:])]))
        walk.take(chain([line] if line else [], rest))
        notes = {"unsealed": walk.unsealed, "disposed": walk.disposed, "until": made.isoformat(),
                 "restored": [each["time"] for each in held if each["kind"] == "restored"]}
        return {"entries": walk.entries, "ok": True} | {name: value for name, value in notes.items() if value}
    except Broken as broken:
        told = broken.told
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        told = {"why": f"読み取れない行があります ({type(wrong).__name__})", "leaf": walk.tree.size if walk else None, "entry": None}
    return {"entries": walk.entries if walk else 0, "ok": False} | told


def lines_outside(folder: Path) -> list[bytes]:
    """The checkpoints kept in *folder*, in order; a line that a power cut left half written is none."""
    return [line for path in sorted(folder.glob("checkpoints-*.jsonl")) for line in path.read_bytes().split(b"\n") if line[-2:] == b'"}']


def main(words: Sequence[str]) -> int:
    """The command of an auditor's own machine."""
    given = dict(zip(words[1::2], words[2::2], strict=False))
    if len(words) % 2 == 0 or not given.keys() >= {"--key", "--checkpoints"}:
        sys.exit(__doc__)
    keys, outside = [bytes.fromhex(Path(given["--key"]).read_text())], lines_outside(Path(given["--checkpoints"]))
    with Path(words[0]).open("rb") as file:
        verdict = verify((line.rstrip(b"\n") for line in file), keys, outside)
    sys.stdout.write(json.dumps(verdict, ensure_ascii=False) + "\n")
    return 0 if verdict["ok"] else 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
