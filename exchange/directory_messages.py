"""ディレクトリの電文: the few LDAP messages a login needs (RFC 4511), as bytes; filters are built, never spelled as text."""

from dataclasses import dataclass
from typing import Any, Final

from pyasn1.codec.ber import decoder, encoder
from pyasn1.error import PyAsn1Error
from pyasn1_modules import rfc2251 as ldap

START_TLS: Final = "1.3.6.1.4.1.1466.20037"
LONGEST: Final = 1024 * 1024  # of one answer; a directory that sends more is not ours
_SUBTREE, _NEVER_DEREF = 2, 0


class NotAMessage(ValueError):
    """Bytes that are no LDAP message, or one that a login never gets."""


@dataclass(frozen=True)
class Answer:
    """応答: the kind of the answer, its result code where it ends a request, the name it found where it is an entry."""

    kind: str
    code: int | None = None
    name: str = ""


def bind_request(number: int, name: str, password: str) -> bytes:
    """本人として繋ぐ: simple bind; RFC 4513 5.1.2: an empty password would succeed as nobody, so it is refused here."""
    if not password:
        raise ValueError("a bind without a password proves nothing")
    request = ldap.BindRequest()
    request["version"], request["name"] = 3, name.encode()
    request["authentication"]["simple"] = ldap.AuthenticationChoice().componentType["simple"].asn1Object.clone(password.encode())
    return _message(number, "bindRequest", request)


def search_request(number: int, base: str, attribute: str, value: str) -> bytes:
    """名前で探す: entries below *base* whose *attribute* is *value*; two are asked for, to know that there is only one."""
    request = ldap.SearchRequest()
    request["baseObject"], request["scope"], request["derefAliases"] = base.encode(), _SUBTREE, _NEVER_DEREF
    request["sizeLimit"], request["timeLimit"], request["typesOnly"] = 2, 10, True
    request["filter"]["equalityMatch"]["attributeDesc"] = attribute.encode()
    request["filter"]["equalityMatch"]["assertionValue"] = value.encode()
    request["attributes"].append(ldap.AttributeDescription(b"1.1"))
    return _message(number, "searchRequest", request)


def start_tls_request(number: int) -> bytes:
    """暗号を始める."""
    request = ldap.ExtendedRequest()
    request["requestName"] = START_TLS.encode()
    return _message(number, "extendedReq", request)


def length_of(head: bytes) -> int | None:
    """電文の長さ: of the message that begins with *head*, with its head; None while that cannot be told yet."""
    if len(head) < 2:
        return None
    if head[0] != 0x30 or head[1] == 0x80:
        raise NotAMessage("not a sequence of known length")
    if head[1] < 0x80:
        return 2 + head[1]
    size = head[1] & 0x7F
    if size > 4:
        raise NotAMessage("too long")
    if len(head) < 2 + size:
        return None
    length = 2 + size + int.from_bytes(head[2:2 + size])
    if length > LONGEST:
        raise NotAMessage("too long")
    return length


def read_answer(data: bytes, number: int) -> Answer:
    """応答を読む: one whole message that answers request *number*; NotAMessage otherwise."""
    try:
        message, rest = decoder.decode(data, asn1Spec=ldap.LDAPMessage())
        if rest or int(message["messageID"]) != number:
            raise NotAMessage("not the answer that was asked for")
        kind = message["protocolOp"].getName()
        content: Any = message["protocolOp"].getComponent()
        if kind == "searchResEntry":
            return Answer(kind, name=bytes(content["objectName"]).decode())
        if kind in ("bindResponse", "searchResDone", "extendedResp"):
            return Answer(kind, code=int(content["resultCode"]))
        return Answer(kind)
    except NotAMessage:
        raise
    except (PyAsn1Error, ValueError, LookupError, TypeError, AttributeError, RecursionError) as wrong:
        raise NotAMessage("unreadable") from wrong


def _message(number: int, kind: str, request: Any) -> bytes:
    message = ldap.LDAPMessage()
    message["messageID"] = number
    message["protocolOp"][kind] = request
    made: bytes = encoder.encode(message)
    return made
