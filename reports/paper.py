"""印刷: HTML → PDF with embedded fonts; a missing font or a glyph that is not there is an error, never a box on paper."""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from html import escape
from io import BytesIO
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pypdfium2
import segno
from fontTools.ttLib import TTFont
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from rules.era_date import era_text

HERE = Path(__file__).parent
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
NAMES_FONT = ("ipamjm.ttf", "fonts-ipamj-mincho")
_SELECTORS = frozenset({*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)})


class FontMissing(RuntimeError):
    """A font of the papers is not installed; the message names the package that brings it."""


class GlyphMissing(RuntimeError):
    """The names font has no glyph for a character of this paper; the message gives its code point, not the name."""


@cache
def templates() -> Environment:
    """The papers' own templates; an unknown value is an error, not a blank."""
    environment = Environment(loader=FileSystemLoader(HERE / "templates"), undefined=StrictUndefined,
                              autoescape=select_autoescape(default=True), trim_blocks=True, lstrip_blocks=True)
    environment.filters["era"] = era_text
    environment.filters["yen"] = lambda amount: f"{amount:,}円"
    return environment


def pdf_of(template: str, values: Mapping[str, Any], printed: datetime) -> bytes:
    """Return the PDF of *template*; the same values on the same *printed* moment give the same bytes."""
    from weasyprint import HTML  # loads pango and its friends: only when something is printed
    from weasyprint.urls import URLFetcher

    _font_file()
    document = HTML(string=templates().get_template(template).render(values), base_url=str(HERE),
                    url_fetcher=URLFetcher(allowed_protocols=("file", "data"), fail_on_errors=True)).render()
    document.metadata.created = document.metadata.modified = printed.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    buffer = BytesIO()
    document.write_pdf(buffer, pdf_identifier=b"nanbyo")
    return buffer.getvalue()


def pdf_of_text(text: str) -> bytes:
    """One line in the names font as PDF: what ``./nanbyo doctor`` and tests look at."""
    from weasyprint import HTML

    document: bytes = HTML(string=f'<link rel="stylesheet" href="styles/paper.css"><p class="name">{escape(text)}</p>',
                           base_url=str(HERE)).write_pdf()
    return document


def embedded_fonts(pdf: bytes) -> set[str]:
    """書体の名前: the fonts whose outlines travel with *pdf*, without their subset tags."""
    fonts = set()
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        for each in page.get_objects(max_depth=4):
            if isinstance(each, pypdfium2.PdfTextObj):
                fonts.add(each.get_font().get_base_name().split("+")[-1])
    document.close()
    return fonts


def check_glyphs(*texts: str) -> None:
    """外字: GlyphMissing where the names font cannot print one of these texts as stored, selectors included."""
    plain, variants = _glyphs()
    for text in texts:
        for character, following in zip_longest(text, text[1:], fillvalue=""):
            code = ord(character)
            if code in _SELECTORS or character.isspace():
                continue
            if code not in plain or (following and ord(following) in _SELECTORS and (code, ord(following)) not in variants):
                raise GlyphMissing(f"文字 U+{code:04X} を印刷できる字形がありません。外字の担当に確認してください。")


def two_numbers(payer_number: str, recipient_number: str) -> str:
    """二次元コード: the two public numbers and nothing else, as inline SVG."""
    return one_code(f"{payer_number} {recipient_number}")


def one_code(text: str) -> str:
    """二次元コード of *text* as inline SVG."""
    return str(segno.make(text, error="m", micro=False).svg_data_uri(scale=3, border=2))


def seal_image(city: Any) -> str:
    """公印の画像 of the city's settings as a data address; blank where the city stamps by hand."""
    if not city.seal:
        return ""
    kind = "svg+xml" if city.seal.endswith(".svg") else "png"
    return f"data:image/{kind};base64,{b64encode(Path(city.seal).read_bytes()).decode()}"


@cache
def _font_file() -> Path:
    for folder in FONT_FOLDERS:
        for path in folder.rglob(NAMES_FONT[0]):
            return path
    raise FontMissing(f"印刷用の書体がありません。apt-get install {NAMES_FONT[1]} を実行してください。")


@cache
def _glyphs() -> tuple[frozenset[int], frozenset[tuple[int, int]]]:
    with TTFont(_font_file(), lazy=True) as font:
        plain = frozenset(font.getBestCmap())
        variants = frozenset((code, selector) for table in font["cmap"].tables if table.format == 14
                             for selector, pairs in table.uvsDict.items() for code, _glyph in pairs)
    return plain, variants


def in_one(papers: Iterable[bytes]) -> bytes:
    """一つのPDF: the pages of *papers* in their order."""
    whole = pypdfium2.PdfDocument.new()
    for paper in papers:
        part = pypdfium2.PdfDocument(paper)
        whole.import_pages(part)
        part.close()
    buffer = BytesIO()
    whole.save(buffer)
    whole.close()
    return buffer.getvalue()
