"""全銀カナ: the letters a bank's records may hold: large half-width kana, 濁点 as letters of their own, A–Z, 0–9, ␣ ( ) - .

Source of the set: pca.jp 全銀協使用可能文字, jinjer 口座名義で使用できる文字 (both: no ヲ, no small kana, ー as a hyphen).
"""

from typing import Final
from unicodedata import normalize

from translations.wording import said

KANA: Final = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝ"
VOICED, HALF_VOICED = "ﾞ", "ﾟ"
SIGNS: Final = " ()-."
LETTERS: Final = frozenset(KANA + VOICED + HALF_VOICED + SIGNS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_CAN_BE_VOICED: Final = frozenset("ｳｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾊﾋﾌﾍﾎ")
_CAN_BE_HALF_VOICED: Final = frozenset("ﾊﾋﾌﾍﾎ")
# Small ワ, カ and ケ have no half width, so they stand here by their numbers.
_SMALL: Final = str.maketrans(normalize("NFKC", "ｧｨｩｪｫｯｬｭｮ"), normalize("NFKC", "ｱｲｳｴｵﾂﾔﾕﾖ")) | dict(
    zip((0x30EE, 0x30F5, 0x30F6), map(ord, normalize("NFKC", "ﾜｶｹ")), strict=True))
_HIRAGANA: Final = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_WIDE: Final = {normalize("NFKC", letter): letter for letter in KANA} | {
    "\u3099": VOICED, "\u309a": HALF_VOICED} | dict.fromkeys("ー‐‑–—―−", "-")


class NotWritable(Exception):
    """A value that a bank's record cannot hold; *message* says why, the caller names the item."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def bank_kana(text: str) -> str:
    """全銀カナにする: *text* in a bank's letters; NotWritable names the letter that has none (ヲ, ・, 漢字 …)."""
    wide = normalize("NFKC", text).translate(_HIRAGANA).translate(_SMALL).upper()
    made = "".join(_WIDE.get(letter, letter) for letter in normalize("NFD", wide))
    check(made)
    return made


def check(text: str) -> None:
    """文字を確かめる: every letter is in the set and every 濁点 follows a kana that can have one; NotWritable."""
    before = ""
    for letter in text:
        if letter not in LETTERS:
            raise NotWritable(said("「%(letter)s」は銀行のデータに書けない文字です。カナ・英大文字・数字・()-. に直してください。",
                                   letter=normalize("NFKC", letter)))
        if (letter == VOICED and before not in _CAN_BE_VOICED) or (letter == HALF_VOICED and before not in _CAN_BE_HALF_VOICED):
            raise NotWritable("濁点・半濁点の付く文字が正しくありません。カナを確かめてください。")
        before = letter


def cut(text: str, most: int) -> str:
    """先頭から *most* 字: as many letters as fit, never a kana without its 濁点."""
    if len(text) <= most:
        return text
    return text[:most - 1] if text[most] in (VOICED, HALF_VOICED) else text[:most]
