"""中間サーバの組立て: the services it offers, its screens, and its hands."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from flask import Flask
from sqlalchemy.orm import Session

from exchange.match_list import rows
from exchange.soap import Contract
from systems.frame.client import Peer
from systems.frame.hands import go_on
from systems.frame.screens import Screens, add_screens
from systems.frame.server import Handler, Operation, Service, add_service, certificate_name, new_app
from systems.frame.settings import Settings, secret_of
from systems.frame.staff import seed_demo_staff
from systems.frame.store import engine_of
from systems.interconnect import (
    connectors,
    disclosure_log,
    identifiers,
    inquiry,
    notices,
    operations,
    provision,
    replica,
    security,
    self_disclosure,
    staff,
    transport,
)
from systems.interconnect.pages import MENU, pages
from systems.interconnect.tables import COMMON, SCHEMA

EXPIRE_EVERY: Final = timedelta(minutes=1)
LINK, CORE, NETWORK = "numberlink", "core", "simulator"
OFFERED: Final[Mapping[str, tuple[Handler, frozenset[str]]]] = {
    "FGU_FugoShutokuYokyu": (identifiers.request, frozenset({LINK})),
    "FGU_FugoJokyo": (identifiers.state_of, frozenset({LINK, CORE})),
    "FGU_FugoShikko": (identifiers.end, frozenset({LINK})),
    "SKI_JohoShokaiYokyu": (inquiry.ask, frozenset({LINK})),
    "SKI_KekkaShutoku": (inquiry.result, frozenset({LINK})),
    "SKI_Torikeshi": (inquiry.cancel, frozenset({LINK})),
    "TKY_TeikyoMachiIchiran": (provision.waiting, frozenset({LINK, CORE})),
    "TKY_TeikyoKaito": (provision.decide, frozenset({LINK, CORE})),
    "DBM_FukuhonToroku": (replica.register, frozenset({LINK})),
    "DBM_FukuhonShogo": (replica.reconcile, frozenset({LINK, CORE})),
    "TKM_KirokuShokai": (disclosure_log.look_up, frozenset({LINK, CORE})),
    "OSR_Soshin": (notices.post, frozenset({LINK})),
    "OSR_JokyoKakunin": (notices.state_of, frozenset({LINK})),
    "OSR_Torikeshi": (notices.cancel, frozenset({LINK})),
    "JTK_JikoJohoTeikyo": (self_disclosure.asked_at_counter, frozenset({LINK, CORE})),
    "SCM_Login": (staff.log_in, frozenset({LINK, CORE})),
    "SCM_Logout": (staff.log_out, frozenset({LINK, CORE})),
    "SYM_BatchJokyo": (operations.runs, frozenset({LINK, CORE})),
}
INBOUND: Final[Mapping[str, tuple[Handler, frozenset[str]]]] = {
    "FugoTsuchi": (identifiers.obtained, frozenset({NETWORK})),
    "TeikyoYokyu": (provision.asked, frozenset({NETWORK})),
    "KekkaTsuchi": (inquiry.answered, frozenset({NETWORK})),
    "OshiraseJokyo": (notices.heard, frozenset({NETWORK})),
    "JikoJohoYokyu": (self_disclosure.asked_by_citizen, frozenset({NETWORK})),
    "KirokuShogo": (disclosure_log.look_up, frozenset({NETWORK})),
}


def create_app(settings: Settings) -> Flask:
    """The web application of 中間サーバ."""
    engine = engine_of(settings)
    app = new_app(SCHEMA, engine)
    for contract, offered in (("interconnect", OFFERED), ("network_inbound", INBOUND)):
        add_service(app, engine, Service(Contract(contract), {
            name: Operation(connectors.connected(name, handler), callers) for name, (handler, callers) in offered.items()},
            COMMON.seen, connectors.sent_back), certificate_name)
    add_screens(app, Screens(SCHEMA, "中間サーバ", MENU, engine, COMMON, secret_of(settings)))
    app.register_blueprint(pages())
    if settings.is_demo:
        seed_demo_staff(engine, COMMON, staff.DEMO)
    with Session(engine) as session:
        security.distribute(session, rows())
        session.commit()
    return app


def hands(settings: Settings) -> None:
    """Send what waits and let what nobody answered expire; until the process is told to stop."""
    engine = engine_of(settings)
    peers = {"network": Peer(Contract("network"), settings.address_of("simulator"), settings.tls_dir, SCHEMA)}
    next_look = [datetime.now(UTC)]

    def expire() -> bool:
        now = datetime.now(UTC)
        if now >= next_look[0]:
            next_look[0] = now + EXPIRE_EVERY
            with Session(engine) as session:
                inquiry.expire(session, now)
                session.commit()
        return False

    go_on(engine, SCHEMA, [lambda: transport.deliver(engine, peers, datetime.now(UTC)), expire])

