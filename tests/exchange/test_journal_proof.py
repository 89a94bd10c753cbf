"""操作記録の検証: an honest journal is found sound, and a lying store is caught whatever it does."""

import ast
import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from config import ROOT
from exchange import journal_proof
from exchange.journal_proof import NOTHING, Frontier, leaf_hash, line_of, signed_text, verify

SEALER, THIEF = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
PUBLIC = SEALER.public_key().public_bytes_raw()
START = datetime(2026, 11, 24, tzinfo=UTC)


def entry_of(number: int, **other: object) -> bytes:
    """An entry as the database writes it."""
    content = {"id": number, "at": (START + timedelta(seconds=number)).isoformat(), "actor_id": number % 5, "action": "saw",
               "detail": {"recipients": [number, number + 1]}, "reason": "窓口の\\照会"} | other
    return json.dumps(content, ensure_ascii=False).encode()


@dataclass
class Store:
    """A database with its journal, and what was kept outside of it."""

    entries: list[bytes | None] = field(default_factory=list)
    leaves: list[bytes] = field(default_factory=list)
    checkpoints: list[bytes] = field(default_factory=list)
    unsealed: list[bytes] = field(default_factory=list)
    outside: list[bytes] = field(default_factory=list)

    def seal(self, entries: list[bytes], key: Ed25519PrivateKey = SEALER, **other: object) -> None:
        """A batch as the sealer seals it."""
        self.entries += entries
        self.leaves += map(leaf_hash, entries)
        line = self.signed(key, **other)
        self.checkpoints.append(line)
        self.outside.append(line)

    def signed(self, key: Ed25519PrivateKey, **other: object) -> bytes:
        tree = Frontier()
        for leaf in self.leaves:
            tree.append(leaf)
        previous = hashlib.sha256(self.checkpoints[-1]).hexdigest() if self.checkpoints else NOTHING
        checkpoint = {"kind": "seal", "log": "a", "previous": previous, "root": tree.root().hex(), "size": tree.size, "note": "",
                      "time": (START + timedelta(seconds=tree.size + 1)).isoformat()} | other
        return line_of(checkpoint, key.sign(signed_text(checkpoint)))

    def lines(self) -> list[bytes]:
        """The export."""
        made = START + timedelta(seconds=len(self.leaves) + 2)
        return [json.dumps({"journal": "a", "made": made.isoformat()}).encode(), *self.checkpoints,
                *(b'{"leaf":"' + leaf.hex().encode() + (b'"}' if entry is None else b'","entry":' + entry + b"}")
                  for leaf, entry in zip(self.leaves, self.entries, strict=True)),
                *(b'{"unsealed":' + entry + b"}" for entry in self.unsealed)]

    def copy(self) -> "Store":
        return replace(self, **{name: list(value) for name, value in vars(self).items()})


def store_of(batches: list[int]) -> Store:
    made = Store()
    for size in batches:
        made.seal([entry_of(len(made.leaves) + place) for place in range(size)])
    return made


def told(store: Store) -> dict[str, object]:
    return verify(store.lines(), [PUBLIC], store.outside)


BATCHES = st.lists(st.integers(1, 9), min_size=1, max_size=7)


@given(BATCHES)
@settings(max_examples=60)
def test_an_honest_journal_is_sound(batches):
    assert told(store_of(batches)) == {"entries": sum(batches), "ok": True}


def test_an_empty_journal_is_sound():
    assert told(Store()) == {"entries": 0, "ok": True}


@pytest.mark.parametrize(("size", "root"), [
    (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
    (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
    (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
    (5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
    (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")])
def test_the_tree_hashes_as_the_standard_does(size, root):
    """The vectors of the Certificate Transparency reference implementation (RFC 6962)."""
    leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    tree = Frontier()
    for leaf in leaves[:size]:
        tree.append(leaf_hash(bytes.fromhex(leaf)))
    assert tree.root().hex() == root
    assert Frontier(tree.size, b"".join(tree.roots)).root() == tree.root()


# What whoever owns the database can do without the sealer's key; each takes the store and a few numbers.
def edit(store: Store, at: int, bit: int) -> None:
    """One bit of an entry."""
    entry = bytearray(store.entries[at] or b"")
    entry[bit // 8 % len(entry)] ^= 1 << bit % 8
    store.entries[at] = bytes(entry)


def edit_with_its_leaf(store: Store, at: int, bit: int) -> None:
    edit(store, at, bit)
    store.leaves[at] = leaf_hash(store.entries[at] or b"")


def delete(store: Store, at: int, bit: int) -> None:
    store.entries[at] = None


def delete_with_its_leaf(store: Store, at: int, bit: int) -> None:
    del store.entries[at], store.leaves[at]


def insert(store: Store, at: int, bit: int) -> None:
    store.entries.insert(at, entry_of(9000 + bit))
    store.leaves.insert(at, leaf_hash(store.entries[at] or b""))


def append(store: Store, at: int, bit: int) -> None:
    insert(store, len(store.leaves), bit)


def reorder(store: Store, at: int, bit: int) -> None:
    other = bit % len(store.leaves)
    assume(other != at)
    for rows in (store.entries, store.leaves):
        rows[at], rows[other] = rows[other], rows[at]


def exchange_contents(store: Store, at: int, bit: int) -> None:
    other = bit % len(store.leaves)
    assume(other != at)
    store.entries[at], store.entries[other] = store.entries[other], store.entries[at]


def cut_the_tail(store: Store, at: int, bit: int) -> None:
    """The last entries and their leaves; the checkpoints stay."""
    del store.entries[at:], store.leaves[at:]


def roll_back(store: Store, at: int, bit: int) -> None:
    """The whole database as it was at an earlier checkpoint."""
    kept = at % len(store.checkpoints)
    del store.checkpoints[kept:]
    size = journal_proof.checkpoint_of(store.checkpoints[-1])[0]["size"] if store.checkpoints else 0
    del store.entries[size:], store.leaves[size:]


def unseal_the_tail(store: Store, at: int, bit: int) -> None:
    """As if the last entries had never been sealed."""
    store.unsealed = [entry for entry in store.entries[at:] if entry]
    cut_the_tail(store, at, bit)


def drop_a_checkpoint(store: Store, at: int, bit: int) -> None:
    del store.checkpoints[at % len(store.checkpoints)]


def alter_a_checkpoint(store: Store, at: int, bit: int) -> None:
    place = at % len(store.checkpoints)
    line = bytearray(store.checkpoints[place])
    line[bit // 8 % len(line)] ^= 1 << bit % 8
    store.checkpoints[place] = bytes(line)


def forge_a_checkpoint(store: Store, at: int, bit: int) -> None:
    """A new last entry under a checkpoint signed with another key."""
    store.entries.append(entry_of(9000))
    store.leaves.append(leaf_hash(entry_of(9000)))
    store.checkpoints.append(store.signed(THIEF))


def forge_a_restore(store: Store, at: int, bit: int) -> None:
    cut_the_tail(store, at, bit)
    store.checkpoints.append(store.signed(THIEF, kind="restored"))


def forge_everything(store: Store, at: int, bit: int) -> None:
    """A whole new journal with a key of one's own."""
    made = Store()
    made.seal([entry_of(number) for number in range(at + 1)], THIEF)
    store.entries, store.leaves, store.checkpoints = made.entries, made.leaves, made.checkpoints


def claim_a_disposal(store: Store, at: int, bit: int) -> None:
    """A disposal that was never sealed, to excuse what is missing."""
    store.entries[at] = None
    store.unsealed = [entry_of(5000, action="disposed", detail={"leaves_below": 5000})]


ATTACKS = (edit, edit_with_its_leaf, delete, delete_with_its_leaf, insert, append, reorder, exchange_contents, cut_the_tail,
           roll_back, unseal_the_tail, drop_a_checkpoint, alter_a_checkpoint, forge_a_checkpoint, forge_a_restore,
           forge_everything, claim_a_disposal)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
@given(batches=BATCHES, at=st.integers(0, 60), bit=st.integers(0, 9999))
@settings(max_examples=40)
def test_a_lying_store_is_caught(attack, batches, at, bit):
    honest = store_of(batches)
    lying = honest.copy()
    attack(lying, at % len(honest.leaves), bit)
    assume(lying != honest)
    assert told(lying)["ok"] is False


def test_without_the_checkpoints_outside_a_rollback_cannot_be_seen():
    """Why they are kept: a database alone can be put back to any earlier day."""
    store = store_of([3, 4, 2])
    roll_back(store, 2, 0)
    assert verify(store.lines(), [PUBLIC])["ok"] is True
    assert told(store)["ok"] is False


def test_the_first_broken_entry_is_named():
    store = store_of([3, 4, 2])
    edit(store, 5, 77)
    edit(store, 7, 77)
    assert (told(store)["leaf"], told(store)["why"]) == (5, "内容が書き換えられています")
    store = store_of([3, 4, 2])
    edit_with_its_leaf(store, 4, 5)  # the batch is known to be wrong, not the entry in it: its first one is named
    assert told(store)["entry"] == 3


def test_a_restore_that_the_sealer_signed_sets_later_checkpoints_aside():
    store = store_of([3, 4, 2])
    del store.entries[3:], store.leaves[3:]
    store.seal([], kind="restored", note="2026-11-24 のバックアップから復元")
    store.seal([entry_of(40), entry_of(41)])
    verdict = told(store)
    assert (verdict["ok"], verdict["entries"], len(verdict["restored"])) == (True, 5, 1)


@pytest.mark.parametrize(("below", "sound"), [(3, True), (2, False)])
def test_what_a_sealed_disposal_removed_is_no_fault(below, sound):
    store = store_of([3, 4])
    store.seal([entry_of(50, action="disposed", detail={"leaves_below": below})])
    store.entries[:3] = [None] * 3
    assert told(store)["ok"] is sound


@pytest.mark.parametrize(("seconds", "sound"), [(60, True), (61, False)])
def test_an_entry_that_stays_unsealed_for_a_minute_is_a_fault(seconds, sound):
    store = store_of([100])
    store.unsealed = [entry_of(102 - seconds)]  # the export was made at second 102
    assert told(store)["ok"] is sound


def test_another_key_may_have_signed_the_end():
    store = store_of([2])
    store.seal([entry_of(2)], THIEF)
    assert told(store)["ok"] is False
    assert verify(store.lines(), [PUBLIC, THIEF.public_key().public_bytes_raw()], store.outside)["ok"] is True


@given(st.lists(st.binary(max_size=40), max_size=6))
@settings(max_examples=60)
def test_rubbish_is_refused_and_never_crashes(lines):
    assert verify(lines, [PUBLIC])["ok"] is False or lines[1:] == []


def test_the_verifier_is_one_short_file_that_needs_nothing_of_ours(tmp_path: Path):
    text = Path(journal_proof.__file__).read_text()
    assert len(text.splitlines()) <= 200
    imported = {name.split(".")[0] for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)
                for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])}
    assert imported - sys.stdlib_module_names == {"cryptography"}
    store, tool = store_of([3, 4]), tmp_path / "journal_proof.py"
    tool.write_text(text)
    (tmp_path / "seal.pub").write_text(PUBLIC.hex())
    (tmp_path / "checkpoints-2026-11.jsonl").write_bytes(b"".join(line + b"\n" for line in store.outside) + b'{"half')
    for broken, status in ((False, 0), (True, 3)):
        if broken:
            edit(store, 1, 9)
        (tmp_path / "journal.jsonl").write_bytes(b"".join(line + b"\n" for line in store.lines()))
        done = subprocess.run([sys.executable, tool, "journal.jsonl", "--key", "seal.pub", "--checkpoints", "."], cwd=tmp_path,
                              capture_output=True, text=True, check=False)
        assert (done.returncode, json.loads(done.stdout)["ok"]) == (status, not broken), done.stderr
    assert subprocess.run([sys.executable, tool], cwd=tmp_path, capture_output=True, check=False).returncode == 1
    assert str(ROOT) not in text
