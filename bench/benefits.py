"""給付の画面の測定: a person's months and filtered lists of receipts, beside the same rows by hand-written SQL and minimal HTML."""

from collections.abc import Callable
from html import escape
from statistics import median
from time import perf_counter
from typing import Any, Final

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from app import create_app
from bench.floor import connect
from config import Settings
from seeds.users import DEMO_PASSWORD

MUST: Final = 2.0  # a page may take twice what its rows take by hand
_LISTED: Final = ("r.name, r.recipient_number, b.billing_month, b.treatment_month, b.setting, b.points, b.total_yen, b.copay_yen, "
                  "b.facility_number")


def measure(settings: Settings, rounds: int) -> dict[str, Any]:
    """Medians in ms of each page and of its floor; all take turns in every round."""
    url = str(settings.database_url)
    engine = create_engine(url)
    with engine.connect() as connection:
        receipts = int(connection.scalar(text("SELECT count(*) FROM benefit")))
        person = connection.scalar(text("SELECT recipient_id FROM benefit_month GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"))
        month, facility = connection.execute(text("SELECT treatment_month, facility_number FROM benefit ORDER BY id LIMIT 1 OFFSET 500")).one()
    engine.dispose()
    client = _client(settings)
    searched = client.post("/records/benefits/search", data={
        "panel": "1", "benefit.treatment_month.from": month, "benefit.treatment_month.to": month, "benefit.facility_number": facility})
    with connect(url) as connection:
        floors = {
            "person": (f"/person/{person}", "SELECT * FROM benefit_month WHERE recipient_id = %s ORDER BY treatment_month DESC", (person,)),
            "filtered": (searched.location, f"SELECT {_LISTED} FROM benefit b JOIN recipient r ON r.id = b.recipient_id WHERE b.treatment_month = %s "
                         "AND b.facility_number = %s ORDER BY b.id DESC LIMIT 50", (month, facility))}
        pages = {name: _page(client, address, _floor(connection, statement, values), rounds)
                 for name, (address, statement, values) in floors.items()}
    return {"receipts": receipts, "rounds": rounds, "pages": pages, "ok": all(page["ok"] for page in pages.values())}


def _page(client: FlaskClient, address: str, floor: Callable[[], Any], rounds: int) -> dict[str, Any]:
    def ours() -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise LookupError(f"{address}: {answer.status_code}")

    taken: dict[str, list[float]] = {"nanbyo": [], "floor": []}
    for turn in range(rounds + 1):
        for name, act in (("nanbyo", ours), ("floor", floor)):
            start = perf_counter()
            act()
            if turn:  # the first round warms templates, plans and caches
                taken[name].append((perf_counter() - start) * 1000)
    found: dict[str, Any] = {name: round(median(times), 2) for name, times in taken.items()}
    found["times_floor"] = round(found["nanbyo"] / found["floor"], 2)
    return found | {"must": MUST, "ok": found["times_floor"] <= MUST}


def _floor(connection: Any, statement: str, values: tuple[Any, ...]) -> Callable[[], Any]:
    app = Flask("floor")

    @app.get("/")
    def page() -> str:
        rows = connection.execute(statement, values)
        body = "".join("<tr>" + "".join(f"<td>{escape(str(value))}</td>" for value in row) + "</tr>" for row in rows)
        return f"<!doctype html><html lang=ja><title>list</title><table>{body}</table>"

    client = app.test_client()
    return lambda: client.get("/")


def _client(settings: Settings) -> FlaskClient:
    app = create_app(settings)
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    client = app.test_client()
    if client.post("/login/", data={"username": "manager1", "password": DEMO_PASSWORD}).status_code != 302:
        raise LookupError("manager1")
    return client
