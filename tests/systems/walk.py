"""一件の道: the core as procedures and the mouth and the feed of its worker, beside the four systems as processes."""

import hmac
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app.feed import Feed
from app.wire import Mouth
from config import Settings
from exchange.file_door import IN, Door, lay_down
from exchange.neighbours import DEMO_REGISTER
from exchange.peer import Peer
from exchange.soap import Contract
from procedures.actor import Actor
from procedures.keying import claim, submit
from procedures.vault import Vault
from systems.simulator.municipality import OUR_CITY, Answer, answer_to
from tests.office import NOW, ON, received
from tests.procedures.test_number_registration import NUMBER, answers
from tests.register_files import file_of
from tests.systems.processes import Town, until
from tests.systems.relay import Relays

MIDDLE_YEN: Final = range(71_000, 251_000)  # 一般所得II: a cap of 10,000 yen


def same_answer_every_time(folder: Path) -> Answer:
    """The other city's secret is laid down so that it knows our person, and taxes her in the middle tier."""
    for place in range(256):
        secret = bytes([place]) * 32
        code = hmac.digest(secret, f"{OUR_CITY}|{NUMBER}".encode(), "sha256").hex().upper()
        answer = answer_to("CHIHOZEI01", code, "2026")
        if answer.content and int(answer.content["項目"][1]["値"]) in MIDDLE_YEN:
            file = folder / "systems" / "simulator" / "secret.key"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(secret * 2)
            return answer
    raise AssertionError("nobody is taxed so")


class Office:
    """The core's side: its people, its worker's mouth and feed, and a clock that runs ahead of the waits between two tries."""

    def __init__(self, engine: Engine, settings: Settings, town: Town, relays: Relays) -> None:
        mine = replace(settings, data_dir=town.folder, key_file=settings.data_dir / "keys" / "master.key")
        self.engine, self.town, self.relays, self.clock = engine, town, relays, datetime.now(UTC)
        self.mouth, self.feed = Mouth(mine), Feed(mine)
        self.vault = Vault(mine.keys(), mine.keyring)
        with Session(engine) as session:
            self.actors = {name: Actor(number, name, handles_numbers=True) for number, name in session.execute(
                text("SELECT id, username FROM ab_user")).tuples()}

    def speaks_until(self, find: Callable[[Session], Any]) -> Any:
        """What *find* sees once the worker has spoken often enough."""
        def once() -> Any:
            self.clock += timedelta(minutes=1)
            self.mouth.speak(self.engine, self.clock)
            with Session(self.engine, expire_on_commit=False) as session:
                return find(session)
        try:
            return until(once)
        except AssertionError as never:
            raise AssertionError(records(self.engine, "SELECT operation, state, fault, tries FROM outgoing_message ORDER BY id")) from never

    def brings(self, *kinds: str) -> dict[str, tuple[int, int, int]]:
        """What the feed brought once these lay ready: by kind, rows taken, known already, held."""
        found: dict[str, tuple[int, int, int]] = {}

        def once() -> bool:
            self.clock += timedelta(minutes=3)
            found.update({each.kind: (each.accepted, each.already, each.held) for each in self.feed.bring(self.engine, self.clock)})
            return set(kinds) <= set(found)
        until(once)
        return found

    def peer(self, contract: str, system: str) -> Peer:
        """Ourselves before *system*, overheard like every other."""
        return Peer(Contract(contract), self.relays.address(system), self.town.tls_dir, "core")

    def number_keyed_twice(self, session: Session, acceptance: str) -> None:
        """個人番号記載票: two who may key numbers type the same."""
        sheet = received(session, self.actors, "number_report")
        for name in ("clerk1", "clerk2"):
            keying = claim(session, self.actors[name], sheet.id, NOW)
            told = submit(session, self.actors[name], keying.id, answers(acceptance), (), f"walk-{keying.id}", NOW, ON, self.vault)
            assert told.faults == {}


def first_set(folder: Path, **kinds: list[dict[str, str]]) -> None:
    """The register and the tax office have these rows; the process that plays both sends them by its doors at once."""
    making = folder / "making"
    making.mkdir()
    for kind, rows in kinds.items():
        name, raw, end = file_of(kind, 1, rows)
        (making / name).write_bytes(raw)
        (making / name).with_suffix(".end").write_bytes(end)
    making.rename(folder / DEMO_REGISTER)


def next_set(door: Door, row: dict[str, str]) -> None:
    """One row that changed, by the register's own key over SFTP."""
    name, raw, end = file_of("residents", 2, [row], is_full=False)
    lay_down(door, IN, [(name, raw), (name.replace(".csv", ".end"), end)])


def records(engine: Engine, sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql), values)]
