"""給付の画面の測定: a person's ten years of receipts and a filtered list of them, beside the same facts by hand-written SQL and minimal HTML.

A database of its own, as large as asked. What a page of the office does besides telling facts (who asks, what she may see, the line
of the journal that is on disk before a byte leaves) is in our time and not in the floor's.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

import psycopg
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from app.building import create_app
from app.sealing import seal_what_waits
from bench.benefit_filters import filters
from bench.benefit_floor import Asked, of_list, of_person, page
from bench.benefit_rows import fill
from bench.floor import connect
from bench.scratch import scratch
from config import Settings
from seeds.users import DEMO_PASSWORD

MUST: Final = 2.0  # a page may take twice what its facts take by hand
ON: Final = date(2026, 11, 24)
MAIN: Final = ("person", "filtered")
SHORT: Final = 3  # rounds of each of hundreds of filters
PAIRS_FROM: Final = 100_000  # receipts; of fewer only each filter by itself
ROUTE: Final = "/records/benefits"


def measure(url: str, rows: int, rounds: int) -> dict[str, Any]:
    """Medians in ms of each page and of its floor over *rows* receipts; both take turns in every round."""
    with scratch(url, "bench_benefits") as engine, TemporaryDirectory() as folder:
        person = fill(engine, rows, ON)
        own = engine.url.render_as_string(hide_password=False)
        settings = replace(Settings(), database_url=own, data_dir=Path(folder), demo=True, fixed_today=ON)
        pages = _pages(settings, engine, person, rows, rounds)
    singles, pairs = ({name: each for name, each in pages.items() if name not in MAIN and (" + " in name) is two} for two in (False, True))
    return {"receipts": rows, "rounds": rounds, "pages": {name: pages[name] for name in MAIN}, "filters": singles, "pairs": pairs,
            "ok": all(page["ok"] for page in pages.values())}


def _pages(settings: Settings, engine: Engine, person: int, rows: int, rounds: int) -> dict[str, Any]:
    with engine.connect() as connection:
        month, facility = connection.execute(text(
            "SELECT treatment_month, facility_number FROM benefit ORDER BY id LIMIT 1 OFFSET (SELECT count(*) / 2 FROM benefit)")).one()
    client = _client(settings)
    with connect(str(settings.database_url)) as by_hand:
        place = _searched(client, {"benefit.treatment_month.from": month, "benefit.treatment_month.to": month, "benefit.facility_number": facility})
        compared = {"person": (f"/person/{person}", of_person(person)), "filtered": (place, of_list(month, facility))}
        found = {name: _page(settings, _fetch(client, address), page(by_hand, asked), rounds)
                 for name, (address, asked) in compared.items()}
        is_large = rows >= PAIRS_FROM
        return found | {name: _filter(settings, client, by_hand, form, asked, min(rounds, SHORT) if is_large else 1)
                        for name, form, asked in filters(by_hand, with_pairs=is_large)}


def _filter(settings: Settings, client: FlaskClient, by_hand: psycopg.Connection[Any], form: dict[str, str], asked: tuple[Asked, ...],
            rounds: int) -> Any:
    return _page(settings, _fetch(client, _searched(client, form)), page(by_hand, asked), rounds)


def _searched(client: FlaskClient, form: dict[str, str]) -> str:
    """The address of what was searched for."""
    return str(client.post(f"{ROUTE}/search", data={"panel": "1", **form}).location)


def _page(settings: Settings, ours: Callable[[], Any], floor: Callable[[], Any], rounds: int) -> dict[str, Any]:
    seal_what_waits(settings, lambda: datetime.now(UTC))  # no sealer is at work here, and unsealed entries stop looking
    taken: dict[str, list[float]] = {"nanbyo": [], "floor": []}
    for turn in range(rounds + 2):
        for name, act in (("nanbyo", ours), ("floor", floor)):
            start = perf_counter()
            act()
            if turn > 1:  # the first rounds warm templates, plans and caches
                taken[name].append((perf_counter() - start) * 1000)
    found: dict[str, Any] = {name: round(median(times), 2) for name, times in taken.items()}
    found["times_floor"] = round(found["nanbyo"] / found["floor"], 2)
    return found | {"must": MUST, "ok": found["times_floor"] <= MUST}


def _fetch(client: FlaskClient, address: str) -> Callable[[], Any]:
    def fetch() -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise LookupError(f"{address}: {answer.status_code}")
    return fetch


def _client(settings: Settings) -> FlaskClient:
    app = create_app(settings)
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    client = app.test_client()
    if client.post("/login/", data={"username": "manager1", "password": DEMO_PASSWORD}).status_code != 302:
        raise LookupError("manager1")
    return client
