"""やり取りの速さ: inquiries over the real processes, from the question to the answer that both sides have recorded.

Twice: from 番号連携サーバ's question at 中間サーバ, which is the exchange with the network itself, and from the core's question at
番号連携サーバ, which asks after the answer. Everything, the network's other side and the client too, runs on this machine.
"""

import os
import statistics
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Final

import psycopg

from bench.exchange_city import ENDED, STAFF, TAX, ExchangeCity, exchange_city, until_ended

MUST_A_SECOND: Final = 30.0
MOST_P99_MS: Final = 300.0
PEOPLE: Final = 12
CLIENTS: Final = 4
WARM: Final = 5  # exchanges of each client that are not counted


@dataclass(frozen=True)
class Way:
    """道: whom we ask as whom, by which operation, what names the exchange, and when it is over."""

    system: str
    caller: str
    operation: str
    name: str
    over: str


WAYS: Final[Mapping[str, Way]] = {
    "network": Way("interconnect", "numberlink", "SKI_JohoShokaiYokyu", "処理通番",
                   f"SELECT 1 FROM interconnect.inquiry WHERE processing_number = %s AND state IN {ENDED}"),
    "core": Way("numberlink", "core", "ShokaiYokyu", "受付番号", f"SELECT 1 FROM numberlink.inquiry WHERE reference = %s AND state IN {ENDED}")}


def measure(rounds: int) -> dict[str, Any]:
    """*rounds* exchanges each way by four clients: how many a second, how long each took, and whether both sides agree on all of them."""
    with tempfile.TemporaryDirectory(prefix="nanbyo-exchanges-") as name, exchange_city(Path(name), PEOPLE) as city:
        found = {way: _measured(city, WAYS[way], max(rounds // CLIENTS, 1)) for way in WAYS}
        ours, theirs = city.both_sides()
        asked = len(WAYS) * CLIENTS * (max(rounds // CLIENTS, 1) + WARM)
    agree = ours == theirs and len(ours) == asked
    return {**found, "cpus": os.cpu_count(), "clients": CLIENTS, "asked": asked, "recorded": len(ours), "both_sides_agree": agree,
            "must_a_second": MUST_A_SECOND, "most_p99_ms": MOST_P99_MS, "ok": agree and all(
                each["a_second"] >= MUST_A_SECOND and each["p99_ms"] <= MOST_P99_MS for each in found.values())}


def _measured(city: ExchangeCity, way: Way, each: int) -> dict[str, float]:
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(lambda place: _exchanges(city, way, place, WARM), range(CLIENTS)))
        begun = monotonic()
        took = sorted(one for many in clients.map(lambda place: _exchanges(city, way, place, each), range(CLIENTS)) for one in many)
        seconds = monotonic() - begun
    return {"a_second": round(len(took) / seconds, 1), "p50_ms": round(statistics.median(took) * 1000),
            "p99_ms": round(took[min(len(took) - 1, len(took) * 99 // 100)] * 1000)}


def _exchanges(city: ExchangeCity, way: Way, place: int, most: int) -> list[float]:
    """One client's exchanges, one after the other; seconds of each."""
    peer, took = city.town.peer(way.system, way.system, way.caller), []
    with psycopg.connect(city.server.url, autocommit=True) as connection:
        for turn in range(most):
            begun = monotonic()
            values = {"統合宛名番号": city.people[(place * most + turn) % len(city.people)], **TAX}
            if way.caller == "core":
                values["目的"] = "所得判定の測定"
            until_ended(connection, way.over, str(peer.call(way.operation, city.request_id(), STAFF, values)[way.name]))
            took.append(monotonic() - begun)
    return took
