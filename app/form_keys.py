"""一度だけ: every form carries a one-time key; sent twice, by a double click or from a kept page, it has one effect and one answer.

What was sent again with other content is another act; its version decides (views, procedures.model_row). The key's row is
written by the very commit that the form causes. Who sends the same key meanwhile waits on an advisory lock of
a connection of its own, so that she reads the answer and not a half-done act.
"""

import hashlib
import secrets
from typing import Any, Final

from flask import Flask, Response, abort, current_app, g, redirect, request
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WerkzeugResponse

from app.errors import wants_a_page
from app.extensions import db

FIELD: Final = "form_key"
LONGEST: Final = 64
_LOCK: Final = text("SELECT pg_advisory_lock(hashtextextended(:key, 5403018))")
_UNLOCK: Final = text("SELECT pg_advisory_unlock_all()")
_FIND: Final = text("SELECT location FROM form_key WHERE user_id = :user_id AND key = :key")
_CLAIM: Final = text("INSERT INTO form_key (user_id, key) VALUES (:user_id, :key) ON CONFLICT DO NOTHING")
_ANSWER: Final = text("UPDATE form_key SET location = :location WHERE user_id = :user_id AND key = :key")
_FREE: Final = text("DELETE FROM form_key WHERE user_id = :user_id AND key = :key")
_SWEEP: Final = text("DELETE FROM form_key WHERE user_id = :user_id AND sent_at < now() - interval '3 days'")


def form_marks() -> Markup:
    """The hidden fields of a posting form: whose page it is (CSRF), and that it is sent once."""
    return Markup(f'<input type="hidden" name="csrf_token" value="{escape(generate_csrf())}">'
                  f'<input type="hidden" name="{FIELD}" value="{secrets.token_urlsafe(16)}">')


class _Sent:
    """One sending of a form: it holds its lock until the answer is known."""

    def __init__(self, connection: Connection, user_id: int, key: str) -> None:
        self.connection, self.who, self.is_claimed = connection, {"user_id": user_id, "key": key}, False

    def earlier(self) -> Any:
        """The answer of an earlier sending; None where there was none."""
        self.connection.execute(_LOCK, {"key": f"{self.who['user_id']}|{self.who['key']}"})
        return self.connection.execute(_FIND, self.who).first()

    def answered(self, response: Response) -> None:
        """Keep where the answer led; a file that was handed over may be asked for again."""
        if self.is_claimed and "Content-Disposition" in response.headers:
            self.connection.execute(_FREE, self.who)
        elif self.is_claimed:
            self.connection.execute(_ANSWER, {**self.who, "location": response.headers.get("Location")})

    def close(self) -> None:
        try:
            self.connection.execute(_UNLOCK)
        finally:
            self.connection.close()


def add_form_keys(app: Flask) -> None:
    """Give every form of *app* one effect; a browser's form without a key is not taken."""
    app.jinja_env.globals.update(form_marks=form_marks)
    app.extensions["form_key_locks"] = []
    app.before_request(_once)
    app.after_request(_answer)
    app.teardown_request(_release)
    event.listen(db.session, "before_commit", _claim)
    event.listen(db.session, "after_rollback", _not_claimed)


def _once() -> WerkzeugResponse | None:
    if request.method != "POST" or request.endpoint is None or not current_user.is_authenticated:
        return None
    key = request.form.get(FIELD, "")
    if len(key) > LONGEST or (not key and current_app.config["WTF_CSRF_CHECK_DEFAULT"] and wants_a_page(request)):
        abort(400)
    if not key:
        return None
    g.sent = _Sent(_waiting_room().connect(), current_user.id, _fingerprint(key))
    found = g.sent.earlier()
    return None if found is None else redirect(found.location or _page_of_the_form())


def _answer(response: Response) -> Response:
    if "sent" in g:
        g.sent.answered(response)
    return response


def _release(fault: BaseException | None) -> None:
    if "sent" in g:
        g.pop("sent").close()


def _waiting_room() -> Engine:
    """Connections for waiting only: whoever holds the lock still finds one for her work."""
    rooms: list[Engine] = current_app.extensions["form_key_locks"]
    if not rooms:
        rooms.append(create_engine(db.engine.url, isolation_level="AUTOCOMMIT", pool_size=1, max_overflow=-1, hide_parameters=True,
                                   connect_args={"prepare_threshold": None}))
    return rooms[0]


def _claim(session: Session) -> None:
    """The first commit of a sent form takes its key with it."""
    sent = g.get("sent") if g else None
    if sent is not None and not sent.is_claimed:
        session.execute(_SWEEP, {"user_id": sent.who["user_id"]})
        session.execute(_CLAIM, sent.who)
        sent.is_claimed = True


def _not_claimed(session: Session) -> None:
    """A commit that failed, or an act that was taken back, took no key."""
    if g and "sent" in g:
        g.sent.is_claimed = False


def _fingerprint(key: str) -> str:
    """The key together with what was sent under it, to which address."""
    sent = [request.full_path, key, *(f"{name}={value}" for name, value in sorted(request.form.items(multi=True))
                                      if name != "csrf_token")]
    sent += [f"{name}={file.filename}" for name, file in sorted(request.files.items(multi=True), key=lambda each: each[0])]
    return hashlib.sha256("\0".join(sent).encode()).hexdigest()


def _page_of_the_form() -> str:
    """Where an act that led nowhere was done: the page with the form, or the first page."""
    here = request.referrer or ""
    return here.removeprefix(request.host_url.rstrip("/")) if here.startswith(request.host_url) else "/"
