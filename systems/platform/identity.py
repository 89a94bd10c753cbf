"""共通認証: who is logged in here, told to the city's systems by OpenID Connect; codes used once, tokens signed, short.

OpenID Connect Core 1.0 (code flow), RFC 7636 (S256 only), RP-Initiated Logout 1.0 and Back-Channel Logout 1.0.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash

from systems.frame.files import lay_down
from systems.frame.store import Staff, StaffSession
from systems.platform.service_tables import LoginClient, LoginGrant
from systems.platform.tables import COMMON

CODE_LASTS: Final = timedelta(seconds=60)
TOKEN_LASTS: Final = timedelta(minutes=5)
ALGORITHM: Final = "ES256"
LOGGED_OUT: Final = "http://schemas.openid.net/event/backchannel-logout"
SCOPES: Final = ("openid", "profile")


class TokenRefused(Exception):
    """What the client gets instead: *code* as RFC 6749 names it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class SigningKey:
    """署名の鍵: ES256, known by the digest of its public half."""

    key: ec.EllipticCurvePrivateKey

    @property
    def public(self) -> dict[str, Any]:
        """The public half as a JWK; its kid is the thumbprint (RFC 7638)."""
        found = jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        needed = {name: found[name] for name in ("crv", "kty", "x", "y")}
        digest = hashlib.sha256(json.dumps(needed, sort_keys=True, separators=(",", ":")).encode()).digest()
        return {**needed, "use": "sig", "alg": ALGORITHM, "kid": _plain(digest)}

    def sign(self, content: Mapping[str, Any], kind: str = "JWT") -> str:
        return jwt.encode(dict(content), self.key, ALGORITHM, headers={"kid": self.public["kid"], "typ": kind})

    def read(self, token: str, client: str | None) -> Mapping[str, Any] | None:
        """What a token of ours says, ended or not; None where it is not ours, or not for *client*."""
        try:
            found: Mapping[str, Any] = jwt.decode(token, self.key.public_key(), [ALGORITHM], audience=client, options={
                "verify_exp": False, "verify_aud": client is not None})
        except jwt.PyJWTError:
            return None
        return found


def signing_key(folder: Path) -> SigningKey:
    """The key in *folder*; made once, readable by its owner only, whoever of the processes comes first."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "login.key"
    if not path.exists():
        lay_down(path, ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()), 0o600, replaces=False)
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the key of the common login is not an EC key")
    return SigningKey(key)


def client_of(session: Session, name: str) -> LoginClient | None:
    """The client of that name, where it may still use the common login."""
    return session.scalars(select(LoginClient).where(LoginClient.client == name, LoginClient.is_active)).one_or_none()


def grant(session: Session, asked: Mapping[str, str], staff: Staff, place: StaffSession, now: datetime) -> str:
    """認可コードを出す: good for one minute, once, for this client and with its verifier."""
    code = secrets.token_urlsafe(32)
    session.add(LoginGrant(
        code_sha256=_hashed(code), client=asked["client_id"], username=staff.username, session_id=place.id,
        returns_to=asked["redirect_uri"], nonce=asked.get("nonce", ""), challenge=asked["code_challenge"],
        authenticated_at=place.at, expires_at=now + CODE_LASTS))
    session.flush()
    return code


def exchange(session: Session, issuer: str, key: SigningKey, client: LoginClient, form: Mapping[str, str],
             now: datetime) -> dict[str, Any]:
    """コードを替える: the tokens of the login; TokenRefused. A code that comes twice also ends what it gave the first time."""
    found = session.scalars(select(LoginGrant).where(
        LoginGrant.code_sha256 == _hashed(form.get("code", "")), LoginGrant.client == client.client)
        .with_for_update()).one_or_none()
    if form.get("grant_type") != "authorization_code":
        raise TokenRefused("unsupported_grant_type")
    if found is None:
        raise TokenRefused("invalid_grant")
    if found.used_at is not None:
        found.token_expires_at = now
        session.commit()
        raise TokenRefused("invalid_grant")
    staff, place = _of(session, found)
    fits = hmac.compare_digest(_plain(hashlib.sha256(form.get("code_verifier", "").encode()).digest()), found.challenge)
    if not fits or found.expires_at <= now or form.get("redirect_uri") != found.returns_to or staff is None or place.ended_at:
        raise TokenRefused("invalid_grant")
    token = secrets.token_urlsafe(32)
    found.used_at, found.token_sha256, found.token_expires_at = now, _hashed(token), now + TOKEN_LASTS
    session.flush()
    return {"access_token": token, "token_type": "Bearer", "expires_in": int(TOKEN_LASTS.total_seconds()),
            "id_token": key.sign({**_person(staff), "iss": issuer, "aud": client.client, "nonce": found.nonce,
                                  "iat": int(now.timestamp()), "exp": int((now + TOKEN_LASTS).timestamp()),
                                  "auth_time": int(found.authenticated_at.timestamp()), "sid": sid_of(found.session_id)})}


def person_of(session: Session, token: str, now: datetime) -> dict[str, Any] | None:
    """利用者の情報 for a token that holds; None otherwise."""
    found = session.scalars(select(LoginGrant).where(
        LoginGrant.token_sha256 == _hashed(token), LoginGrant.token_expires_at > now)).one_or_none()
    staff, place = _of(session, found) if found else (None, None)
    return _person(staff) if staff and place and not place.ended_at else None


def is_clients(client: LoginClient | None, secret: str) -> bool:
    """Whether it is the client that holds this secret."""
    return client is not None and check_password_hash(client.secret, secret)


def sid_of(session_id: int) -> str:
    """How a session is called outside: its number, in no way its cookie."""
    return f"s{session_id}"


def logout_token(issuer: str, key: SigningKey, client: str, staff: Staff, session_id: int, now: datetime) -> str:
    """ログアウトの知らせ of one session, for one client."""
    return key.sign({"iss": issuer, "aud": client, "sub": subject_of(staff), "sid": sid_of(session_id),
                     "iat": int(now.timestamp()), "exp": int((now + TOKEN_LASTS).timestamp()), "jti": secrets.token_urlsafe(16),
                     "events": {LOGGED_OUT: {}}}, "logout+jwt")


def subject_of(staff: Staff) -> str:
    """Never changes hands; a name may."""
    return f"staff-{staff.id}"


def _person(staff: Staff) -> dict[str, Any]:
    return {"sub": subject_of(staff), "preferred_username": staff.username, "name": staff.full_name}


def _of(session: Session, found: LoginGrant) -> tuple[Staff | None, StaffSession]:
    staff = session.scalars(select(COMMON.staff).where(
        COMMON.staff.username == found.username, COMMON.staff.is_active)).one_or_none()
    return staff, session.get_one(COMMON.sessions, found.session_id)


def _hashed(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()


def _plain(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
