"""越えようとした試み: whatever tried to pass a control leaves a line in the log and, of somebody who is logged in, a row in the journal."""

import logging
from typing import Final

from flask import Flask, Response, request
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.extensions import db
from models.journal import Action
from procedures import journal
from procedures.actor import Actor, full_name
from procedures.refusal import ATTEMPT

log = logging.getLogger("nanbyo")
# No token or key, or a form nobody made here; no right; a way that is not offered; too large.
_STATUSES: Final = frozenset({400, 403, 405, 413})


def add_attempts(app: Flask) -> None:
    """Let every refusal of *app* that our own screens do not lead to be told, whatever screen it was on."""

    @app.before_request
    def begin() -> None:
        ATTEMPT.set("")

    @app.after_request
    def end(response: Response) -> Response:
        if why := _why(response.status_code):
            _tell(why)
        return response


def _why(status: int) -> str:
    """The name of the rule that was tried, or the kind of the answer; blank where nothing was."""
    guessed = status == 404 and bool(request.view_args) and request.endpoint not in (None, "static")  # a number that is nobody's
    return ATTEMPT.get() or (str(status) if status in _STATUSES or guessed else "")


def _tell(why: str) -> None:
    """The refusal stands whether or not it can be written down."""
    who = current_user.id if current_user.is_authenticated else None
    log.warning("refused", extra={"more": {"why": why, "method": request.method, "endpoint": request.endpoint, "user": who}})
    if who is None:
        return
    actor = Actor(who, full_name(current_user), request.remote_addr or "", screen=request.endpoint)
    try:
        with Session(db.engine) as session:  # not the request's own, which may hold what was refused
            journal.record(session, actor, Action.REFUSED, detail={"why": why})
            session.commit()
    except SQLAlchemyError as fault:
        log.error("refusal of %s: %s", request.endpoint, type(fault).__name__)
