"""代役の組立て: services, screens and hands of the simulator."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.soap import Contract, SoapFault
from systems.frame.client import Peer
from systems.frame.hands import go_on
from systems.frame.outbox import deliver_one
from systems.frame.screens import Screens, add_screens
from systems.frame.server import Operation, Service, add_service, certificate_name, new_app
from systems.frame.settings import Settings, secret_of
from systems.frame.staff import seed_demo_staff
from systems.frame.store import Outgoing, engine_of
from systems.simulator.behaviour import add_behaviour
from systems.simulator.citizen import heard
from systems.simulator.feed import Feed, announcing
from systems.simulator.network import Network, take_answer
from systems.simulator.pages import MENU, pages
from systems.simulator.tables import COMMON, SCHEMA, Question

STAFF: Final = (("admin1", "権限 管理", ("operator",)), ("manager1", "管理 一郎", ("operator",)))


def create_app(settings: Settings) -> Flask:
    """The simulator's web application."""
    engine = engine_of(settings)
    secret, key = secrets_of(settings)
    network = Network(secret, key)
    app = new_app(SCHEMA, engine)
    add_behaviour(app, engine)
    from_interconnect = frozenset({"interconnect"})
    add_service(app, engine, Service(Contract("network"), {name: Operation(handler, from_interconnect) for name, handler in {
        "KyokashoYokyu": network.permit, "ShokaiSoshin": network.question, "KaitoSoshin": network.answer,
        "FugoShutokuYokyu": network.announce, "OshiraseSoshin": network.notice,
        "OshiraseTorikeshi": network.cancel_notice, "KirokuShogo": network.records}.items()}, COMMON.seen), certificate_name)
    add_service(app, engine, Service(Contract("gateway"), {
        "FugoIrai": Operation(network.gateway, frozenset({"numberlink"}))}, COMMON.seen, key=secret), certificate_name)
    add_screens(app, Screens(SCHEMA, "情報提供ネットワークの代役 (試験用)", MENU, engine, COMMON, secret))
    app.register_blueprint(pages(network))
    if settings.is_demo:
        seed_demo_staff(engine, COMMON, STAFF)
    return app


def hands(settings: Settings) -> None:
    """Send what waits until the process is told to stop."""
    engine = engine_of(settings)
    peers = {"interconnect": Peer(Contract("network_inbound"), settings.address_of("interconnect"), settings.tls_dir, SCHEMA)}
    replies = {"nothing": _nothing, "question": _question, "herself": heard}
    works = [lambda: deliver_one(engine, COMMON.outgoing, peers, replies, SCHEMA, datetime.now(UTC))]
    if settings.is_demo:
        feed = Feed(settings, announcing(settings))
        works.append(lambda: feed.go_on(datetime.now(UTC)))
    go_on(engine, SCHEMA, works)


def secrets_of(settings: Settings) -> tuple[bytes, Ed25519PrivateKey]:
    """The secret codes are made with and the key permits are signed with; made once, and the public half published."""
    kept = secret_of(settings, 64)
    key = Ed25519PrivateKey.from_private_bytes(kept[32:])
    public = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()
    published = settings.tls_dir / "network-permit.pub"
    if not published.exists() or published.read_text() != public:
        settings.tls_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        published.write_text(public)
    return kept[:32], key


def _nothing(session: Session, row: Outgoing, answer: Mapping[str, Any] | SoapFault) -> None:
    """The peer has it; nothing follows."""


def _question(session: Session, row: Outgoing, answer: Mapping[str, Any] | SoapFault) -> None:
    """Our city answered at once, holds the question for a person, or refused it."""
    asked = session.scalars(select(Question).where(Question.id == row.subject_id).with_for_update()).one()
    if asked.state != "照会中":
        return
    if isinstance(answer, SoapFault):
        asked.state = "拒否"
    elif answer["提供状態"] == "提供済":
        take_answer(session, asked, {"項目要約値": None, **answer})
    else:
        asked.state = {"拒否": "拒否"}.get(answer["提供状態"], "保留")
    session.flush()
