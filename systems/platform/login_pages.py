"""共通認証の窓口: what browsers and clients of the common login meet.

Our cookie does not travel from another site (SameSite=Strict): a browser sent here gets a page that goes on by itself.
What it was sent with is carried along, signed, for five minutes.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast
from urllib.parse import unquote_plus, urlencode

import jwt
from flask import Blueprint, Response, abort, g, jsonify, redirect, render_template, request
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from systems.frame.screens import cookie_name, log_in, log_out, note, session_of
from systems.platform import identity
from systems.platform.guessing import is_guessing
from systems.platform.identity import SCOPES, SigningKey, TokenRefused
from systems.platform.tables import COMMON

WISH_LASTS: Final = timedelta(minutes=5)
KEPT: Final = ("client_id", "redirect_uri", "state", "nonce", "code_challenge", "prompt")


@dataclass(frozen=True)
class Door:
    """窓口: who we are to the others, and what we sign with."""

    engine: Engine
    issuer: str
    key: SigningKey
    secret: bytes


def login_pages(door: Door) -> Blueprint:
    """Discovery, keys, and the endpoints of the code flow, as one blueprint."""
    room = Blueprint("common", __name__, template_folder="templates")

    @room.get("/.well-known/openid-configuration")
    def about() -> Response:
        return jsonify(_about(door.issuer))

    @room.get("/machine/keys")
    def keys() -> Response:
        return jsonify(keys=[door.key.public])

    _add_authorize(room, door)
    _add_login(room, door)
    _add_machine(room, door)
    _add_leaving(room, door)
    return room


def _about(issuer: str) -> dict[str, Any]:
    return {
        "issuer": issuer, "authorization_endpoint": f"{issuer}/oidc/authorize", "token_endpoint": f"{issuer}/machine/token",
        "userinfo_endpoint": f"{issuer}/machine/userinfo", "jwks_uri": f"{issuer}/machine/keys",
        "end_session_endpoint": f"{issuer}/oidc/leave", "response_types_supported": ["code"],
        "response_modes_supported": ["query"], "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": [identity.ALGORITHM],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"], "scopes_supported": list(SCOPES),
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "sid", "preferred_username", "name"],
        "backchannel_logout_supported": True, "backchannel_logout_session_supported": True}


def _add_authorize(room: Blueprint, door: Door) -> None:
    @room.get("/oidc/authorize")
    def authorize() -> Response | str | tuple[str, int]:
        asked = request.args
        with Session(door.engine) as session:
            client = identity.client_of(session, asked.get("client_id", ""))
        if client is None or asked.get("redirect_uri") not in client.returns_to:
            return _said("このシステムは、共通認証に登録されていないか、戻り先が違います。システムの管理者に連絡してください。"), 400
        if (wrong := _wrong(asked)) is not None:
            return _back(asked, {"error": wrong})
        return render_template("platform/onward.html", place="/oidc/continue?" + urlencode({"wish": _sealed(door, asked)}))

    @room.get("/oidc/continue")
    def go_on() -> Response | str | tuple[str, int]:
        asked = _opened(door, request.args.get("wish", ""))
        if asked is None:
            return _said("手続きの時間が過ぎました。使うシステムの画面から、もう一度始めてください。"), 400
        if g.staff is not None:
            return _granted(door, asked)
        if asked.get("prompt") == "none":
            return _back(asked, {"error": "login_required"})
        return render_template("platform/common_login.html", wish=request.args["wish"], fault="")


def _add_login(room: Blueprint, door: Door) -> None:
    @room.post("/oidc/login")
    def login() -> Response | str | tuple[str, int]:
        wish, username = request.form.get("wish", ""), request.form.get("username", "")
        asked = _opened(door, wish)
        if asked is None:
            return _said("手続きの時間が過ぎました。使うシステムの画面から、もう一度始めてください。"), 400
        with Session(door.engine) as session:
            if is_guessing(session, username, "login"):
                return render_template("platform/common_login.html", wish=wish, fault=(
                    "続けて間違えたため、しばらくログインできません。5分たってから、もう一度入力してください。")), 429
            token = log_in(session, COMMON, username, request.form.get("password", ""))
            session.commit()
        if token is None:
            return render_template("platform/common_login.html", wish=wish, fault="利用者名かパスワードが違います。"), 401
        # A page and no redirect: what a form leads to must stay here, and where she goes on to is elsewhere.
        answer = Response(render_template("platform/onward.html", place="/oidc/continue?" + urlencode({"wish": wish})))
        answer.set_cookie(cookie_name(), token, secure=True, httponly=True, samesite="Strict", path="/")
        return answer


def _add_machine(room: Blueprint, door: Door) -> None:
    @room.post("/machine/token")
    def token() -> Response | tuple[Response, int]:
        name, secret = _credentials(request.form)
        with Session(door.engine) as session:
            client = identity.client_of(session, name)
            if client is None or not identity.is_clients(client, secret):
                return jsonify(error="invalid_client"), 401
            try:
                told = identity.exchange(session, door.issuer, door.key, client, request.form, datetime.now(UTC))
            except TokenRefused as refused:
                return jsonify(error=refused.code), 400
            note(session, COMMON, "platform", "told who came", client.client)
            session.commit()
        return jsonify(told)

    @room.route("/machine/userinfo", methods=["GET", "POST"])
    def userinfo() -> Response | tuple[Response, int]:
        kind, _, word = request.headers.get("Authorization", "").partition(" ")
        with Session(door.engine) as session:
            person = identity.person_of(session, word, datetime.now(UTC)) if kind.lower() == "bearer" else None
        return jsonify(person) if person else (jsonify(error="invalid_token"), 401)


def _add_leaving(room: Blueprint, door: Door) -> None:
    @room.route("/oidc/leave", methods=["GET"])
    def leave() -> Response | str:
        """Who brings a token of ours ends the session it names, and goes back where its client said."""
        said = door.key.read(request.args.get("id_token_hint", ""), None)
        with Session(door.engine) as session:
            if said is not None:
                log_out(session, COMMON, session_of(session, COMMON, int(str(said["sid"])[1:])))
            client = identity.client_of(session, str(said["aud"])) if said else None
            allowed_places = list(client.leaves_to) if client else []
            session.commit()
        back = request.args.get("post_logout_redirect_uri", "")
        if back in allowed_places:
            state = request.args.get("state")
            return cast(Response, redirect(back + ("?" + urlencode({"state": state}) if state else "")))
        return _said("共通認証からログアウトしました。" if said else "ログアウトするには、右上のログアウトを押してください。")


def _wrong(asked: Mapping[str, str]) -> str | None:
    """What is wrong with a request of a client that we know, as RFC 6749 names it."""
    if asked.get("response_type") != "code":
        return "unsupported_response_type"
    if "openid" not in asked.get("scope", "").split():
        return "invalid_scope"
    if asked.get("code_challenge_method") != "S256" or len(asked.get("code_challenge", "")) != 43:
        return "invalid_request"
    return None


def _granted(door: Door, asked: Mapping[str, str]) -> Response:
    with Session(door.engine) as session:
        place = session_of(session, COMMON, None)
        if place is None or identity.client_of(session, asked["client_id"]) is None:
            abort(403)
        code = identity.grant(session, asked, g.staff, place, datetime.now(UTC))
        note(session, COMMON, g.staff.username, "went on by common login", asked["client_id"])
        session.commit()
    return _back(asked, {"code": code})


def _back(asked: Mapping[str, str], told: Mapping[str, str]) -> Response:
    state = {"state": asked["state"]} if asked.get("state") else {}
    return cast(Response, redirect(asked["redirect_uri"] + "?" + urlencode({**told, **state})))


def _sealed(door: Door, asked: Mapping[str, str]) -> str:
    kept = {name: asked[name] for name in KEPT if name in asked}
    return jwt.encode({**kept, "exp": datetime.now(UTC) + WISH_LASTS}, _own(door), "HS256")


def _opened(door: Door, wish: str) -> dict[str, str] | None:
    try:
        found: dict[str, str] = jwt.decode(wish, _own(door), ["HS256"])
    except jwt.PyJWTError:
        return None
    return found


def _own(door: Door) -> bytes:
    """A secret for this alone."""
    return hmac.digest(door.secret, b"common login", "sha256")


def _credentials(form: MultiDict[str, str]) -> tuple[str, str]:
    """Who the client says it is, in the header (client_secret_basic) or in the form."""
    kind, _, word = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        name, _, secret = base64.b64decode(word, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote_plus(name), unquote_plus(secret)


def _said(words: str) -> str:
    return render_template("error.html", words=words)
