"""鍵の更新を測る: so many sealed numbers under new keys, beside the bare update of the same rows; everything is undone."""

import tempfile
import time
from pathlib import Path
from typing import Any, Final

from sqlalchemy import create_engine, insert, text
from sqlalchemy.orm import Session

from models.number_report import IndividualNumber
from procedures.key_rotation import RotationJob
from procedures.keyring import Keyring
from procedures.vault import Vault

LIMIT_SECONDS: Final = 30.0  # for 100,000 numbers
_BATCH: Final = 10_000


def measure(url: str, rows: int) -> dict[str, Any]:
    """Seal *rows* numbers, change the keys, seal them anew; the seconds, their ratio to the bare update, and what cannot be read."""
    engine = create_engine(url, hide_parameters=True)
    with tempfile.TemporaryDirectory() as folder, Session(engine) as session:
        ring, master = Path(folder) / "numbering.keys", b"b" * 32
        session.execute(text("SET LOCAL session_replication_role = replica"))  # numbers without papers, undone below
        session.execute(text("DELETE FROM numbering.individual_number"))
        session.execute(text("DELETE FROM numbering.sealed_number"))
        _fill(session, Vault(master), rows)
        floor = _floor(session)
        Keyring(master, ring).add()
        vault = Vault(master, ring)
        job, begun, done = RotationJob(vault), time.perf_counter(), 0
        while moved := job.seal_some(session):
            done += moved
        seconds = time.perf_counter() - begun
        unreadable = sum(vault.reveal(each) != _number(each.line_id) for each in session.query(IndividualNumber).yield_per(_BATCH))
        session.rollback()
    engine.dispose()
    limit = LIMIT_SECONDS * rows / 100_000
    return {"rows": rows, "done": done, "seconds": round(seconds, 2), "bare_update": round(floor, 2), "ratio": round(seconds / floor, 1),
            "limit_seconds": limit, "unreadable": unreadable, "ok": done == rows and not unreadable and seconds <= limit}


def _number(line: int) -> str:
    return f"{line:012}"


def _fill(session: Session, vault: Vault, rows: int) -> None:
    for first in range(1, rows + 1, _BATCH):
        some = range(first, min(first + _BATCH, rows + 1))
        sealed = vault.seal_lines({line: _number(line) for line in some})
        session.execute(insert(IndividualNumber), [
            {"line_id": line, "ciphertext": ciphertext, "key_version": vault.newest, "blind_index": index}
            for line, (ciphertext, index) in sealed.items()])


def _floor(session: Session) -> float:
    """The same rows written once by the database alone."""
    begun = time.perf_counter()
    session.execute(text("UPDATE numbering.individual_number SET blind_index = blind_index"))
    return time.perf_counter() - begun
