"""字形: the picture of a letter, selector included, drawn from IPAmj明朝 where the machine has it."""

from functools import cache
from pathlib import Path
from typing import Final

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.ttLib import TTFont

FOLDERS: Final = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
FONT: Final = "ipamjm.ttf"


@cache
def drawn(letter: str) -> bytes | None:
    """An SVG of the letter; None where the font is not there or has no such glyph."""
    font = _font()
    name = _glyph(font, letter) if font else None
    if font is None or name is None:
        return None
    glyphs = font.getGlyphSet()
    pen = SVGPathPen(glyphs)
    glyphs[name].draw(pen)
    unit, top = font["head"].unitsPerEm, font["hhea"].ascent
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {unit} {unit}" width="96" height="96">'
            f'<path transform="translate(0 {top}) scale(1 -1)" d="{pen.getCommands()}"/></svg>').encode()


@cache
def _font() -> TTFont | None:
    found = next((path for folder in FOLDERS for path in folder.rglob(FONT)), None)
    return TTFont(found, lazy=True) if found else None


def _glyph(font: TTFont, letter: str) -> str | None:
    plain: str | None = font.getBestCmap().get(ord(letter[0]))
    if len(letter) == 1:
        return plain
    for table in font["cmap"].tables:
        if table.format == 14:
            for code, name in table.uvsDict.get(ord(letter[1]), ()):
                if code == ord(letter[0]):
                    return name or plain  # the table names no glyph where it is the plain one
    return None
