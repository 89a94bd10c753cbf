"""隣への口: the clients of our neighbours with our certificate, and the errands they are sent on; only the worker has them."""

from datetime import datetime
from typing import Final

from sqlalchemy import Engine

from config import Settings
from exchange.neighbours import CORE, address_of, files_of, tls_folder
from exchange.peer import Peer
from exchange.soap import Contract
from procedures import given, integrated_numbers, provision, wire_inquiry
from procedures.vault import Vault
from procedures.wire import Errand, Talks, deliver

SECONDS: Final = 5.0  # other work waits behind a neighbour that does not answer
ERRANDS: Final[dict[str, Errand]] = {**integrated_numbers.ERRANDS, **wire_inquiry.ERRANDS, **provision.ERRANDS, **given.ERRANDS}


class Mouth:
    """口: speaks as soon as there is a certificate to show; keeps its connections between passes."""

    def __init__(self, settings: Settings) -> None:
        self._folder = tls_folder(settings.data_dir)
        self._vault = Vault(settings.keys(), settings.keyring)
        self._peers: dict[str, Talks] = {}

    def speak(self, engine: Engine, now: datetime) -> int:
        """Send what is due; return how many messages it looked at. Without a certificate nobody is spoken to."""
        if not all(path.exists() for path in files_of(self._folder, CORE)):
            return 0
        if not self._peers:
            self._peers["numberlink"] = Peer(Contract("numberlink"), address_of("numberlink"), self._folder, CORE, SECONDS)
        return deliver(engine, ERRANDS, self._peers, self._vault, lambda: now)
