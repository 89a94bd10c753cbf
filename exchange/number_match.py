"""番号の照合: whether two systems hold the same 個人番号, told by a keyed digest; the number itself does not travel (BangoShogo)."""

import hmac
from typing import Final

MATCH_KEY_FILE: Final = "number-match.key"  # beside the certificates, in hexadecimal: 番号連携サーバ and the core compare under it


def match_digest(key: bytes, number: str) -> str:
    """鍵付要約値: equal for equal numbers, and telling nothing without the key."""
    return hmac.digest(key, number.encode(), "sha256").hex()
