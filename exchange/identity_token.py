"""身元の証明: what the city's OpenID Connect provider says of who came (OpenID Connect Core 1.0, 3.1.3.7) or left, read or refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import jwt

# What a provider may sign with: a public key of its own. Neither "none" nor a secret that we would hold as well.
ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
NOTICE_LASTS: Final = timedelta(minutes=5)
SKEW: Final = timedelta(seconds=60)  # how far the provider's clock may be from ours


class NotProven(ValueError):
    """A token that proves nothing to us; the message is for the log and names no person."""


@dataclass(frozen=True)
class Identity:
    """身元: who the provider says it is; the subject never changes hands, the name may."""

    issuer: str
    subject: str
    username: str
    session: str = ""  # sid: the provider's own session, by which it says later that the person left
    proof: str = ""  # the token itself, shown to the provider when the person leaves here


@dataclass(frozen=True)
class Departure:
    """退去: who left the provider, by subject, by session, or both (OpenID Connect Back-Channel Logout 1.0, 2.4)."""

    issuer: str
    subject: str
    session: str


LEFT: Final = "http://schemas.openid.net/event/backchannel-logout"


def read_departure(token: str, keys: Mapping[str, Any], issuer: str, client: str, now: datetime) -> Departure:
    """退去の知らせを読む: signed by the provider, for us, made now, and a notice of leaving and nothing else; NotProven."""
    content = _content(token, keys, issuer, client, ["iss", "aud", "iat", "jti", "events"])
    made = _moment(content["iat"], now)
    if not made - SKEW <= now <= made + NOTICE_LASTS:
        raise NotProven("time")
    if "nonce" in content or not isinstance(content["events"], Mapping) or LEFT not in content["events"]:
        raise NotProven("events")
    found = Departure(issuer, str(content.get("sub", "")), str(content.get("sid", "")))
    if not found.subject and not found.session:
        raise NotProven("nobody")
    return found


def read_identity(token: str, keys: Mapping[str, Any], issuer: str, client: str, nonce: str, claim: str,
                  now: datetime) -> Identity:
    """身元を読む: signed by one of *keys*, made by *issuer* for *client* and for this very login, and still good; NotProven."""
    content = _content(token, keys, issuer, client, ["iss", "sub", "aud", "exp", "iat"])
    made, ends = (_moment(content[name], now) for name in ("iat", "exp"))
    if not made - SKEW <= now <= ends + SKEW:
        raise NotProven("time")
    if not nonce or content.get("nonce") != nonce:
        raise NotProven("nonce")
    others = isinstance(content["aud"], list) and len(content["aud"]) > 1
    if content.get("azp", client if not others else None) != client:
        raise NotProven("azp")
    username = content.get(claim)
    if not isinstance(username, str) or not username:
        raise NotProven("claim")
    return Identity(issuer, str(content["sub"]), username, str(content.get("sid", "")), token)


def _content(token: str, keys: Mapping[str, Any], issuer: str, client: str, needed: list[str]) -> Mapping[str, Any]:
    """What a token of the provider for us says, its times not judged yet; NotProven."""
    try:
        head = jwt.get_unverified_header(token)
        if head.get("alg") not in ALGORITHMS:
            raise NotProven("algorithm")
        found: Mapping[str, Any] = jwt.decode(
            token, _key(keys, head), algorithms=list(ALGORITHMS), audience=client, issuer=issuer, options={
                "require": needed, "verify_exp": False, "verify_iat": False, "verify_nbf": False})
    except (jwt.PyJWTError, TypeError, OverflowError, OSError) as wrong:
        raise NotProven(type(wrong).__name__) from None
    return found


def _moment(said: Any, now: datetime) -> datetime:
    try:
        return datetime.fromtimestamp(said, now.tzinfo)
    except (TypeError, ValueError, OverflowError, OSError) as wrong:
        raise NotProven(type(wrong).__name__) from None


def _key(keys: Mapping[str, Any], head: Mapping[str, Any]) -> jwt.PyJWK:
    """The provider's key that the token names; the only one where it names none."""
    found = [each for each in keys.get("keys", ()) if each.get("use", "sig") == "sig" and (
        "kid" not in head or each.get("kid") == head["kid"])]
    if len(found) != 1:
        raise NotProven("key")
    return jwt.PyJWK(found[0], algorithm=head["alg"])
