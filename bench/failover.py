"""切替: the primary is killed again and again while clerks save; what they were told is saved must be on the server that takes over."""

import statistics
import tempfile
import threading
from pathlib import Path
from time import monotonic
from typing import Any

import psycopg

from bench.cluster import Server, own, until

CLERKS = 4
AT_LEAST = 50  # acknowledged entries before each kill
TABLE = "CREATE TABLE entry (id text PRIMARY KEY, content text NOT NULL)"


def measure(rounds: int) -> dict[str, Any]:
    """Kill the primary *rounds* times; how many acknowledged entries the promoted standby lacks, and how fast it wrote."""
    acknowledged: set[str] = set()
    lost, promotions = 0, []
    with tempfile.TemporaryDirectory(prefix="nanbyo-failover-") as name:
        folder = Path(name)
        own(folder)
        primary = Server(folder, "server_0")
        try:
            primary.make()
            primary.start()
            primary.ask(TABLE)
            for number in range(1, rounds + 1):
                standby = _followed(primary, Server(folder, f"server_{number}"))
                acknowledged |= _clerks_until_the_kill(primary, number)
                promotions.append(standby.promote())
                primary.remove()
                lost += _missing(standby, acknowledged)
                primary = standby
        finally:
            primary.remove()
    return {"rounds": rounds, "acknowledged": len(acknowledged), "lost": lost, "promotion_median_s": round(statistics.median(promotions), 2),
            "promotion_max_s": round(max(promotions), 2), "ok": lost == 0 and len(acknowledged) >= rounds * AT_LEAST}


def _followed(primary: Server, standby: Server) -> Server:
    """A standby that follows *primary*, without which from now on nothing is acknowledged."""
    standby.copy_of(primary)
    standby.start()
    primary.ask(f"ALTER SYSTEM SET synchronous_standby_names = '{standby.name}'")
    primary.ask("SELECT pg_reload_conf()")
    until(lambda: primary.ask("SELECT sync_state FROM pg_stat_replication") == "sync", "the standby does not confirm")
    return standby


def _clerks_until_the_kill(primary: Server, number: int) -> set[str]:
    """What the clerks were told is saved, up to the moment in which their server died."""
    told: list[str] = []
    clerks = [threading.Thread(target=_save, args=(primary.url, f"{number}-{clerk}", told)) for clerk in range(CLERKS)]
    for each in clerks:
        each.start()
    begun = monotonic()
    until(lambda: len(told) >= AT_LEAST + number % 7 and monotonic() - begun > 0.3, "the clerks cannot save")
    primary.kill()
    for each in clerks:
        each.join()
    return set(told)


def _save(url: str, clerk: str, told: list[str]) -> None:
    """Save one entry after the other; only a commit that came back is told."""
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            for place in range(1_000_000):
                connection.execute("INSERT INTO entry VALUES (%s, %s)", (f"{clerk}-{place}", "x" * 200))
                told.append(f"{clerk}-{place}")
    except psycopg.Error:
        return


def _missing(server: Server, acknowledged: set[str]) -> int:
    with psycopg.connect(server.url, autocommit=True) as connection:
        # The new primary waits for nobody until it is followed again.
        connection.execute("ALTER SYSTEM RESET synchronous_standby_names")
        connection.execute("SELECT pg_reload_conf()")
        return len(acknowledged - {row[0] for row in connection.execute("SELECT id FROM entry")})
