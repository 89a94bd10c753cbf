"""⑦データ送受信: what waits for the network, what it answered, what was given up; exactly once by request id."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from exchange.soap import SoapFault
from systems.frame.client import Peer
from systems.frame.outbox import Reply, deliver_one
from systems.frame.store import Outgoing
from systems.interconnect import identifiers, inquiry, notices, operations
from systems.interconnect.tables import COMMON, SCHEMA


def _nothing(session: Session, row: Outgoing, answer: Mapping[str, Any] | SoapFault) -> None:
    """The network has it; nothing follows."""


REPLIES: Mapping[str, Reply] = {
    "announced": identifiers.announced, "permit": inquiry.permit_came, "question": inquiry.question_left,
    "notice": notices.left, "cancelled": notices.cancelled, "reconcile": operations.reconciled, "nothing": _nothing}


def deliver(engine: Engine, peers: Mapping[str, Peer], now: datetime) -> bool:
    """Send what has waited longest; False where nothing is due."""
    return deliver_one(engine, COMMON.outgoing, peers, REPLIES, SCHEMA, now)


def counts(session: Session) -> dict[str, int]:
    """送信待・応答済・拒否・断念: how many messages stand how."""
    return {state: number for state, number in session.execute(
        select(COMMON.outgoing.state, func.count()).group_by(COMMON.outgoing.state))}
