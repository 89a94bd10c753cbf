"""書体と収め方: glyph numbers and advances of the two fonts, and how a long text is made to fit its field."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from fontTools.ttLib import TTFont

from reports.paper import FONT_FOLDERS, FontMissing, GlyphMissing

FONTS: Final = {"name": ("ipamjm.ttf", "fonts-ipamj-mincho"), "text": ("BIZUDGothic-Regular.ttf", "fonts-morisawa-bizud-gothic")}
FAMILIES: Final = {"name": "IPAmjMincho", "text": "BIZ UDGothic"}
SELECTOR: Final = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
MOST_RUNS: Final = 20_000  # kept; then forgotten, because every person has some of her own
SMALLEST: Final = 0.6  # of the field's size; what does not fit then is wrapped, or printed smaller still


@dataclass(frozen=True, slots=True)
class Line:
    """一行: what is really printed in one line of a field."""

    text: str
    size: float


@dataclass(frozen=True, slots=True)
class Run:
    """文字列の字形: glyph numbers as the page writes them, and the advance of all in em."""

    codes: str
    width: float


class Face:
    """書体: glyph number and advance of every character, by variation sequence where there is one."""

    def __init__(self, name: str) -> None:
        self.path = _font_path(name)
        self.font = TTFont(self.path, lazy=True)
        self.unit = self.font["head"].unitsPerEm
        self.order = self.font.getReverseGlyphMap()
        self.cmap = self.font.getBestCmap()
        self.widths = self.font["hmtx"].metrics
        self.variants = {(code, selector): glyph for table in self.font["cmap"].tables if table.format == 14
                         for selector, pairs in table.uvsDict.items() for code, glyph in pairs}
        self.known: dict[str, tuple[int, float]] = {}
        self.codes, self.advances = _Letters(self._code), _Letters(self._advance)
        self.runs: dict[str, Run] = {}

    def units(self, text: str) -> list[str]:
        """The letters of a text, each with its variation selector."""
        if SELECTOR.search(text) is None:
            return list(text)
        return [text[at:at + (2 if at + 1 < len(text) and (ord(text[at]), ord(text[at + 1])) in self.variants else 1)]
                for at in range(len(text)) if at == 0 or (ord(text[at - 1]), ord(text[at])) not in self.variants]

    def glyph(self, letters: str) -> tuple[int, float]:
        """Glyph number and advance in em of one letter; GlyphMissing where the font has none."""
        found = self.known.get(letters)
        if found is None:
            name = self.variants.get((ord(letters[0]), ord(letters[1]))) if len(letters) == 2 else self.cmap.get(ord(letters))
            if name is None:
                raise GlyphMissing(f"文字 U+{ord(letters[0]):04X} を印刷できる字形がありません。外字の担当に確認してください。")
            found = self.known[letters] = self.order[name], self.widths[name][0] / self.unit
        return found

    def run(self, text: str) -> Run:
        """字形と幅 of a text; texts that many papers share are kept."""
        found = self.runs.get(text)
        if found is None:
            units = self.units(text) if SELECTOR.search(text) else text
            found = Run("".join(map(self.codes.__getitem__, units)), sum(map(self.advances.__getitem__, units)))
            if len(self.runs) >= MOST_RUNS:
                self.runs.clear()
            self.runs[text] = found
        return found

    def width(self, text: str) -> float:
        """Advance of a text in em."""
        return self.run(text).width

    def _code(self, letters: str) -> str:
        return f"{self.glyph(letters)[0]:04x}"

    def _advance(self, letters: str) -> float:
        return self.glyph(letters)[1]


class _Letters(dict[str, Any]):
    """What is known of each letter, asked for once."""

    def __init__(self, ask: Callable[[str], Any]) -> None:
        super().__init__()
        self.ask = ask

    def __missing__(self, letters: str) -> Any:
        self[letters] = made = self.ask(letters)
        return made


@cache
def face(name: str) -> Face:
    """The names font or the text font."""
    return Face(name)


def font_for(font: str, text: str) -> str:
    """書体を選ぶ: the field's own, or the names font for a text it has no glyph for; GlyphMissing where neither has it."""
    try:
        face(font).run(text)
    except GlyphMissing:
        font = "name"
        face(font).run(text)
    return font


def _font_path(name: str) -> Path:
    file, package = FONTS[name]
    for folder in FONT_FOLDERS:
        for path in folder.rglob(file):
            return path
    raise FontMissing(f"印刷用の書体がありません。apt-get install {package} を実行してください。")


def fit(text: str, width: float, size: float, font: str, lines: int = 1) -> list[Line]:
    """収める: full size if it fits, else smaller down to SMALLEST, else over *lines* lines; *width* and *size* in points."""
    letters = face(font)
    wide = letters.width(text) * size
    if wide <= width:
        return [Line(text, size)]
    if wide * SMALLEST <= width or lines == 1:
        return [Line(text, round(size * width / wide, 2) - 0.01)]
    parts: list[str] = []
    share, row, used = letters.width(text) / lines, "", 0.0
    for letter in letters.units(text):
        advance = letters.glyph(letter)[1]
        if used + advance > share + 0.5 and len(parts) < lines - 1:
            parts, row, used = [*parts, row], "", 0.0
        row, used = row + letter, used + advance
    parts.append(row)
    longest = max(letters.width(part) for part in parts)
    smaller = min(size, round(size * width / (longest * size), 2) - 0.01)
    return [Line(part, smaller) for part in parts]
