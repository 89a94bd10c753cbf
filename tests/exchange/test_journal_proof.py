"""操作記録の検証: an honest journal is found sound, and a lying store is caught whatever it does."""

import ast
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from exchange import journal_proof
from exchange.journal_proof import Frontier, leaf_hash, verify
from tests.lying_store import (
    ATTACKS,
    PUBLIC,
    START,
    THIEF,
    Store,
    edit,
    edit_with_its_leaf,
    entry_of,
    roll_back,
    store_of,
)


def told(store: Store) -> dict[str, object]:
    verdict = verify(store.lines(), [PUBLIC], store.outside)
    assert verdict.pop("until", store.made.isoformat()) == store.made.isoformat()
    return verdict


BATCHES = st.lists(st.integers(1, 9), min_size=1, max_size=7)


@given(BATCHES)
@settings(max_examples=60)
def test_an_honest_journal_is_sound(batches):
    assert told(store_of(batches)) == {"entries": sum(batches), "ok": True}
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
    store.made = START + timedelta(seconds=102)
    store.unsealed = [entry_of(102 - seconds)]
    assert told(store)["ok"] is sound


def test_an_export_is_not_blamed_for_what_was_sealed_after_it():
    store = store_of([3])
    export, store.made = store.lines(), START + timedelta(days=2)
    store.seal([entry_of(3)], time=(START + timedelta(days=1)).isoformat())
    verdict = verify(export, [PUBLIC], store.outside)
    assert (verdict["ok"], verdict["until"]) == (True, (START + timedelta(hours=1)).isoformat())
    assert told(store)["entries"] == 4


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
