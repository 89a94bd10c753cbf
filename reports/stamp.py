"""大量印刷: a form laid out once by WeasyPrint, values stamped as glyphs of one subset font, a page a format string.

The design stays HTML and CSS: ``f("name", 60)`` is a field 60 mm wide; where its text begins is read from WeasyPrint's
own layout. The same template with the values in it, printed by WeasyPrint, is the same paper (tests, ``bench print``).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import pydyf  # type: ignore[import-untyped]  # WeasyPrint's own writer, untyped
import segno
from markupsafe import Markup

from reports.face import FAMILIES, Line, fit, font_for
from reports.paper import HERE, templates

PX: Final = 0.75  # CSS pixels to points
PROBE: Final = "国"


@dataclass(frozen=True)
class Place:
    """欄: page, left edge and baseline in points, width in points, size, font, lines, alignment."""

    page: int
    x: float
    y: float
    width: float
    size: float
    font: str
    align: str


def fields(values: Mapping[str, str] | None) -> Any:
    """欄の関数 of a template: with values the text as it fits, without them an invisible probe."""
    def place(name: str, width_mm: float, *, size: float = 10.5, font: str = "text", align: str = "left",
              lines: int = 1) -> Markup:
        width = width_mm * 72 / 25.4
        used = font if values is None else font_for(font, values[name])
        shown = [Line(PROBE, size)] * lines if values is None else fit(values[name], width, size, used, lines)
        shown += [Line("\u00a0", size)] * (lines - len(shown))  # a field is as high as its lines, used or not
        hidden = "visibility:hidden;" if values is None else ""
        return Markup("").join(Markup(
            '<span class="f" data-f="{}" data-size="{}" data-font="{}" data-align="{}" style="{}display:inline-block;width:{}mm;'
            'text-align:{};white-space:pre;font-family:{};font-kerning:none;font-size:{}pt;line-height:1.25;height:{}pt">'
            '<span style="font-size:{}pt">{}</span></span>').format(
                f"{name}.{at}", size, font, align, hidden, width_mm, align, FAMILIES[used], size, size * 1.25, line.size, line.text)
            for at, line in enumerate(shown))
    return place


@dataclass
class Form:
    """様式: the blank pages as PDF objects, and where every field begins."""

    objects: list[bytes]
    pages: list[tuple[int, float, float]]  # number of the form's XObject, width, height
    places: dict[str, list[list[Place]]]  # a name may stand in several fields, a field may have several lines


def form_of(template: str, values: Mapping[str, Any]) -> Form:
    """様式を組む: WeasyPrint lays the template out once, with invisible probes in its fields."""
    from weasyprint import HTML

    html = templates().get_template(template).render({**values, "f": fields(None), "code": lambda name, mm: _box(name, mm)})
    document = HTML(string=html, base_url=str(HERE)).render()
    places: dict[str, list[list[Place]]] = {}
    for number, page in enumerate(document.pages):
        for box in _boxes(page):
            name, _, line = str(box.element.get("data-f")).rpartition(".")
            occurrences = places.setdefault(name, [])
            if line == "0":
                occurrences.append([])
            occurrences[-1].append(_place(box, number, page.height))
    form = Form([], [], places)
    document.write_pdf(BytesIO(), finisher=lambda _, pdf: _take(pdf, form, document))
    return form


def _boxes(page: Any) -> Iterable[Any]:
    """Every field of a laid-out page, in the order of the paper; fields in placed blocks included."""
    for box in page._page_box.descendants(placeholders=True):
        whole = getattr(box, "_box", box)
        inside = [whole] if whole is box else [whole, *whole.descendants()]
        for each in inside:
            element = getattr(each, "element", None)
            if type(each).__name__ == "InlineBlockBox" and element is not None and element.get("data-f"):
                yield each


def _box(name: str, millimetres: float) -> Markup:
    return Markup('<span data-f="{}.0" data-size="0" data-font="code" data-align="left" style="display:inline-block;'
                  'width:{}mm;height:{}mm;vertical-align:top"></span>').format(name, millimetres, millimetres)


def _place(box: Any, page: int, height: float) -> Place:
    """The pen of a field: its left edge, and its text's baseline (of a code box the bottom)."""
    text = next((each for each in box.descendants() if type(each).__name__ == "TextBox"), None)
    baseline = text.position_y + text.baseline if text is not None else box.position_y + box.height
    return Place(page, box.position_x * PX, (height - baseline) * PX, box.width * PX, float(box.element.get("data-size")),
                 box.element.get("data-font"), box.element.get("data-align"))


def _take(pdf: pydyf.PDF, form: Form, document: Any) -> None:
    """The form's objects as bytes; each page's content becomes an XObject that all stamped pages share."""
    for number, page in zip(pdf.page_references, document.pages, strict=True):
        reference = pdf.objects[_referred(number)]
        content = pdf.objects[_referred(reference["Contents"])]
        stream = pydyf.Stream(content.stream, {
            "Type": "/XObject", "Subtype": "/Form", "BBox": pydyf.Array([0, 0, page.width * PX, page.height * PX]),
            "Resources": reference["Resources"]}, compress=True)
        pdf.add_object(stream)
        form.pages.append((stream.number, page.width * PX, page.height * PX))
    skipped = {_referred(each) for each in pdf.page_references} | {pdf.pages.number, pdf.catalog.number}
    form.objects = [b"" if each.number in skipped or each.number == 0 else each.indirect for each in pdf.objects]


def _referred(reference: Any) -> int:
    """The object number of ``5 0 R``, however pydyf keeps it."""
    first = reference[0] if isinstance(reference, list) else reference
    return int(first.split()[0] if isinstance(first, bytes | str) else first)


def plain_pdf(template: str, shared: Mapping[str, Any], records: Sequence[Mapping[str, str]] | Iterable[Mapping[str, str]]) -> list[bytes]:
    """同じ様式を一件ずつ WeasyPrint で: what stamping is measured against and must look like."""
    from weasyprint import HTML

    return [HTML(string=templates().get_template(template).render({
        **shared, "f": fields(values), "code": lambda name, mm, values=values: _image(values[name], mm)}),
        base_url=str(HERE)).write_pdf() for values in records]


def _image(text: str, millimetres: float) -> Markup:
    uri = segno.make(text, error="m", micro=False, mask=0, boost_error=False).svg_data_uri(scale=1, border=2)
    return Markup('<span style="display:inline-block;width:{}mm;height:{}mm;vertical-align:top">'
                  '<img src="{}" style="width:100%;height:100%;display:block"></span>').format(millimetres, millimetres, uri)
