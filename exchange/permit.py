"""情報提供許可証: what the network signs and both sides verify before anything of a person travels. The form is ours."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNED: Final = ("許可証ID", "処理通番", "照会者機関コード", "提供者機関コード", "事務コード", "事務手続コード",
                 "特定個人情報名コード", "発行日時", "有効期限")


class PermitWrong(Exception):
    """The permit does not permit this: *code* is signature, expired, not_yet, number, inquirer, provider or information."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def sign(key: Ed25519PrivateKey, permit: Mapping[str, Any]) -> dict[str, Any]:
    """Return *permit* with its 署名 (hexadecimal)."""
    return {**{name: permit[name] for name in SIGNED}, "署名": key.sign(_bytes(permit)).hex()}


def verify(key: Ed25519PublicKey, permit: Mapping[str, Any], now: datetime, **expected: str) -> None:
    """Raise PermitWrong unless the network signed *permit*, it holds at *now*, and it says what is *expected* of it."""
    try:
        key.verify(bytes.fromhex(str(permit.get("署名", ""))), _bytes(permit))
    except (InvalidSignature, ValueError, KeyError) as wrong:
        raise PermitWrong("signature") from wrong
    if now >= _moment(permit["有効期限"]):
        raise PermitWrong("expired")
    if now < _moment(permit["発行日時"]):
        raise PermitWrong("not_yet")
    for code, name in _EXPECTED.items():
        if code in expected and permit[name] != expected[code]:
            raise PermitWrong(code)


_EXPECTED: Final = {"number": "処理通番", "inquirer": "照会者機関コード", "provider": "提供者機関コード",
                    "information": "特定個人情報名コード"}


def _bytes(permit: Mapping[str, Any]) -> bytes:
    return json.dumps([_text(permit[name]) for name in SIGNED], ensure_ascii=False).encode()


def _text(value: Any) -> str:
    """A moment is signed in one spelling, however it travelled."""
    return _moment(value).isoformat(timespec="microseconds") if isinstance(value, datetime) or "T" in str(value) else str(value)


def _moment(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment.astimezone(_UTC)


_UTC: Final = datetime.fromisoformat("2000-01-01T00:00:00+00:00").tzinfo
