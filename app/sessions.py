"""セッション: what a browser's cookie stands for lives in the database; ending the row ends the session at once."""

import hashlib
import secrets
from typing import Any

from flask import Flask, Request, Response, g
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import text
from werkzeug.datastructures import CallbackDict

from app.extensions import db
from config import Settings

# One statement finds the session, proves that it is alive and notes that it was used.
_OPEN = text("""
UPDATE login_session SET seen_at = now() WHERE key = :key
   AND seen_at > now() - make_interval(mins => :idle) AND created_at > now() - make_interval(hours => :longest)
RETURNING data, user_id, (SELECT coalesce(max(id), 0) FROM parameter_row) AS newest_figures""")
_ADD = text("INSERT INTO login_session (key, user_id, data) VALUES (:key, :user_id, CAST(:data AS jsonb))")
# A session that was ended while its request was under way stays ended.
_SAVE = text("UPDATE login_session SET data = CAST(:data AS jsonb), user_id = :user_id WHERE key = :key")
_END = text("DELETE FROM login_session WHERE key = :key")
# FAB keeps the last visited addresses in the session; nobody needs them there.
_NOT_KEPT = ("page_history",)


class OfficeSession(CallbackDict[str, Any], SessionMixin):
    """A dict whose token is the cookie; ``renew`` gives it a new token at login."""

    def __init__(self, token: str | None, data: dict[str, Any] | None = None) -> None:
        super().__init__(data, on_update=OfficeSession._touched)
        self.token, self.old_token, self.modified = token, None, False

    def _touched(self) -> None:
        self.modified = True

    def renew(self) -> None:
        """A new token for the same content: what was known before login opens nothing after it."""
        self.old_token, self.token, self.modified = self.token, None, True


class DatabaseSessions(SessionInterface):
    """Open, save and end sessions on a connection of their own, outside any business transaction."""

    def __init__(self, settings: Settings) -> None:
        self.limits = {"idle": settings.idle_minutes, "longest": settings.longest_hours}

    def open_session(self, app: Flask, request: Request) -> OfficeSession:
        """The session of this cookie; a new, empty one where there is none alive."""
        token = request.cookies.get(app.config["SESSION_COOKIE_NAME"])
        if not token:
            return OfficeSession(None)
        with _autocommit() as connection:
            row = connection.execute(_OPEN, {"key": _hash(token), **self.limits}).first()
        if row is None:
            return OfficeSession(None)
        g.newest_figures = row.newest_figures  # the same statement tells whether the city published figures since
        return OfficeSession(token, row.data)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Store what changed and hand out the cookie; an empty session leaves no row."""
        assert isinstance(session, OfficeSession)
        for key in _NOT_KEPT:
            session.pop(key, None)
        if not session.modified or (session.token is None and _says_nothing(session, app)):
            return
        with _autocommit() as connection:
            if session.old_token:
                connection.execute(_END, {"key": _hash(session.old_token)})
            if not session:
                if session.token:
                    connection.execute(_END, {"key": _hash(session.token)})
                response.delete_cookie(app.config["SESSION_COOKIE_NAME"], path="/", httponly=True)
                return
            statement = _SAVE if session.token else _ADD
            session.token = session.token or secrets.token_urlsafe(32)
            user_id = session.get("_user_id")
            connection.execute(statement, {"key": _hash(session.token), "user_id": int(user_id) if user_id else None,
                                       "data": app.json.dumps(dict(session))})
        response.set_cookie(
            app.config["SESSION_COOKIE_NAME"], session.token, path="/", httponly=True, samesite="Strict",
            secure=app.config["SESSION_COOKIE_SECURE"])


def _says_nothing(session: OfficeSession, app: Flask) -> bool:
    """Whether there is nothing but what every newcomer has; FAB writes the usual language into every session."""
    return dict(session) == {"locale": app.config["BABEL_DEFAULT_LOCALE"]}


def _autocommit() -> Any:
    return db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
