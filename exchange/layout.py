"""固定長の記録: a record of bytes as a list of fields; each value fits its field exactly or is refused by the item's name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from exchange.bank_kana import NotWritable, check
from translations.wording import said

BLANK: Final = " "


class ItemWrong(Exception):
    """A field that does not hold what it should; *item* is its name on the bank's paper, *message* what is wrong."""

    def __init__(self, item: str, message: str) -> None:
        super().__init__(f"{item}: {message}")
        self.item, self.message = item, message


@dataclass(frozen=True)
class Field:
    """欄: its name, its width in bytes, what the bank calls it, and its kind.

    ``code``: exactly *width* digits. ``number``: digits, zeros before. ``text``: a bank's letters, blanks behind.
    ``fixed``: always *value*; a field of blanks where there is none.
    """

    name: str
    width: int
    label: str
    kind: str = "text"
    value: str = ""


@dataclass(frozen=True)
class Layout:
    """記録の形: the fields in their order; JIS X 0201 eight-bit, one byte a letter."""

    label: str
    fields: tuple[Field, ...]

    @property
    def width(self) -> int:
        """Bytes of one record."""
        return sum(field.width for field in self.fields)

    def write(self, values: Mapping[str, str | int]) -> bytes:
        """書く: the record's bytes; ItemWrong names the first item that cannot be written."""
        return "".join(_written(field, values.get(field.name, "")) for field in self.fields).encode("shift_jis")

    def read(self, record: bytes) -> dict[str, str]:
        """読む: the text of each field, blanks behind a text gone; ItemWrong names the first item that cannot be read."""
        if len(record) != self.width:
            raise ItemWrong(self.label, said("長さが%(width)sバイトではありません。", width=self.width))
        found, at = {}, 0
        for field in self.fields:
            found[field.name] = _read(field, record[at:at + field.width])
            at += field.width
        return found


def _written(field: Field, value: str | int) -> str:
    text = str(value)
    if field.kind == "fixed":
        text = field.value
    elif field.kind == "number":
        text = _number(field, value)
    _judge(field, text)
    return text.ljust(field.width, BLANK)


def _number(field: Field, value: str | int) -> str:
    if not isinstance(value, int) or value < 0:
        raise ItemWrong(field.label, "0以上の整数ではありません。")
    return str(value).zfill(field.width)


def _read(field: Field, raw: bytes) -> str:
    try:
        text = raw.decode("ascii") if field.kind in ("code", "number") else raw.decode("shift_jis")
    except UnicodeDecodeError as wrong:
        raise ItemWrong(field.label, "読めない文字があります。") from wrong
    if len(text) != field.width:
        raise ItemWrong(field.label, "全角の文字があります。")
    if field.kind in ("fixed", "text"):
        text = text.rstrip(BLANK)
    _judge(field, text)
    return text


def _judge(field: Field, text: str) -> None:
    if len(text) > field.width:
        raise ItemWrong(field.label, said("%(width)s桁に入りません。", width=field.width))
    if field.kind == "fixed":
        if text.rstrip(BLANK) != field.value.rstrip(BLANK):
            raise ItemWrong(field.label, said("「%(value)s」ではありません。", value=field.value) if field.value else "空白ではありません。")
    elif field.kind in ("code", "number"):
        if len(text) != field.width or not (text.isascii() and text.isdigit()):
            raise ItemWrong(field.label, said("%(width)s桁の数字ではありません。", width=field.width))
    else:
        _judge_text(field, text)


def _judge_text(field: Field, text: str) -> None:
    try:
        check(text)
    except NotWritable as wrong:
        raise ItemWrong(field.label, wrong.message) from wrong
    if text != text.strip(BLANK):
        raise ItemWrong(field.label, "前か後ろに空白があります。")
