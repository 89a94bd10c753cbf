"""ある時点: the servers are lost; a base copy and the archived log bring the office back as it was between two saves, to the row."""

import shlex
import tempfile
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any, Final

import psycopg

from bench.cluster import Server, own, until

SEED: Final = 20261124
TABLE: Final = "CREATE TABLE entry (id integer PRIMARY KEY, content text NOT NULL)"
MOST: Final = 60  # saves on either side of the moment


def measure(rounds: int) -> dict[str, Any]:
    """*rounds* times: save, note a moment, save more, lose the server, go back to the moment; rows missing and rows too many."""
    chance, found = Random(SEED), {"rounds": rounds, "saved_before": 0, "missing": 0, "too_many": 0, "restore_max_s": 0.0}
    for number in range(rounds):
        with tempfile.TemporaryDirectory(prefix="nanbyo-moment-") as name:
            folder = Path(name)
            own(folder)
            _round(folder, chance.randint(1, MOST), number, found)
    return {**found, "ok": not found["missing"] and not found["too_many"] and found["saved_before"] >= rounds}


def _round(folder: Path, before: int, number: int, found: dict[str, Any]) -> None:
    archive = folder / "archive"
    archive.mkdir()
    own(archive)
    office, back = Server(folder, f"office_{number}"), Server(folder, f"back_{number}")
    try:
        office.make()
        office.start(archive_mode="on", archive_command=f"test ! -f {archive}/%f && cp %p {archive}/.%f && mv {archive}/.%f {archive}/%f")
        office.ask(TABLE)
        _save(office, range(before // 2))
        back.base_of(office)
        _save(office, range(before // 2, before))
        moment = str(office.ask("SELECT clock_timestamp()"))
        _save(office, range(before, before + MOST))
        last = office.ask("SELECT pg_walfile_name(pg_switch_wal())")
        until(lambda: (archive / str(last)).exists(), "the log is not archived")
        office.kill()
        begun = monotonic()
        (back.folder / "recovery.signal").touch()
        own(back.folder / "recovery.signal", is_file=True)
        back.start(restore_command=f"cp {shlex.quote(str(archive))}/%f %p", recovery_target_time=moment, recovery_target_action="promote")
        until(lambda: back.ask("SELECT NOT pg_is_in_recovery()"), "the copy stays in recovery")
        found["restore_max_s"] = max(found["restore_max_s"], round(monotonic() - begun, 2))
        _compare(back, before, found)
    finally:
        office.remove()
        back.remove()


def _save(server: Server, numbers: range) -> None:
    """One entry after the other, each told as saved."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        for number in numbers:
            connection.execute("INSERT INTO entry VALUES (%s, %s)", (number, "x" * 200))


def _compare(server: Server, before: int, found: dict[str, Any]) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        there = {int(row[0]) for row in connection.execute("SELECT id FROM entry")}
        connection.execute("INSERT INTO entry VALUES (-1, 'it takes writes again')")
    found["saved_before"] += before
    found["missing"] += len(set(range(before)) - there)
    found["too_many"] += len(there - set(range(before)))
