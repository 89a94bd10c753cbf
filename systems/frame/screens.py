"""画面: login of the staff of one system, its layout, and the log of who opened and did what."""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, Final, cast

from flask import Blueprint, Flask, Response, abort, g, redirect, render_template, request, url_for
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.security import check_password_hash, generate_password_hash

from systems.frame.store import Common, Staff, StaffSession

IDLE: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(hours=10)
BARE: Final = ("/soap/", "/healthz", "/static/", "/machine/")  # no session, no form, no page: programs ask here
SAID: Final = {
    400: "この画面は古くなっています。開き直してから、もう一度入力してください。", 403: "あなたの権限では、この画面を開けません。",
    404: "この画面か、画面で選んだものは、ありません。", 405: "この画面は、直接は開けません。メニューから選び直してください。",
    409: "ほかの人が先に処理しました。開き直して、いまの状態を確かめてください。", 413: "送られたものが大きすぎます。",
    500: "処理できませんでした。何も変わっていません。くり返すときは運用担当に連絡してください。"}
NOBODY: Final = generate_password_hash(secrets.token_hex(16))  # checked for unknown names, so that both take as long


@dataclass(frozen=True)
class Screens:
    """What a system's screens stand on."""

    name: str
    title: str
    menu: tuple[tuple[str, str], ...]  # (label, endpoint)
    engine: Engine
    tables: Common
    secret: bytes


def add_screens(app: Flask, screens: Screens) -> None:
    """Give *app* the layout, ``/login``, ``/logout`` and the check that every other page asks for."""
    frame = Blueprint("frame", __name__, template_folder="templates", static_folder="static", static_url_path="/static")

    app.before_request(lambda: _know_who(screens))

    @frame.route("/login", methods=["GET", "POST"])
    def login() -> Response | str:
        if request.method == "GET":
            return render_template("login.html", fault="")
        with Session(screens.engine) as session:
            token = log_in(session, screens.tables, request.form.get("username", ""), request.form.get("password", ""))
            session.commit()
        if token is None:
            return render_template("login.html", fault="利用者名かパスワードが違います。")
        answer = cast(Response, redirect("/"))
        answer.set_cookie(cookie_name(), token, secure=True, httponly=True, samesite="Strict", path="/")
        return answer

    @frame.post("/logout")
    def logout() -> Response:
        with Session(screens.engine) as session:
            log_out(session, screens.tables, session_of(session, screens.tables, None))
            session.commit()
        return cast(Response, redirect(url_for("frame.login")))

    app.register_blueprint(frame)
    app.register_error_handler(HTTPException, _said_plainly)
    app.jinja_env.globals.update(form_key=form_key, may_open=lambda endpoint: _may_open(app, endpoint))


def _said_plainly(broken: HTTPException) -> Response | HTTPException | tuple[str, int]:
    """What went wrong in a sentence of the office; a redirect stays one, a service's answer stays bare."""
    code = broken.code or 500
    if code < 400 or request.path.startswith(BARE):
        return broken
    return render_template("error.html", words=SAID.get(code, SAID[500])), code


def _may_open(app: Flask, endpoint: str) -> bool:
    """Whether the page would let this staff member in; what would not is not offered."""
    roles: frozenset[str] = getattr(app.view_functions[endpoint], "roles", frozenset())
    return bool(roles & set(g.staff.roles))


def _know_who(screens: Screens) -> None:
    """Whose request this is; a form without this login's key goes no further."""
    g.screens, g.staff = screens, None
    if request.path.startswith(BARE):
        return
    with Session(screens.engine, expire_on_commit=False) as session:
        g.staff, g.token = _staff_of_cookie(session, screens.tables), request.cookies.get(cookie_name(), "")
        session.commit()
    if request.method == "POST" and request.endpoint != "frame.login" and not hmac.compare_digest(
            request.form.get("csrf", ""), form_key()):
        abort(400)


def allowed(*roles: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate a page: the staff member is logged in and has one of *roles*."""
    def decorate(page: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(page)
        def guarded(*words: Any, **named: Any) -> Any:
            if g.staff is None:
                return redirect(url_for("frame.login"))
            if not set(roles) & set(g.staff.roles):
                abort(403)
            return page(*words, **named)
        guarded.roles = frozenset(roles)  # type: ignore[attr-defined]  # a mark on the function
        return guarded
    return decorate


@contextmanager
def transaction(act: str, subject: str = "", detail: Mapping[str, Any] | None = None) -> Iterator[Session]:
    """A session that commits at the end together with its log line; nothing is stored where anything fails."""
    screens: Screens = g.screens
    with Session(screens.engine, expire_on_commit=False) as session:
        note(session, screens.tables, g.staff.username, act, subject, detail=detail)
        yield session
        session.commit()


def note(session: Session, tables: Common, actor: str, act: str, subject: str = "", outcome: str = "ok",
         detail: Mapping[str, Any] | None = None) -> None:
    """記録する: one row; *detail* holds keys and counts, never personal data."""
    session.add(tables.log(actor=actor, act=act, subject=subject, outcome=outcome, detail=dict(detail) if detail else None))
    session.flush()


def form_key() -> str:
    """What a form of this login carries; nobody else's page knows it."""
    screens: Screens = g.screens
    return hmac.digest(screens.secret, str(g.token).encode(), "sha256").hex()


def log_in(session: Session, tables: Common, username: str, password: str) -> str | None:
    """ログインする: the token of a new session; None, and noted, where name and password do not fit."""
    known: Staff | None = session.scalars(select(tables.staff).where(tables.staff.username == username)).one_or_none()
    fits = check_password_hash(known.password if known else NOBODY, password)
    if known is None or not fits or not known.is_active:
        note(session, tables, username[:40], "login", outcome="refused")
        return None
    token = secrets.token_urlsafe(32)
    session.add(tables.sessions(token_sha256=_hashed(token), username=known.username, seen_at=datetime.now(UTC)))
    note(session, tables, known.username, "login")
    return token


def session_of(session: Session, tables: Common, number: int | None) -> StaffSession | None:
    """The session of that number; of this browser, where there is none."""
    table: type[StaffSession] = tables.sessions
    return session.scalars(select(table).where(
        table.token_sha256 == _hashed(g.token) if number is None else table.id == number)).one_or_none()


def log_out(session: Session, tables: Common, found: StaffSession | None) -> None:
    """ログアウトする: the session is over at once, once."""
    if found is not None and found.ended_at is None:
        found.ended_at = datetime.now(UTC)
        note(session, tables, found.username, "logout")


def _staff_of_cookie(session: Session, tables: Common) -> Staff | None:
    now = datetime.now(UTC)
    table: type[StaffSession] = tables.sessions
    found = session.scalars(select(table).where(
        table.token_sha256 == _hashed(request.cookies.get(cookie_name(), "")), table.ended_at.is_(None),
        table.seen_at > now - IDLE, table.at > now - LONGEST)).one_or_none()
    if found is None:
        return None
    found.seen_at = now
    return session.scalars(select(tables.staff).where(
        tables.staff.username == found.username, tables.staff.is_active)).one_or_none()


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def cookie_name() -> str:
    """The cookie of this system's sessions; for this site only, and never sent from another."""
    screens: Screens = g.screens
    return f"__Host-{screens.name}"
