"""操作記録の検証の測定: a whole journal proved, in a database of its own, beside reading the same rows and doing nothing."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from time import perf_counter, process_time
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from bench.scratch import scratch
from exchange.journal_proof import NOTHING, Frontier, leaf_hash, line_of, signed_text
from procedures.journal_proof import lines, prove
from procedures.sealing import log_of

LIMIT_S: Final = 10.0  # of the verifier's own time; what neighbours of the machine take is not its cost
MOST_OVER_READING: Final = 4.0
PER_CHECKPOINT: Final = 20  # what a busy office journals in a second
# Looks, lists of fifty people, and acts with a reason, as they come in an office.
_FILL: Final = text("""
INSERT INTO journal_entry (at, actor_name, terminal, screen, action, subject_kind, subject_id, recipient_id, reason, detail)
SELECT now() - make_interval(secs => :rows - i), '入力 一郎', '10.0.0.' || i % 250, 'PersonView.show',
       CASE i % 10 WHEN 0 THEN 'listed' WHEN 1 THEN 'changed' ELSE 'saw' END, 'application', i, i % 100000,
       CASE i % 10 WHEN 1 THEN '窓口での申し出による' ELSE '' END,
       CASE i % 10 WHEN 0 THEN jsonb_build_object('listing', 'recipients', 'rows', 50, 'recipients',
            (SELECT jsonb_agg(i * 7 % 100000 + n) FROM generate_series(1, 50) AS n)) END
  FROM generate_series(1, :rows) AS i""")


def measure(url: str, rows: int, rounds: int) -> dict[str, Any]:
    """Return the best of *rounds* of proving a journal of *rows* entries, and of reading it without proving anything."""
    with scratch(url, "bench_audit", prepare_threshold=None,
                 options="-c plan_cache_mode=force_custom_plan") as engine:
        _fill(engine, rows)
        key = Ed25519PrivateKey.generate()
        outside = _seal(engine, key)
        keys = [key.public_key().public_bytes_raw()]

        def proving(session: Session) -> bool:
            return prove(session, keys, outside, datetime.now(UTC)) == {"entries": rows, "ok": True}

        proved, verify_s, cpu_s = _best(engine, rounds, proving)
        _, read_s, _ = _best(engine, rounds, lambda session: sum(1 for _ in lines(session, datetime.now(UTC))) > rows)
    a_million = cpu_s * 1_000_000 / rows
    return {"entries": rows, "checkpoints": len(outside), "verify_s": round(verify_s, 2), "read_s": round(read_s, 2),
            "ratio": round(verify_s / read_s, 2), "most": MOST_OVER_READING, "cpu_s_a_million": round(a_million, 2), "limit_s": LIMIT_S,
            "proved": proved,
            "ok": proved and a_million <= LIMIT_S and verify_s <= MOST_OVER_READING * read_s}


def _best(engine: Engine, rounds: int, act: Callable[[Session], bool]) -> tuple[bool, float, float]:
    """Whether it was right each time; the least wall time, and the least time of this process's own."""
    times, own, right = [], [], True
    for _ in range(rounds):
        with Session(engine) as session:
            started, mine = perf_counter(), process_time()
            right = act(session) and right
            times.append(perf_counter() - started)
            own.append(process_time() - mine)
    return right, min(times), min(own)


def _fill(engine: Engine, rows: int) -> None:
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(_FILL, {"rows": rows})


def _seal(engine: Engine, key: Ed25519PrivateKey) -> list[bytes]:
    """Leaves and checkpoints as a sealer would have left them over the years, written at once."""
    tree, previous, leaves, checkpoints = Frontier(), NOTHING, list[str](), list[bytes]()
    with Session(engine) as session:
        log = log_of(session)
        bodies = session.execute(text("SELECT id, journal_text(e) FROM journal_entry e ORDER BY id"),
                                 execution_options={"yield_per": 10_000})
        for place, (entry, body) in enumerate(bodies, start=1):
            leaf = leaf_hash(body.encode())
            leaves.append(f"{tree.size}\t{entry}\t\\\\x{leaf.hex()}\n")
            tree.append(leaf)
            if place % PER_CHECKPOINT == 0:
                checkpoint = {"kind": "seal", "log": log, "note": "", "previous": previous, "root": tree.root().hex(),
                              "size": tree.size, "time": datetime.now(UTC).isoformat()}
                checkpoints.append(line_of(checkpoint, key.sign(signed_text(checkpoint))))
                previous = hashlib.sha256(checkpoints[-1]).hexdigest()
        cursor: Any = session.connection().connection.cursor()
        with cursor.copy("COPY journal_leaf (leaf_index, entry_id, hash) FROM STDIN") as copy:
            copy.write("".join(leaves))
        with cursor.copy("COPY journal_checkpoint (size, line) FROM STDIN") as copy:
            copy.write("".join(f"{place * PER_CHECKPOINT}\t{line.decode()}\n" for place, line in enumerate(checkpoints, start=1)))
        session.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE journal_entry, journal_leaf, journal_checkpoint"))
    return checkpoints
