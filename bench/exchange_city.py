"""やり取りの市: the systems an exchange passes through, on a server of their own, and people whose numbers became codes."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any, Final

import psycopg

from bench.cluster import Server, free_port, own, until
from bench.town import Town
from exchange.integrated_number import is_individual_number
from exchange.peer import Peer
from exchange.soap import Silent, SoapFault

ON_THE_WAY: Final = ("simulator", "interconnect", "numberlink")
STAFF: Final = "numbers1"
TAX: Final = {"照会先機関コード": "112038", "事務コード": "B2120", "事務手続コード": "B2120P01", "特定個人情報名コード": "CHIHOZEI01",
              "対象年度": "2026"}
ENDED: Final = "('回答済', '該当なし', 'エラー', '照合拒否', '不開示', '期限切れ', '取消')"
RECORDED: Final = ("SELECT processing_number, inquirer, provider, asked_at, provided_at, office_code, procedure_code, information_code, "
                   "item_codes::text, is_withheld FROM {}.disclosure ORDER BY 1, 8, 4")
LOOK_AGAIN_S: Final = 0.005
PATIENCE_S: Final = 120.0


class NeverEnded(RuntimeError):
    """What was asked came to no end within two minutes."""


class ExchangeCity:
    """市: stands where the core's worker stands: whatever it asks, it asks under one request id until it is answered."""

    def __init__(self, folder: Path) -> None:
        self.server = Server(folder, "exchanges")
        self.town = Town(self.server.url, folder / "office", dict(zip(ON_THE_WAY, (free_port() for _ in ON_THE_WAY), strict=True)))
        self.town.complaints = folder / "complaints.log"
        self.people: list[str] = []
        self._numbers = count(1)

    def found(self, people: int) -> None:
        """Server, systems, and so many people with a code."""
        self.server.make()
        self.server.start()
        self.town.start(*ON_THE_WAY)
        link = self.town.peer("numberlink", "numberlink", "core")
        rows = [_resident(place) for place in range(people)]
        link.call("AtenaToroku", self.request_id(), STAFF, {"宛名": rows})
        self.people = [link.call("Fuban", self.request_id(), STAFF, {
            "整理番号": row["整理番号"], "個人番号": _number(place), "本人確認": "個人番号カード"})["統合宛名番号"] for place, row in enumerate(rows)]
        until(lambda: self.ask_store("SELECT count(*) FROM interconnect.identifier WHERE state = '取得済'")[0][0] == people, "codes are missing")

    def request_id(self) -> str:
        return f"bench-{next(self._numbers):08}"

    def ask_store(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.server.url, autocommit=True) as connection:
            return connection.execute(query, values).fetchall()  # type: ignore[call-overload]  # statements of our own words

    def both_sides(self) -> list[list[tuple[Any, ...]]]:
        """Every 情報提供等記録 of ours and of the others."""
        return [self.ask_store(RECORDED.format(side)) for side in ("interconnect", "simulator")]


def stubborn(city: ExchangeCity, contract: str, system: str, operation: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same request under the same id until it is answered; what is refused for good is our own mistake."""
    peer: Peer | None = None
    number, ends, between = city.request_id(), monotonic() + PATIENCE_S, threading.Event()
    caller = "core" if system == "numberlink" else "numberlink"
    while monotonic() < ends:
        try:
            peer = peer or city.town.peer(contract, system, caller)
            return peer.call(operation, number, STAFF, values)
        except Silent:
            between.wait(0.05)
        except SoapFault as fault:
            if fault.side != "Server":
                raise
            between.wait(0.05)
    raise NeverEnded(operation)


def until_ended(connection: psycopg.Connection[Any], query: str, key: str) -> None:
    """Wait for what *key* stands for, looking often and cheaply; NeverEnded."""
    ends, between = monotonic() + PATIENCE_S, threading.Event()
    while connection.execute(query, (key,)).fetchone() is None:  # type: ignore[call-overload]  # statements of our own words
        if monotonic() > ends:
            raise NeverEnded(key)
        between.wait(LOOK_AGAIN_S)


@contextmanager
def exchange_city(folder: Path, people: int) -> Iterator[ExchangeCity]:
    """Founded here, and gone afterwards with every process."""
    own(folder)
    city = ExchangeCity(folder)
    try:
        city.found(people)
        yield city
    finally:
        with suppress(OSError):
            city.town.stop()
        city.server.remove()


def _number(place: int) -> str:
    payload = f"{30_000_000_000 + place * 7_919:011}"
    return next(payload + last for last in "0123456789" if is_individual_number(payload + last))


def _resident(place: int) -> dict[str, Any]:
    return {"市区町村番号": "111007", "整理番号": f"{place + 1:015}", "履歴番号": 1, "氏名": f"測定　{place}",
            "生年月日": f"19{20 + place % 70}-{place % 12 + 1:02}-{place % 27 + 1:02}", "性別": "1", "住所": f"見本市本町{place}番地", "住登外区分": "0"}
