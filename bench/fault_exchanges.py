"""やり取りの故障: any process of the systems is killed (SIGKILL) while questions go both ways; afterwards every act is counted on both sides.

A killed worker of the web server is replaced by that server, killed hands by the system itself. Where the web server or the system's
parent is killed, the rest goes too and the system is started anew, as a supervisor of services does.
"""

import os
import signal
import tempfile
from collections.abc import Callable, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import Event
from typing import Any, Final

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from bench.cluster import until
from bench.exchange_city import ENDED, ON_THE_WAY, TAX, ExchangeCity, exchange_city, stubborn
from systems.frame.settings import Settings
from systems.simulator.application import secrets_of
from systems.simulator.municipality import PREFECTURE
from systems.simulator.network import Network, ask

Record = tuple[Any, ...]
SEED: Final = 20261124
PEOPLE: Final = 4
LONGEST_S: Final = 0.8  # between the first question of a round and the kill
APART_S: Final = 0.2  # how long the others work on without the one that was killed
TOLD: Final = {"特定個人情報名コード": "NANBYO01", "レイアウト版": "模擬1", "項目": [{"項目コード": "NB01", "項目名": "有効期間開始日", "値": "2026-11-10"}]}


class _Bench:
    def __init__(self, city: ExchangeCity) -> None:
        self.city, self.chance, self.killed = city, Random(SEED), dict.fromkeys(("hands", "server", "worker", "parent"), 0)
        self.asked: list[str] = []  # references of ours at 番号連携サーバ
        self.answered: list[str] = []  # processing numbers of what others asked us
        folder = city.town.folder / "systems" / "simulator"
        self.network = Network(*secrets_of(Settings("simulator", folder, city.town.tls_dir, "", None, True, None)))
        self.engine = create_engine(city.server.url.replace("postgresql://", "postgresql+psycopg://", 1))

    def begin(self) -> None:
        """What others may be told of everybody lies at 中間サーバ."""
        for number in self.city.people:
            stubborn(self.city, "numberlink", "numberlink", "TeikyoToroku", {
                "統合宛名番号": number, "登録区分": "新規", "版": 1, "自動応答不可フラグ": False, "特定個人情報": TOLD})
        until(lambda: self.city.ask_store("SELECT count(*) FROM interconnect.replica")[0][0] == len(self.city.people), "replicas are missing")

    def round(self) -> None:
        """Everybody is asked about by us and by another institution; somewhere on the way a process dies."""
        with ThreadPoolExecutor(len(self.city.people)) as counters:
            ours = [counters.submit(stubborn, self.city, "numberlink", "numberlink", "ShokaiYokyu", {
                "統合宛名番号": number, **TAX, "目的": "所得判定の測定"}) for number in self.city.people]
            self.answered += self._others_ask()
            Event().wait(self.chance.random() * LONGEST_S)
            self._kill_one()
            self.asked += [each.result()["受付番号"] for each in ours]
        until(self._is_over, "what was asked came to no end")

    def found(self) -> dict[str, int]:
        """Acts that nobody recorded, that were recorded or carried out twice, and records that differ between the two sides."""
        ours, theirs = self.city.both_sides()
        numbers = {number for (number,) in self.city.ask_store(
            "SELECT processing_number FROM numberlink.inquiry WHERE reference = ANY(%(at)s)", at=self.asked)}
        told = counted(ours, theirs, numbers | set(self.answered))
        twice = sum(self.city.ask_store(f"SELECT count(*) FROM {table}")[0][0] - len(self.asked) for table in ("numberlink.inquiry", "interconnect.inquiry"))
        return {**told, "lost": told["lost"] + len(self.asked) - len(numbers), "doubled": told["doubled"] + twice}

    def _others_ask(self) -> list[str]:
        with Session(self.engine) as session:
            codes = [code for (code,) in self.city.ask_store("SELECT code FROM interconnect.identifier WHERE state = '取得済'")]
            asked = [ask(session, self.network, code=code, inquirer=PREFECTURE, office_code="B2026", procedure_code="B2026P01").processing_number
                     for code in codes]
            session.commit()
        return asked

    def _kill_one(self) -> None:
        name = self.chance.choice(ON_THE_WAY)
        family = self.city.town.processes_of(name)
        victim = self.chance.choice(family)
        kind = _kind_of(victim, family)
        self.killed[kind] += 1
        if kind in ("worker", "hands"):
            os.kill(victim, signal.SIGKILL)
            return
        self.city.town.kill(name, victim, self.chance.random() * APART_S)
        self.city.town.start(name)

    def _is_over(self) -> bool:
        return (self.city.ask_store(f"SELECT count(*) FROM numberlink.inquiry WHERE state NOT IN {ENDED}")[0][0] == 0
                and self.city.ask_store("SELECT count(*) FROM simulator.question WHERE direction = 'theirs' AND state = '照会中'")[0][0] == 0)


def measure(rounds: int, tell: Callable[[str], None]) -> dict[str, Any]:
    """*rounds* kills while four people are asked about both ways: how many acts, how many lost, doubled or recorded unlike."""
    with tempfile.TemporaryDirectory(prefix="nanbyo-exchanges-") as name, exchange_city(Path(name), PEOPLE) as city:
        bench = _Bench(city)
        bench.begin()
        for number in range(1, rounds + 1):
            bench.round()
            found = bench.found()
            tell(f"exchange, round {number}: {found['acts']:,} acts, {found['lost']} lost, {found['doubled']} doubled, {found['differing']} differing")
        bench.engine.dispose()
    whole = {"acts": 2 * PEOPLE * rounds, "lost": 0, "doubled": 0, "differing": 0}
    return {"rounds": rounds, **found, "killed": bench.killed, "ok": found == whole}


def counted(ours: Sequence[Record], theirs: Sequence[Record], acts: Set[str]) -> dict[str, int]:
    """*acts* by their processing number against the records of both sides, which begin with that number."""
    sides = [[row[0] for row in side] for side in (ours, theirs)]
    return {"acts": len(acts), "lost": sum(len(acts - set(side)) for side in sides),
            "doubled": sum(len(side) - len(set(side)) + len(set(side) - acts) for side in sides), "differing": len(set(ours) ^ set(theirs))}


def _kind_of(victim: int, family: list[int]) -> str:
    """Which of a system's processes it is: its parent, its hands, the web server or one of that server's workers."""
    if victim == family[0]:
        return "parent"
    words = Path(f"/proc/{victim}/cmdline").read_bytes().split(b"\0")
    if b"--hands" in words:
        return "hands"
    above = int(Path(f"/proc/{victim}/stat").read_text().rsplit(")", 1)[1].split()[1])
    return "server" if above == family[0] else "worker"
