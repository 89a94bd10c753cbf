"""文字の縮退: what a letter becomes in a file for a destination that lacks it, as two people decided; signed, and never a "?".

The table is made by 連携基盤 and read here. Its form is ours. A letter that the destination holds stays; one that it lacks is
written as the table says, a variation selector is left out where the plain letter can be written; anything else is Undecided.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from exchange.bank_kana import NotWritable, bank_kana
from translations.wording import said

CP932, JIS, BANK, PLAIN = "cp932", "jis_x_0208", "zengin", "utf_8"
DESTINATIONS: Final = {CP932: "表計算 (Windows の Shift_JIS)", JIS: "JIS X 0208 だけの相手", BANK: "銀行 (全銀カナ)",
                       PLAIN: "UTF-8 の相手"}
# What stands for "some letter" tells nobody which; no decision may end there.
STAND_INS: Final = frozenset("?？〓■□\ufffd")
# Only its maker knows what a private letter is, and what is no character is none anywhere.
PRIVATE: Final = re.compile("[\ud800-\udfff\ue000-\uf8ff\ufffd-\uffff\U000f0000-\U0010ffff]")
PRIVATE_USE: Final = r"[\uE000-\uF8FF\U000F0000-\U0010FFFD]"  # the same for PostgreSQL, which can store no other of them
_UNITS: Final = re.compile("(.)([\ufe00-\ufe0f\U000e0100-\U000e01ef]?)", re.DOTALL)
# One sign of JIS X 0208 that its two encodings give different names (Unicode's SHIFTJIS.TXT and CP932.TXT).
_SIGNS: Final = {CP932: {"\u2014": "\u2015"}, JIS: {
    "\uff5e": "\u301c", "\uff0d": "\u2212", "\u2225": "\u2016", "\uffe0": "\u00a2", "\uffe1": "\u00a3", "\uffe2": "\u00ac"}}
_CODECS: Final = {CP932: "cp932", JIS: "shift_jis"}


class Undecided(Exception):
    """A letter nobody decided upon for this destination; *letter* may be followed by its variation selector."""

    def __init__(self, letter: str, destination: str) -> None:
        super().__init__(destination)
        self.letter, self.destination = letter, destination

    @property
    def message(self) -> str:
        """The sentence for whoever wanted the file; it names the letter by its number, nobody's name."""
        return said("%(code)s は、%(destination)sでは書けない文字です。書き方の判定を連携基盤に依頼しました。判定が届いてから、もう一度作ってください。",
                    code=code_of(self.letter), destination=DESTINATIONS[self.destination])


class TableWrong(Exception):
    """The file is not what 連携基盤 signed, or says what no table may say: *code* is signature, shape or letters."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class CharacterTable:
    """縮退の表: by destination, letter → what is written for it; *number* grows with every table that is given out."""

    number: int
    letters: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def written(self, text: str, destination: str) -> str:
        """書く: *text* as the destination can hold it; Undecided names the first letter that it cannot."""
        if _holds_all(text, destination):
            return text
        known = self.letters.get(destination, {})
        return "".join(_unit(letter, selector, destination, known) for letter, selector in _UNITS.findall(text))


EMPTY: Final = CharacterTable(0)


def code_of(letter: str) -> str:
    """U+9089 or U+9089 U+E0100: how a letter is named where it cannot be shown."""
    return " ".join(f"U+{ord(each):04X}" for each in letter)


def holds(letter: str, destination: str) -> bool:
    """Whether the destination has this very letter, selector included."""
    if PRIVATE.search(letter):
        return False
    if destination == PLAIN:
        return True
    if destination == BANK:
        return _bank_holds(letter)
    try:
        letter.encode(_CODECS[destination])
    except UnicodeEncodeError:
        return False
    return True


def is_allowed(letter: str, instead: str, destination: str) -> bool:
    """Whether a table may say so: a letter the destination lacks becomes one to four that it has and that stand for something."""
    return (len(_UNITS.findall(letter)) == 1 and not holds(letter, destination) and 1 <= len(instead) <= 4
            and all(holds(each, destination) for each in instead) and not STAND_INS & set(instead))


def sign(key: Ed25519PrivateKey, table: CharacterTable, made_at: datetime, source: str) -> bytes:
    """署名したファイル of *table*; *source* says where its letters come from."""
    content = {"number": table.number, "made_at": made_at.isoformat(timespec="seconds"), "source": source,
               "letters": {name: dict(letters) for name, letters in table.letters.items()}}
    return json.dumps({**content, "signature": key.sign(_bytes(content)).hex()}, ensure_ascii=False, sort_keys=True).encode()


def read(raw: bytes, key: Ed25519PublicKey) -> CharacterTable:
    """読む: the table in a file that *key* signed; TableWrong otherwise, and nothing of it may be used."""
    content, signature = _opened(raw)
    try:
        key.verify(signature, _bytes(content))
    except InvalidSignature as wrong:
        raise TableWrong("signature") from wrong
    return _judged(content)


def read_again(raw: bytes) -> CharacterTable:
    """もう一度読む: a file that was verified when it was taken over and kept where nobody changes it; TableWrong."""
    return _judged(_opened(raw)[0])


def digest_of(raw: bytes) -> str:
    """SHA-256 of a file, as both sides note it."""
    return hashlib.sha256(raw).hexdigest()


def _opened(raw: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        content: dict[str, Any] = json.loads(raw)
        return content, bytes.fromhex(content.pop("signature"))
    except (ValueError, KeyError, AttributeError, TypeError) as wrong:
        raise TableWrong("shape") from wrong


def _judged(content: Mapping[str, Any]) -> CharacterTable:
    number, letters = content.get("number"), content.get("letters")
    if not isinstance(number, int) or number < 1 or not isinstance(letters, dict) or not set(letters) <= set(DESTINATIONS):
        raise TableWrong("shape")
    for destination, known in letters.items():
        if not all(isinstance(instead, str) and is_allowed(letter, instead, destination) for letter, instead in known.items()):
            raise TableWrong("letters")
    return CharacterTable(number, letters)


def _bytes(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _holds_all(text: str, destination: str) -> bool:
    """The usual case, quickly."""
    if PRIVATE.search(text):
        return False
    if destination == BANK:
        return all(_bank_holds(each) for each in text)
    return destination == PLAIN or holds(text, destination)


def _unit(letter: str, selector: str, destination: str, known: Mapping[str, str]) -> str:
    for each in (letter + selector, letter):
        if each in known:
            return known[each]
        if holds(each, destination):
            return each
        if (sign_of := _SIGNS.get(destination, {}).get(each)) is not None:
            return sign_of
    raise Undecided(letter + selector, destination)


@cache
def _bank_holds(letter: str) -> bool:
    """A 濁点 alone is judged where it stands, by the bank's own rule."""
    try:
        bank_kana(letter)
    except NotWritable:
        return letter in "ﾞﾟ゛゜\u3099\u309a"
    return True


def pieces(text: str) -> Iterator[str]:
    """The letters of *text*, each with its selector."""
    return (letter + selector for letter, selector in _UNITS.findall(text))
