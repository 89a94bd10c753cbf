"""通知: a letter of the city: window address, number and day, the city's own wording, facts, signature and seal."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from reports.paper import check_glyphs, one_code, pdf_of, seal_image


@dataclass(frozen=True)
class Address:
    """宛先: what shows in the envelope's window (窓あき封筒: 20 mm from the left, 22 mm from the top, 90 × 45 mm)."""

    postal_code: str
    lines: str
    name: str
    honorific: str = "様"


@dataclass(frozen=True)
class LetterText:
    """通知の内容: paragraphs are finished sentences; *facts* are label and text; *code* is what the 2D code says."""

    to: Address
    document_number: str
    dated: date
    subject: str
    paragraphs: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    closing: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    code: str = ""
    approvers: tuple[str, ...] = ()  # 起案文書: whose stamps the boxes are for; no window, no seal
    drafter: str = ""


def letter_pdf(letters: Sequence[LetterText], city: Any, printed: datetime) -> bytes:
    """通知を印刷する: one page after another; GlyphMissing before a single box is printed."""
    for each in letters:
        check_glyphs(each.to.name, each.to.lines, *each.paragraphs, *(text for _, text in each.facts))
    return pdf_of("letter.html", {"letters": [
        {**asdict(each), "image": one_code(each.code) if each.code else ""} for each in letters],
        "city": city, "seal": seal_image(city)}, printed)


def filled(wording: str, values: Mapping[str, str]) -> tuple[str, ...]:
    """文面に入れる: paragraphs of *wording* with every ``{名前}`` replaced; KeyError for a name nobody knows."""
    paragraphs = [paragraph.strip() for paragraph in wording.replace("\r\n", "\n").split("\n\n")]
    return tuple(put_in(paragraph, values) for paragraph in paragraphs if paragraph)


def put_in(text: str, values: Mapping[str, str]) -> str:
    """差し込む: one text with its names replaced; braces that hold no name stay as they are."""
    out: list[str] = []
    rest = text
    while "{" in rest:
        before, _, rest = rest.partition("{")
        name, closed, after = rest.partition("}")
        if not closed:
            return "".join((*out, before, "{", rest))
        out += [before, values[name.strip()]]
        rest = after
    return "".join((*out, rest))


def names_in(text: str) -> list[str]:
    """差込みの名前 that stand in a text, in order."""
    return [part.partition("}")[0].strip() for part in text.split("{")[1:] if "}" in part]
