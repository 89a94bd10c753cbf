"""セッション: what a browser's cookie stands for lives in the database; ending the row ends the session at once.

The row, not its content, says who is logged in: ``enter`` is the only way to become somebody, and the table demands a
second factor for it. Time is counted by the database from the last act of the person; what a page asks for by itself
(``X-Background``) prolongs nothing.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response, g
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import text
from werkzeug.datastructures import CallbackDict

from app.clock import today
from app.extensions import db
from config import Settings
from rules.door import limits_of

BACKGROUND = "X-Background"
# One statement finds the session, proves that it is alive, locks what nobody used for a while, and notes the use.
_OPEN = text("""
UPDATE login_session SET
   locked_at = CASE WHEN user_id IS NULL OR locked_at IS NOT NULL OR seen_at > now() - :lock THEN locked_at
                    ELSE seen_at + :lock END,
   seen_at = CASE WHEN :is_background OR locked_at IS NOT NULL OR (user_id IS NOT NULL AND seen_at <= now() - :lock)
                  THEN seen_at ELSE now() END
 WHERE key = :key AND seen_at > now() - :idle AND created_at > now() - :longest
RETURNING data, user_id, factor, now() - fresh_at AS proven_ago, locked_at, seen_at + :lock - now() AS locks_in,
          (SELECT coalesce(max(id), 0) FROM parameter_row) AS newest_figures,
          set_config('synchronous_commit', 'off', true)""")  # a crash that forgets the last glance locks a screen early, never late
_ADD = text("INSERT INTO login_session (key, data) VALUES (:key, CAST(:data AS jsonb))")
# One login a person: a second one takes the place of the first, whichever of two at the same time comes last.
_ENTER = text("""
INSERT INTO login_session (key, data, user_id, factor, authenticator_id, terminal, fresh_at)
VALUES (:key, CAST(:data AS jsonb), :user_id, :factor, :authenticator_id, :terminal, now())
ON CONFLICT (user_id) WHERE user_id IS NOT NULL DO UPDATE SET
   key = excluded.key, data = excluded.data, factor = excluded.factor, authenticator_id = excluded.authenticator_id,
   terminal = excluded.terminal, fresh_at = now(), created_at = now(), seen_at = now(), locked_at = NULL""")
# A session that was ended while its request was under way stays ended.
_SAVE = text("""
UPDATE login_session SET data = CAST(:data AS jsonb), key = :key,
   fresh_at = CASE WHEN :is_proven THEN now() ELSE fresh_at END, seen_at = CASE WHEN :is_proven THEN now() ELSE seen_at END,
   locked_at = CASE WHEN :is_proven THEN NULL WHEN :is_left THEN now() ELSE locked_at END
 WHERE key = :old_key""")
_END = text("DELETE FROM login_session WHERE key = :key")
_SWEEP = text("DELETE FROM login_session WHERE seen_at <= now() - :idle OR created_at <= now() - :longest")
_FORGET = text("DELETE FROM login_throttle WHERE key IN (SELECT key FROM login_throttle "
               "WHERE waits_until < now() - interval '1 day' FOR UPDATE SKIP LOCKED)")
# FAB keeps the last visited addresses in the session; nobody needs them there.
_NOT_KEPT = ("page_history",)


@dataclass(frozen=True)
class Entry:
    """ログイン: who comes in, by which second factor."""

    user_id: int
    factor: str
    authenticator_id: int | None
    terminal: str


class OfficeSession(CallbackDict[str, Any], SessionMixin):
    """A dict whose token is the cookie; what the row says beside its content is read here, and changed by name."""

    person: int | None = None  # who is logged in with both factors
    factor: str | None = None
    proven_ago: timedelta | None = None  # since she last proved that it is she
    is_locked = False
    locks_in = timedelta()
    is_over = False  # the browser had a session, and it ended

    def __init__(self, token: str | None, data: dict[str, Any] | None = None) -> None:
        super().__init__(data, on_update=OfficeSession._touched)
        self.token, self.old_token, self.modified = token, token, False
        self.entry: Entry | None = None
        self.is_proven = self.is_left = False

    @property
    def key(self) -> str:
        """What the database knows the session by."""
        return _hash(self.token) if self.token else ""

    def _touched(self) -> None:
        self.modified = True

    def renew(self) -> None:
        """A new token for the same session: what was known before opens nothing any more."""
        self.token, self.modified = secrets.token_urlsafe(32), True

    def enter(self, entry: Entry) -> None:
        """Somebody is logged in from here on, under a new token; what the session held before is gone."""
        self.clear()
        self.entry, self.person, self.factor, self.proven_ago = entry, entry.user_id, entry.factor, timedelta()
        self.renew()

    def prove(self) -> None:
        """The person proved again that it is she: the screen is open, sensitive acts are too, under a new token."""
        self.is_proven, self.proven_ago, self.is_locked = True, timedelta(), False
        self.renew()

    def leave(self) -> None:
        """The person leaves her seat: the screen is locked."""
        self.is_left = self.is_locked = self.modified = True


class DatabaseSessions(SessionInterface):
    """Open, save and end sessions on a connection of their own, outside any business transaction."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def open_session(self, app: Flask, request: Request) -> OfficeSession:
        """The session of this cookie; a new, empty one where there is none alive."""
        token = request.cookies.get(app.config["SESSION_COOKIE_NAME"])
        if not token:
            return OfficeSession(None)
        limits = limits_of(today())
        with _autocommit() as connection:
            row = connection.execute(_OPEN, {
                "key": _hash(token), "is_background": BACKGROUND in request.headers, "lock": limits.lock,
                "idle": limits.idle, "longest": limits.longest}).first()
        if row is None:
            ended = OfficeSession(None)
            ended.is_over = True
            return ended
        g.newest_figures = row.newest_figures  # the same statement tells whether the city published figures since
        found = OfficeSession(token, row.data)
        found.person, found.factor, found.proven_ago = row.user_id, row.factor, row.proven_ago
        found.is_locked, found.locks_in = row.locked_at is not None, row.locks_in
        return found

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Store what changed and hand out the cookie; an empty session leaves no row."""
        assert isinstance(session, OfficeSession)
        for key in _NOT_KEPT:
            session.pop(key, None)
        if not session.modified or (session.token is None and _says_nothing(session, app)):
            return
        if not session:
            with _autocommit() as connection:
                connection.execute(_END, {"key": _hash(session.old_token or "")})
            response.delete_cookie(app.config["SESSION_COOKIE_NAME"], path="/", httponly=True, samesite="Strict",
                                   secure=app.config["SESSION_COOKIE_SECURE"])
            return
        self._store(session, app.json.dumps(dict(session)))
        response.set_cookie(
            app.config["SESSION_COOKIE_NAME"], session.token or "", path="/", httponly=True, samesite="Strict",
            secure=app.config["SESSION_COOKIE_SECURE"])

    def _store(self, session: OfficeSession, data: str) -> None:
        old = _hash(session.old_token) if session.old_token else ""
        session.token = session.token or secrets.token_urlsafe(32)
        with db.engine.begin() as connection:
            if session.entry:
                limits = limits_of(today())
                connection.execute(_SWEEP, {"idle": limits.idle, "longest": limits.longest})
                connection.execute(_FORGET)
                connection.execute(_END, {"key": old})
                connection.execute(_ENTER, {"key": session.key, "data": data, **vars(session.entry)})
            elif old:
                connection.execute(_SAVE, {"key": session.key, "old_key": old, "data": data,
                                           "is_proven": session.is_proven, "is_left": session.is_left})
            else:
                connection.execute(_ADD, {"key": session.key, "data": data})


def _says_nothing(session: OfficeSession, app: Flask) -> bool:
    """Whether there is nothing but what every newcomer has; FAB writes the usual language into every session."""
    return dict(session) == {"locale": app.config["BABEL_DEFAULT_LOCALE"]}


def _autocommit() -> Any:
    return db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
