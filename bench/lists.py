"""一覧の測定: first, filtered and deep page of the recipients: ours, a hand-written floor, Django's admin."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import median
from time import perf_counter
from typing import Any, Final

from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, event, text

from app.building import create_app
from bench.django_peer import admin_client
from bench.floor import connect, floor_app
from config import Settings
from seeds.users import DEMO_PASSWORD

ROUNDS: Final = 25
MOST_STATEMENTS: Final = 6
# How many times faster than Django's admin a page must be.
MUST: Final = {"first": 3.0, "filtered": 3.0, "deep": 6.0}


@dataclass(frozen=True)
class Peer:
    """One of those measured: how it fetches an address, and how many statements it has run."""

    fetch: Callable[[str], Any]
    statements: Callable[[], int]
    addresses: dict[str, str]


def measure(settings: Settings, rounds: int = ROUNDS) -> dict[str, Any]:
    """Return medians, statements and ratios of every page; all peers take turns in every round."""
    url = str(settings.database_url)
    engine = create_engine(url)
    with engine.connect() as connection:
        people = int(connection.scalar(text("SELECT count(*) FROM recipient")))
        deep = people * 9 // 10
        key, number = connection.execute(text(
            "SELECT kana_key, id FROM recipient ORDER BY kana_key, id OFFSET :deep LIMIT 1"), {"deep": deep - 1}).one()
    engine.dispose()
    with connect(url) as connection:
        peers = {"nanbyo": _ours(settings, number), "floor": _floor(floor_app(connection).test_client(), key, number),
                 "django": _django(url, deep)}
        pages = {page: _page(peers, page, rounds) for page in MUST}
    return {"people": people, "rounds": rounds, "pages": pages, "ok": all(page["ok"] for page in pages.values())}


def _page(peers: dict[str, Peer], page: str, rounds: int) -> dict[str, Any]:
    taken: dict[str, list[float]] = {name: [] for name in peers}
    for peer in peers.values():
        peer.fetch(peer.addresses[page])  # templates, plans and caches warm for everybody
    for _ in range(rounds):
        for name, peer in peers.items():
            start = perf_counter()
            peer.fetch(peer.addresses[page])
            taken[name].append((perf_counter() - start) * 1000)
    found: dict[str, Any] = {name: {"ms": round(median(times), 2), "sql": _statements(peers[name], page)}
                             for name, times in taken.items()}
    ours = found["nanbyo"]["ms"]
    found |= {"times_floor": round(ours / found["floor"]["ms"], 2),
              "django_over_nanbyo": round(found["django"]["ms"] / ours, 2), "must": MUST[page]}
    found["ok"] = found["django_over_nanbyo"] >= MUST[page] and found["nanbyo"]["sql"] <= MOST_STATEMENTS
    return found


def _statements(peer: Peer, page: str) -> int:
    before = peer.statements()
    peer.fetch(peer.addresses[page])
    return peer.statements() - before


def _ours(settings: Settings, number: int) -> Peer:
    app = create_app(replace(settings, demo=True))  # there is no finger here; only a trial's database takes that
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # the searches below are posted without a page to take a token from
    client = app.test_client()
    answer = client.post("/login/", data={"username": "manager1", "password": DEMO_PASSWORD})
    if answer.status_code != 302:
        raise LookupError("manager1")
    searched = client.post("/recipients/search", data={"recipient.name_kana": "ヤマ", "recipient.state": "certified"})
    counted = [0]

    @event.listens_for(Engine, "before_cursor_execute")
    def count(*_: Any) -> None:
        counted[0] += 1

    return Peer(_fetcher(client), lambda: counted[0], {
        "first": "/recipients/", "filtered": searched.location, "deep": f"/recipients/?after={number}"})


def _floor(client: FlaskClient, key: str, number: int) -> Peer:
    ran = [0]

    def fetch(address: str) -> Any:
        ran[0] += 1  # one statement a page
        return _fetcher(client)(address)

    return Peer(fetch, lambda: ran[0], {"first": "/", "filtered": "/?kana=ヤマ&state=certified",
                                        "deep": f"/?after={number}&key={key}"})


def _django(url: str, deep: int) -> Peer:
    client, counted = admin_client(url)
    root = "/admin/auth/recipient/"
    return Peer(_fetcher(client), counted, {
        "first": root, "filtered": f"{root}?q=ヤマ&state=certified", "deep": f"{root}?p={deep // 50 + 1}"})


def _fetcher(client: FlaskClient | Any) -> Callable[[str], Any]:
    def fetch(address: str) -> Any:
        answer = client.get(address)
        if answer.status_code != 200:
            raise LookupError(f"{address}: {answer.status_code}")
        return answer
    return fetch
