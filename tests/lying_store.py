"""嘘をつく保管者: a journal as it was sealed, and everything its owner can do to it without the sealer's key."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import assume

from exchange.journal_proof import NOTHING, Frontier, checkpoint_of, leaf_hash, line_of, signed_text

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
    made: datetime = START + timedelta(hours=1)  # when the auditor asked for the export

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
        return [json.dumps({"journal": "a", "made": self.made.isoformat()}).encode(), *self.checkpoints,
                *(b'{"leaf":"' + leaf.hex().encode() + (b'"}' if entry is None else b'","entry":' + entry + b"}")
                  for leaf, entry in zip(self.leaves, self.entries, strict=True)),
                *(b'{"unsealed":' + entry + b"}" for entry in self.unsealed)]

    def copy(self) -> "Store":
        return replace(self, **{name: list(value) for name, value in vars(self).items() if isinstance(value, list)})


def store_of(batches: list[int]) -> Store:
    made = Store()
    for size in batches:
        made.seal([entry_of(len(made.leaves) + place) for place in range(size)])
    return made


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
    size = checkpoint_of(store.checkpoints[-1])[0]["size"] if store.checkpoints else 0
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
