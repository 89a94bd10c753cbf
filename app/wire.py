"""隣への口: the clients of our neighbours with our certificate, and the errands they are sent on; only the worker has them."""

import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config import Settings
from exchange.characters import TableWrong
from exchange.neighbours import CORE, address_of, files_of, tls_folder
from exchange.peer import Peer
from exchange.pmh import Registrar, TokenUnusable, token_in
from exchange.soap import Contract, Silent, SoapFault
from procedures import (
    characters,
    given,
    integrated_numbers,
    platform_inquiry,
    pmh,
    portal_notices,
    provision,
    wire_inquiry,
)
from procedures.parameters import load_parameters, newest_row
from procedures.vault import Vault
from procedures.wire import Errand, Talks, deliver

log = logging.getLogger("nanbyo")
LETTERS_EVERY: Final = timedelta(seconds=30)
SECONDS: Final = 5.0  # other work waits behind a neighbour that does not answer
ERRANDS: Final[dict[str, Errand]] = {**integrated_numbers.ERRANDS, **wire_inquiry.ERRANDS, **provision.ERRANDS, **given.ERRANDS,
                                      **characters.ERRANDS, **platform_inquiry.ERRANDS, **portal_notices.ERRANDS}


class Mouth:
    """口: speaks as soon as there is a certificate to show; keeps its connections between passes."""

    def __init__(self, settings: Settings) -> None:
        self._folder = tls_folder(settings.data_dir)
        self._vault = Vault(settings.keys(), settings.keyring)
        self._peers: dict[str, Talks] = {}
        self._pmh_token = settings.pmh_token
        self._pmh = Registrar(settings.pmh_url, settings.pmh_token) if settings.pmh_url else None
        self._letters_at = datetime.min.replace(tzinfo=UTC)

    def speak(self, engine: Engine, now: datetime) -> int:
        """Send what is due; return how many messages it looked at. Without a certificate no neighbour is spoken to."""
        with Session(engine) as session:
            load_parameters(session, newest_row(session))  # what the city switched on or off holds here too
        return self._speak_to_neighbours(engine, now) + self._register(engine, now)

    def _register(self, engine: Engine, now: datetime) -> int:
        """PMH is spoken to where its address and a usable token are set; what it is told waits for both."""
        if self._pmh is None:
            return 0
        try:
            token_in(self._pmh_token)
        except TokenUnusable:
            return 0
        return deliver(engine, pmh.ERRANDS, {pmh.NEIGHBOUR: self._pmh}, self._vault, lambda: now)

    def _speak_to_neighbours(self, engine: Engine, now: datetime) -> int:
        if not all(path.exists() for path in files_of(self._folder, CORE)):
            return 0
        if not self._peers:
            self._peers["numberlink"] = Peer(Contract("numberlink"), address_of("numberlink"), self._folder, CORE, SECONDS)
            self._peers[platform_inquiry.NEIGHBOUR] = Peer(Contract("platform"), address_of("platform"), self._folder, CORE, SECONDS)
            self._peers[characters.SYSTEM] = Peer(Contract(characters.SYSTEM), address_of("platform"), self._folder, CORE, SECONDS)
        self._look_for_letters(engine, now)
        return deliver(engine, ERRANDS, self._peers, self._vault, lambda: now)

    def _look_for_letters(self, engine: Engine, now: datetime) -> None:
        """縮退の表を見に行く: now and then; a platform that is silent, or whose table is not its own, changes nothing."""
        key = Path(os.environ.get("NANBYO_CHARACTER_KEY", self._folder / "characters.pub"))
        if now < self._letters_at or not key.exists():
            return
        self._letters_at = now + LETTERS_EVERY
        try:
            with Session(engine) as session:
                characters.refresh(session, self._peers[characters.SYSTEM], characters.key_of(key.read_text()))
                session.commit()
        except (SoapFault, Silent) as away:
            log.info("characters: %s", type(away).__name__)
        except TableWrong as wrong:
            log.error("characters: the table of the platform was refused (%s)", wrong.code)
