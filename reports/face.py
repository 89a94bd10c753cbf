"""書体と収め方: glyph numbers and advances of the two fonts, and how a long text is made to fit its field."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from fontTools.ttLib import TTFont

from reports.paper import FONT_FOLDERS, FontMissing

FONTS: Final = {"name": ("ipamjm.ttf", "fonts-ipamj-mincho"), "text": ("BIZUDGothic-Regular.ttf", "fonts-morisawa-bizud-gothic")}
FAMILIES: Final = {"name": "IPAmjMincho", "text": "BIZ UDGothic"}
SMALLEST: Final = 0.6  # of the field's size; what does not fit then is wrapped, or printed smaller still


@dataclass(frozen=True)
class Line:
    """一行: what is really printed in one line of a field."""

    text: str
    size: float


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

    def glyphs(self, text: str) -> list[tuple[int, float, str]]:
        """Glyph number, advance in em and the letters it stands for, one a glyph."""
        found, at = [], 0
        while at < len(text):
            size = 2 if at + 1 < len(text) and (ord(text[at]), ord(text[at + 1])) in self._variants_of(text[at]) else 1
            letters = text[at:at + size]
            if letters not in self.known:
                self.known[letters] = self._glyph(letters)
            found.append((*self.known[letters], letters))
            at += size
        return found

    def width(self, text: str) -> float:
        """Advance of a text in em."""
        return sum(advance for _, advance, _ in self.glyphs(text))

    def _variants_of(self, letter: str) -> Mapping[tuple[int, int], Any]:
        return self.variants

    def _glyph(self, letters: str) -> tuple[int, float]:
        name = self.variants.get((ord(letters[0]), ord(letters[1]))) if len(letters) == 2 else None
        name = name or self.cmap.get(ord(letters[0])) or ".notdef"
        return self.order[name], self.widths[name][0] / self.unit


@cache
def face(name: str) -> Face:
    """The names font or the text font."""
    return Face(name)


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
    for _, advance, letter in letters.glyphs(text):
        if used + advance > share + 0.5 and len(parts) < lines - 1:
            parts, row, used = [*parts, row], "", 0.0
        row, used = row + letter, used + advance
    parts.append(row)
    longest = max(letters.width(part) for part in parts)
    smaller = min(size, round(size * width / (longest * size), 2) - 0.01)
    return [Line(part, smaller) for part in parts]
