"""番号連携サーバの組立て: the services it offers, its screens, and its hands."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from flask import Flask
from sqlalchemy.orm import Session

from exchange.soap import Contract
from systems.frame.client import Peer
from systems.frame.hands import go_on
from systems.frame.outbox import Reply, deliver_one
from systems.frame.screens import Screens, add_screens
from systems.frame.server import Handler, Operation, Service, add_service, certificate_name, new_app
from systems.frame.settings import Settings, secret_of
from systems.frame.staff import seed_demo_staff
from systems.frame.store import engine_of
from systems.numberlink import addressees, code_request, gate, inquiry, notices, permissions, provision
from systems.numberlink.following import look_one
from systems.numberlink.keys import make_keys, match_key
from systems.numberlink.numbering import Numbering
from systems.numberlink.pages import MENU, pages
from systems.numberlink.tables import COMMON, SCHEMA
from systems.numberlink.vault import Vault

CORE, PLATFORM = frozenset({"core"}), frozenset({"core", "platform"})
REPLIES: Final[Mapping[str, Reply]] = {
    "code_number": code_request.numbered, "gateway": code_request.left, "code_ended": code_request.ended,
    "provided": provision.left, "inquiry": inquiry.left, "inquiry_withdrawn": inquiry.withdrawn, "notice": notices.left,
    "notice_withdrawn": notices.withdrawn}
TIDY_EVERY: Final = timedelta(minutes=10)
SECRET_ANSWERS: Final = ("BangoKakunin",)  # never kept, not even to answer the same request again
AT_ONCE: Final = 200


def offered(numbering: Numbering, interconnect: Callable[[], Peer]) -> Mapping[str, tuple[Handler, frozenset[str]]]:
    """Operation → who carries it out, and for the holders of which certificates."""
    return {
        "AtenaToroku": (addressees.register, PLATFORM), "TogoAtenaShokai": (addressees.look_up, PLATFORM),
        "Fuban": (numbering.assign, CORE), "BangoKakunin": (numbering.reveal, CORE), "BangoShogo": (numbering.compare, CORE),
        "FugoYokyu": (code_request.asked, CORE), "TeikyoToroku": (provision.register, CORE),
        "ShokaiYokyu": (inquiry.ask, CORE), "ShokaiKekka": (inquiry.result, CORE), "ShokaiTorikeshi": (inquiry.cancel, CORE),
        "OshiraseSofu": (notices.post, CORE), "OshiraseJokyo": (notices.state_of, CORE),
        "OshiraseTorikeshi": (notices.cancel, CORE), "KirokuShokai": (gate.records(interconnect), CORE)}


def create_app(settings: Settings) -> Flask:
    """The web application of 番号連携サーバ."""
    engine, secret, vault = engine_of(settings), secret_of(settings), Vault(make_keys(settings))
    numbering = Numbering(vault, lambda: match_key(settings))
    app = new_app(SCHEMA, engine)
    operations = {name: Operation(gate.guarded(name, handler), callers, name not in SECRET_ANSWERS)
                  for name, (handler, callers) in offered(numbering, cache(lambda: _peer(settings, "interconnect"))).items()}
    add_service(app, engine, Service(Contract("numberlink"), operations, COMMON.seen, gate.refused, secret), certificate_name)
    add_screens(app, Screens(SCHEMA, "番号連携サーバ", MENU, engine, COMMON, secret))
    app.register_blueprint(pages(vault))
    if settings.is_demo:
        seed_demo_staff(engine, COMMON, permissions.DEMO)
        match_key(settings)
    return app


def hands(settings: Settings) -> None:
    """Send what waits, ask after what is under way, seal anew, empty what is past its time; until told to stop."""
    engine, vault = engine_of(settings), Vault(make_keys(settings))
    numbering = Numbering(vault, lambda: None)
    peers = {"interconnect": _peer(settings, "interconnect"), "gateway": Peer(
        Contract("gateway"), settings.address_of("simulator"), settings.tls_dir, SCHEMA)}
    say = {"gateway": code_request.over_the_gateway(numbering.number_of)}
    next_tidy = [datetime.now(UTC)]

    def tidy() -> bool:
        now = datetime.now(UTC)
        with Session(engine) as session:
            done = vault.seal_anew(session, AT_ONCE)
            if now >= next_tidy[0]:
                next_tidy[0] = now + TIDY_EVERY
                done += inquiry.empty_old(session, now)
            session.commit()
        return done > 0

    follows = [code_request.FOLLOW, inquiry.FOLLOW, notices.FOLLOW]
    go_on(engine, SCHEMA, [
        lambda: deliver_one(engine, COMMON.outgoing, peers, REPLIES, SCHEMA, datetime.now(UTC), say),
        lambda: any([look_one(engine, peers["interconnect"], follow, datetime.now(UTC)) for follow in follows]), tidy])


def _peer(settings: Settings, name: str) -> Peer:
    return Peer(Contract(name), settings.address_of(name), settings.tls_dir, SCHEMA)
