"""連携基盤の組立て: its services, its screens, and its hands."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from exchange.soap import Contract, SoapFault
from systems.frame.client import Peer
from systems.frame.hands import Work, go_on
from systems.frame.outbox import Reply, deliver_one
from systems.frame.screens import Screens, add_screens
from systems.frame.server import Operation, Service, add_service, certificate_name, new_app
from systems.frame.settings import Settings, secret_of
from systems.frame.staff import seed_demo_staff
from systems.frame.store import Outgoing, engine_of
from systems.platform import arrivals, deliveries, web
from systems.platform.doors import open_doors
from systems.platform.pages import MENU, pages
from systems.platform.partners import host_key, seed_demo_partners
from systems.platform.permissions import DEMO
from systems.platform.services import MENU as MORE
from systems.platform.services import add_services, service_works
from systems.platform.tables import COMMON, SCHEMA, Partner

ASKERS: Final = frozenset({"core", "numberlink", "interconnect"})
SENDERS: Final = frozenset({"core", "simulator"})
TIDY_EVERY: Final = timedelta(minutes=10)


def create_app(settings: Settings) -> Flask:
    """The web application of 連携基盤."""
    engine, secret = engine_of(settings), secret_of(settings)
    app = new_app(SCHEMA, engine)
    add_service(app, engine, Service(Contract("platform"), {
        "JuminShokai": Operation(web.resident, ASKERS), "JuminzeiShokai": Operation(web.tax, ASKERS),
        "HidokiYokyu": Operation(web.ticket, ASKERS), "HidokiKekka": Operation(web.fetched, ASKERS, keeps_answer=False),
        "IdoTsuchi": Operation(web.movement, SENDERS)}, COMMON.seen), certificate_name)
    add_screens(app, Screens(SCHEMA, "連携基盤", (*MENU, *MORE), engine, COMMON, secret))
    app.register_blueprint(pages())
    add_services(app, engine, settings)
    if settings.is_demo:
        seed_demo_staff(engine, COMMON, DEMO)
    return app


def hands(settings: Settings) -> None:
    """Carry files, answer tickets, call back, empty what is past its time; until told to stop."""
    engine = engine_of(settings)
    host_key(settings)
    if settings.is_demo:
        seed_demo_partners(engine, settings)
    open_doors(engine, settings)
    go_on(engine, SCHEMA, works_of(engine, settings))


def works_of(engine: Engine, settings: Settings) -> list[Work]:
    """What the hands do, each as long as it finds something."""
    peers, next_tidy = CalledBack(engine, settings), [datetime.now(UTC)]
    replies: Mapping[str, Reply] = {"called_back": called_back}

    def tidy() -> bool:
        now = datetime.now(UTC)
        if now < next_tidy[0]:
            return False
        next_tidy[0] = now + TIDY_EVERY
        with Session(engine) as session:
            done = web.empty_old(session, now) + deliveries.miss_the_announced(session, now)
            done += deliveries.forget_kept(session, settings, now)
            session.commit()
        return done > 0

    return [lambda: web.answer_one(engine, datetime.now(UTC)),
            lambda: arrivals.take_in_one(engine, settings),
            lambda: deliveries.hear_receipts(engine, settings, datetime.now(UTC)),
            lambda: deliveries.offer_one(engine, settings, datetime.now(UTC)),
            lambda: deliver_one(engine, COMMON.outgoing, peers, replies, SCHEMA, datetime.now(UTC)),
            tidy, *service_works(engine, settings)]


def called_back(session: Session, row: Outgoing, answer: Mapping[str, Any] | SoapFault) -> None:
    """The asker was told, or could not be: the ticket waits for it either way."""


class CalledBack(Mapping[str, Peer]):
    """折返しの相手: one client for each partner with an address, made when it is first called."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine, self._settings, self._made = engine, settings, dict[str, tuple[str, Peer]]()

    def __getitem__(self, name: str) -> Peer:
        with Session(self._engine) as session:
            address = session.scalar(select(Partner.address).where(Partner.name == name, Partner.is_active))
        if address is None:
            raise SoapFault("no_address", "折返し先が登録されていません。")
        if name not in self._made or self._made[name][0] != address:
            self._made[name] = address, Peer(Contract("platform_inbound"), address, self._settings.tls_dir, SCHEMA)
        return self._made[name][1]

    def __iter__(self) -> Iterator[str]:
        with Session(self._engine) as session:
            return iter(session.scalars(select(Partner.name).where(Partner.address.is_not(None))).all())

    def __len__(self) -> int:
        return sum(1 for _ in self)
