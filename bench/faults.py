"""故障: the application and the database are killed (SIGKILL), the disk fills up and the clock jumps in the middle of keying and importing;
broken promises are counted.

What is not tried here: printing, and payments, whose carrier is killed in its own tests (tests/procedures/test_payment_kills.py).
Every call of the database fails once in tests/procedures/test_every_call_fails.py.
"""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

import psycopg
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.database import migrate
from bench.cluster import Server, ServerWouldNot, own, until
from bench.fault_hands import LONGEST_JUMP, ROWS
from bench.small_disk import fill, small_disk
from config import ROOT
from seeds import load_all
from seeds.users import load_demo_users

SEED = 20261124
LONGEST_FULL = 20.0  # seconds that a hand has to run into the full disk
LONGEST = 0.6  # seconds between the first act of a hand and its end
KINDS = ("keying", "import")
VICTIMS = ("application", "database", "disk", "clock")


def measure(rounds: int, tell: Callable[[str], None]) -> dict[str, Any]:
    """*rounds* kills of each victim in each kind of work; acts told as saved, how many of them are missing, halves found."""
    chance, found = Random(SEED), {"rounds_each": rounds, "saved": 0, "lost": 0, "halves": 0, "refused": 0, "recovery_max_s": 0.0}
    with tempfile.TemporaryDirectory(prefix="nanbyo-faults-") as name, small_disk(Path(name)) as is_small:
        folder = Path(name)
        own(folder)
        victims = [victim for victim in VICTIMS if is_small or victim != "disk"]
        found["full_disk"] = "tried" if is_small else "not tried: nothing can be mounted here"
        server = Server(folder, "office")
        try:
            _open(server)
            for kind in KINDS:
                for victim in victims:
                    for _number in range(rounds):
                        _round(server, kind, victim, chance, found)
                    tell(f"{kind}, {victim}: {found['saved']:,} saved, {found['lost']} lost, {found['halves']} halves")
        finally:
            server.remove()
    # A disk that was full and stopped nobody was not full.
    return {**found, "ok": found["lost"] == 0 and found["halves"] == 0 and found["saved"] >= rounds
            and ("disk" not in victims or found["refused"] > 0)}


def _open(server: Server) -> None:
    server.make()
    server.start()
    url = _driver(server)
    migrate(url)
    engine = create_engine(url)
    with Session(engine) as session:
        load_all(session)
        load_demo_users(session)
        session.commit()
    engine.dispose()


def _round(server: Server, kind: str, victim: str, chance: Random, found: dict[str, Any]) -> None:
    begin = int(server.ask(f"SELECT count(*) / {ROWS} + 1 FROM addressee")) if kind == "import" else 1
    told: list[str] = []
    hand = subprocess.Popen([sys.executable, "-m", "bench.fault_hands", _driver(server), kind, str(begin), victim], cwd=ROOT, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)})
    listener = threading.Thread(target=lambda: told.extend(line for line in hand.stdout or () if line.endswith("\n")))
    listener.start()
    until(lambda: told or hand.poll() is not None, "the hand does nothing")
    if not told:
        raise ServerWouldNot(f"the hand of {kind} ended before it did anything")
    threading.Event().wait(chance.random() * LONGEST)
    if victim == "disk":
        _fill_up(server, hand, found)
    elif victim == "database":
        server.kill()
        _start_again(server, found)
    with suppress(ProcessLookupError):
        hand.send_signal(signal.SIGKILL)
    hand.wait()
    listener.join()
    if hand.stdout:
        hand.stdout.close()
    found["saved"] += len(told)
    lost, halves = (_keyed if kind == "keying" else _imported)(server, told)
    found["lost"] += lost
    found["halves"] += halves


def _fill_up(server: Server, hand: subprocess.Popen[str], found: dict[str, Any]) -> None:
    """Nothing fits any more, somebody makes room, and the office is back without anything done by hand but starting the server."""
    ballast = fill(server.folder.parent)
    with suppress(subprocess.TimeoutExpired):
        hand.wait(LONGEST_FULL)
        found["refused"] += 1
    ballast.unlink()
    if server.ask("SELECT 1") is None:
        server.kill()
        _start_again(server, found)


def _start_again(server: Server, found: dict[str, Any]) -> None:
    begun = monotonic()
    server.start()
    found["recovery_max_s"] = max(found["recovery_max_s"], round(monotonic() - begun, 2))


def _keyed(server: Server, told: list[str]) -> tuple[int, int]:
    """Every field that was told as kept stands in its keying; no keying without its sheet, no sheet in its hands without a keying."""
    with psycopg.connect(server.url) as connection:
        kept = {f"{number} {raw.get('patient.patient_name', '').removeprefix('見本 ')}\n"
                for number, raw in connection.execute("SELECT id, raw FROM keying")}
        row = connection.execute("SELECT count(*) FROM received_sheet s WHERE s.state LIKE 'keying%' AND NOT EXISTS "
                                 "(SELECT 1 FROM keying k WHERE k.sheet_id = s.id)").fetchone()
        wrong = connection.execute(_WRONG_TIMES, {"most": LONGEST_JUMP}).fetchone()
    return len(set(told) - kept), sum(int(each[0]) for each in (row, wrong) if each)


def _imported(server: Server, told: list[str]) -> tuple[int, int]:
    """Of every file all rows or none stand there, and all of what was told as taken in."""
    with psycopg.connect(server.url) as connection:
        files, rows = connection.execute("SELECT (SELECT count(*) FROM import_set), (SELECT count(*) FROM addressee)").fetchone() or (0, 0)
    taken = [line.split() for line in told]
    lost = sum(int(number) > files or int(count) != ROWS for number, count in taken)
    return lost, int(rows != files * ROWS)


# A clock that jumps makes nobody's keying last for days or less than no time, and numbers of the journal go on.
_WRONG_TIMES = """SELECT (SELECT count(*) FROM keying WHERE active_seconds < 0 OR active_seconds > %(most)s)
  + (SELECT count(*) FROM (SELECT transaction_id < lag(transaction_id) OVER (PARTITION BY subject_id, actor_id ORDER BY id) AS back
       FROM journal_entry WHERE subject_kind = 'received_sheet') AS told WHERE back)"""


def _driver(server: Server) -> str:
    return server.url.replace("postgresql://", "postgresql+psycopg://", 1)
