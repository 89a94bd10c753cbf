"""共通認証の窓口: the city's OpenID Connect provider as the first factor; it tells who came, and never opens more than that."""

import base64
import hashlib
import hmac
import json
import secrets
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.error import URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from exchange.identity_token import Departure, Identity, NotProven, read_departure, read_identity
from models.journal import Action
from models.login import CommonAccount, LoginSession
from procedures import journal
from procedures.actor import Actor, full_name
from procedures.login import PROVIDER, note_failure
from procedures.refusal import Refused
from procedures.throttle import Throttle

PATIENCE: Final = 10.0  # seconds
_LONGEST: Final = 256 * 1024  # bytes of an answer


class ProviderAway(Refused):
    """The provider does not answer as it should."""

    message = "全庁の共通認証から答えがありません。しばらく待ってからもう一度試し、続くときは情報システムの担当に連絡してください。"


class NotKnownHere(Refused):
    """The provider vouches for somebody, but not for a person who may work here, or not in this login."""

    message = "共通認証では確かめられましたが、この仕事の利用者として登録されていないか、手続きが途中で切れました。もう一度試し、続くときは権限の管理者に相談してください。"


@dataclass(frozen=True)
class Wish:
    """始めた手続き: what must come back, kept by the session that sent the browser away."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Provider:
    """共通認証の設定: who it is, and as which client we ask."""

    issuer: str
    client: str
    secret: str
    returns_to: str
    label: str = "全庁の共通認証"
    claim: str = "preferred_username"
    authorities: Path | None = None

    @property
    def leaves_to(self) -> str:
        """Where the browser comes back to when it left the provider as well."""
        return self.returns_to.removesuffix("provider/back")

    @property
    def origin(self) -> str:
        """Where the browser is sent; the login page may lead there and nowhere else."""
        parts = urlsplit(self.issuer)
        return f"{parts.scheme}://{parts.netloc}"

    def begin(self) -> tuple[str, Wish]:
        """始める: the address to send the browser to, and what to remember; ProviderAway."""
        wish = Wish(*(secrets.token_urlsafe(32) for _ in range(3)))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(wish.verifier.encode()).digest()).rstrip(b"=").decode()
        place = self._about()["authorization_endpoint"]
        return f"{place}?" + urlencode({
            "response_type": "code", "client_id": self.client, "redirect_uri": self.returns_to, "scope": "openid profile",
            "state": wish.state, "nonce": wish.nonce, "code_challenge": challenge, "code_challenge_method": "S256"}), wish

    def finish(self, wish: Wish, state: str, code: str, now: datetime) -> Identity:
        """終える: who came; NotKnownHere where it is not this login's answer, ProviderAway."""
        if not code or not hmac.compare_digest(state, wish.state):
            raise NotKnownHere
        about = self._about()
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.returns_to,
                "code_verifier": wish.verifier, "client_id": self.client}
        # OpenID Connect Discovery 3: what is not said means client_secret_basic.
        is_basic = "client_secret_basic" in about.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        answer = self._fetch(about["token_endpoint"], form if is_basic else form | {"client_secret": self.secret}, is_basic)
        try:
            return read_identity(str(answer.get("id_token", "")), self._fetch(about["jwks_uri"]), self.issuer, self.client,
                                 wish.nonce, self.claim, now)
        except NotProven as wrong:
            raise NotKnownHere from wrong

    def farewell(self, proof: str, back: str) -> str | None:
        """別れの行き先: where the browser ends the provider's own login and comes *back*; None where it offers no such place."""
        try:
            place = str(self._about().get("end_session_endpoint", ""))
        except ProviderAway:
            return None
        if not is_safe(place) or urlsplit(place).netloc != urlsplit(self.issuer).netloc:
            return None
        return f"{place}?" + urlencode({"id_token_hint": proof, "client_id": self.client, "post_logout_redirect_uri": back})

    def departed(self, notice: str, now: datetime) -> Departure:
        """退去の知らせ: who left the provider; NotKnownHere where it is not its word, ProviderAway."""
        try:
            return read_departure(notice, self._fetch(self._about()["jwks_uri"]), self.issuer, self.client, now)
        except NotProven as wrong:
            raise NotKnownHere from wrong

    def _about(self) -> Mapping[str, Any]:
        found = self._fetch(self.issuer.rstrip("/") + "/.well-known/openid-configuration")
        places = [str(found.get(name, "")) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if found.get("issuer") != self.issuer or not all(is_safe(place) for place in places):
            raise ProviderAway
        return found

    def _fetch(self, place: str, form: Mapping[str, str] | None = None, is_signed: bool = False) -> dict[str, Any]:
        """One answer of the provider as JSON; no redirect is followed, a secret goes where it was meant to go."""
        who = base64.b64encode(f"{quote(self.client, '')}:{quote(self.secret, '')}".encode()).decode()
        headers = {"Accept": "application/json", **({"Authorization": f"Basic {who}"} if is_signed else {})}
        trust = ssl.create_default_context(cafile=str(self.authorities) if self.authorities else None)
        ask = Request(place, urlencode(form).encode() if form else None, headers)
        try:
            with build_opener(_Stay(), HTTPSHandler(context=trust)).open(ask, timeout=PATIENCE) as answer:
                content: dict[str, Any] = json.loads(answer.read(_LONGEST))
        except (URLError, OSError, ValueError) as wrong:
            raise ProviderAway from wrong
        if not isinstance(content, dict):
            raise ProviderAway
        return content


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Nowhere else."""


def is_safe(place: str) -> bool:
    """Whether what goes there goes over TLS, or stays on this machine."""
    parts = urlsplit(place)
    return bool(parts.hostname) and (parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")))


def leave(session: Session, gone: Departure, terminal: str) -> int:
    """退去を写す: what she opened here by that login of the provider is over with this transaction; return how many logins ended.

    A notice without a session's name ends everything that subject opened by the provider.
    """
    told = LoginSession.data["common"]
    wanted = told["sid"].astext == gone.session if gone.session else told["subject"].astext == gone.subject
    ended = session.scalars(delete(LoginSession).where(told["issuer"].astext == gone.issuer, wanted).returning(
        LoginSession.user_id)).all()
    for number in ended:
        if (user := session.get(User, number) if number else None) is not None:
            journal.record(session, Actor(user.id, full_name(user), terminal), Action.LOGGED_OUT, detail={"act": "left_provider"})
    return len(ended)


def person_of(session: Session, identity: Identity, terminal: str, now: datetime) -> User:
    """共通認証の利用者: the account that logs in this way and belongs to this subject; NotKnownHere (counted) otherwise.

    The first login binds the account to the provider's subject; a name that passes to somebody else opens nothing.
    """
    throttle = Throttle(session, identity.username.lower(), terminal, now)
    user = session.scalar(select(User).where(User.username == identity.username))
    bound = session.get(CommonAccount, user.id, with_for_update=True) if user else None
    here = (identity.issuer, identity.subject)
    if user is None or not user.is_active or bound is None or bound.kind != PROVIDER or (
            bound.subject is not None and (bound.issuer, bound.subject) != here):
        throttle.wrong()
        note_failure(session, user, terminal, "provider")
        raise NotKnownHere
    bound.issuer, bound.subject = here
    throttle.right()
    return user
