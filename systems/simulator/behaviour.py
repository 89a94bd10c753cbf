"""ふるまい: honest, slow, dead, double, out of order or wrongly signed; a trial and the tests choose."""

import threading
from datetime import datetime, timedelta
from typing import Final

from flask import Flask, Response, request
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from systems.frame.store import Outgoing
from systems.simulator.tables import BEHAVIOURS, COMMON, Behaviour

SLOW_SECONDS: Final = 3.0
LATE: Final = timedelta(seconds=2)


def current(session: Session) -> str:
    """How the network behaves now."""
    return session.scalar(select(Behaviour.name).order_by(Behaviour.id.desc()).limit(1)) or "honest"


def choose(session: Session, name: str, who: str) -> None:
    """Behave so from now on; KeyError for a way nobody knows."""
    session.add(Behaviour(name=name if BEHAVIOURS[name] else name, set_by=who))
    session.flush()


def add_behaviour(app: Flask, engine: Engine) -> None:
    """Let every SOAP answer of *app* be late or missing, as chosen."""
    @app.before_request
    def behave() -> Response | None:
        if not request.path.startswith("/soap/") or request.method != "POST":
            return None
        with Session(engine) as session:
            name = current(session)
        if name == "dead":
            return Response(status=503)
        if name == "slow":
            threading.Event().wait(SLOW_SECONDS)
        return None


def disturb(session: Session, row: Outgoing, now: datetime) -> None:
    """What is about to be sent comes twice or late, as chosen."""
    name = current(session)
    if name == "duplicate":
        session.add(COMMON.outgoing(request_id=f"{row.request_id}-again", peer=row.peer, operation=row.operation,
                                    content=row.content, purpose="nothing"))
    if name == "out_of_order" and row.id % 2 == 0:
        row.due_at = now + LATE
    session.flush()
