"""印刷機: one PDF of very many pages: a shared form, values as glyphs of one subset font, a page a format string."""

import json
import re
import zlib
from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from typing import BinaryIO, Final

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from reports.code import modules
from reports.face import FAMILIES, FONTS, Line, face, fit, font_for
from reports.stamp import Form, Place

PER_NODE: Final = 200  # pages a node of the page tree
FAST: Final = 1  # of zlib: a third larger than the smallest, in a fifth of the time
DARK: Final = re.compile("1+")


class Sheaf:
    """刷った束: the pages of a run of people, as a file will hold them; made anywhere, in any order, bound by the press.

    The numbers of a page's objects follow from the place of its person in the whole run alone.
    """

    def __init__(self, form: Form) -> None:
        self.form = form
        self.steps = [(name, places) for name, occurrences in form.places.items() for places in occurrences]
        self.plan = Plan(form)
        self.body = BytesIO()
        self.at = 0
        self.placed: list[tuple[int, int, int]] = []  # ordinal of the page, where it and its content begin
        self.letters: dict[str, set[str]] = {name: set() for name in FONTS}

    def stamp(self, ordinal: int, values: Mapping[str, str]) -> None:
        """一件を刷る: the form's pages with these values, for the person at this place of the run. GlyphMissing."""
        drawn: list[list[str]] = [[f"/P{number} Do"] for number in range(len(self.form.pages))]
        letters: list[tuple[str, str]] = []
        for name, places in self.steps:
            text, first = values[name], places[0]
            if first.font == "code":
                drawn[first.page].append(_code(text, first))
                continue
            font = font_for(first.font, text)
            letters.append((font, text))
            for place, line in zip(places, fit(text, first.width, first.size, font, len(places)), strict=False):
                drawn[place.page].append(_text(place, line, font))
        for font, text in letters:
            self.letters[font].update(face(font).units(text))
        for number, parts in enumerate(drawn):
            self._page(ordinal * len(drawn) + number, number, "\n".join(parts))

    def _page(self, ordinal: int, number: int, content: str) -> None:
        """A page and its content, written at once."""
        _, width, height = self.form.pages[number]
        stream = zlib.compress(content.encode(), FAST)
        page = self.plan.page(ordinal)
        head = (f"{page} 0 obj\n<</Type/Page/Parent {self.plan.node(ordinal)} 0 R/MediaBox[0 0 {width:g} {height:g}]"
                f"/Contents {page + 1} 0 R/Resources {self.plan.resources} 0 R>>\nendobj\n").encode()
        self.placed.append((ordinal, self.at, self.at + len(head)))
        whole = b"%s%d 0 obj\n<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream\nendobj\n" % (
            head, page + 1, len(stream), stream)
        self.body.write(whole)
        self.at += len(whole)

    def dump(self) -> bytes:
        """束を書き出す, to be bound later."""
        about = {"placed": self.placed, "letters": {name: sorted(found) for name, found in self.letters.items()}}
        return json.dumps(about).encode() + b"\n" + self.body.getvalue()

    @staticmethod
    def load(form: Form, raw: bytes) -> "Sheaf":
        """書き出した束 of the same form."""
        head, _, body = raw.partition(b"\n")
        about, sheaf = json.loads(head), Sheaf(form)
        sheaf.placed = [(ordinal, page, content) for ordinal, page, content in about["placed"]]
        sheaf.letters = {name: set(found) for name, found in about["letters"].items()}
        sheaf.body.write(body)
        sheaf.at = len(body)
        return sheaf


class Plan:
    """番号の割当て: the form's objects, what all pages share, then blocks of one node of the page tree and its pages."""

    def __init__(self, form: Form) -> None:
        first = len(form.objects)
        self.root, self.catalog, self.resources = first, first + 1, first + 2
        self.fonts = {name: first + 3 + 5 * at for at, name in enumerate(FONTS)}
        self.first = first + 3 + 5 * len(FONTS)

    def node(self, ordinal: int) -> int:
        """The node of the page tree that holds this page."""
        return self.first + ordinal // PER_NODE * (1 + 2 * PER_NODE)

    def page(self, ordinal: int) -> int:
        """The page; its content has the number behind it."""
        return self.node(ordinal) + 1 + 2 * (ordinal % PER_NODE)


class Press:
    """印刷機: binds sheaves into one PDF; memory holds the places of objects and the letters that were used."""

    def __init__(self, file: BinaryIO, form: Form) -> None:
        self.file, self.form, self.plan = file, form, Plan(form)
        self.offsets: dict[int, int] = {}
        self.letters: dict[str, set[str]] = {name: set() for name in FONTS}
        self.pages: list[int] = []
        self.stamped = 0
        self.at = 0
        self._write(b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n")
        for number, raw in enumerate(form.objects):
            if raw:
                self.offsets[number] = self.at
                self._write(raw + b"\n")
        fonts = "".join(f"/{name} {font} 0 R" for name, font in self.plan.fonts.items())
        shared = "".join(f"/P{number} {page[0]} 0 R" for number, page in enumerate(form.pages))
        self._object(self.plan.resources, f"<</Font<<{fonts}>>/XObject<<{shared}>>>>")

    def stamp(self, values: Mapping[str, str]) -> int:
        """一件を刷って綴じる; return how many pages there are now."""
        sheaf = Sheaf(self.form)
        sheaf.stamp(self.stamped, values)
        self.stamped += 1
        self.bind(sheaf)
        return len(self.pages)

    def bind(self, sheaf: Sheaf) -> None:
        """束を綴じる: its pages follow those that were bound before."""
        for ordinal, page, content in sheaf.placed:
            number = self.plan.page(ordinal)
            self.offsets[number], self.offsets[number + 1] = self.at + page, self.at + content
            self.pages.append(ordinal)
        for name, found in sheaf.letters.items():
            self.letters[name] |= found
        self._write(sheaf.body.getvalue())

    def close(self) -> None:
        """仕上げる: fonts with the glyphs that were used, the page tree, the table of places."""
        for name, number in self.plan.fonts.items():
            self._font(name, number)
        nodes: dict[int, list[int]] = {}
        for ordinal in self.pages:
            nodes.setdefault(self.plan.node(ordinal), []).append(self.plan.page(ordinal))
        for node, kids in nodes.items():
            self._object(node, f"<</Type/Pages/Parent {self.plan.root} 0 R/Count {len(kids)}/Kids[{' '.join(f'{kid} 0 R' for kid in kids)}]>>")
        self._object(self.plan.root, f"<</Type/Pages/Count {len(self.pages)}/Kids[{' '.join(f'{node} 0 R' for node in nodes)}]>>")
        self._object(self.plan.catalog, f"<</Type/Catalog/Pages {self.plan.root} 0 R/Lang(ja)>>")
        start, size = self.at, max(self.offsets) + 1
        rows = [b"0000000000 65535 f \n"] + [
            b"%010d 00000 n \n" % self.offsets[number] if number in self.offsets else b"0000000000 00000 f \n"
            for number in range(1, size)]
        self._write(f"xref\n0 {size}\n".encode() + b"".join(rows))
        self._write(f"trailer\n<</Size {size}/Root {self.plan.catalog} 0 R>>\nstartxref\n{start}\n%%EOF\n".encode())

    def _font(self, name: str, number: int) -> None:
        """A subset that keeps its glyph numbers, so that pages can be written before it is known what they use."""
        used = {face(name).glyph(letters)[0]: letters for letters in self.letters[name]} or {0: " "}
        font, shape = TTFont(face(name).path), Options(retain_gids=True, notdef_outline=True, layout_features=[], drop_tables=[
            "GSUB", "GPOS", "GDEF", "cmap", "vmtx", "vhea", "VORG", "DSIG", "name", "OS/2", "meta"])
        shape.passthrough_tables = False
        subset = Subsetter(shape)
        subset.populate(gids=list(used))
        subset.subset(font)
        raw = BytesIO()
        font.save(raw)
        data = zlib.compress(raw.getvalue(), 6)
        file, descriptor, descendant, unicode = (number + at for at in range(1, 5))
        base, unit, widths = f"NANBYO+{FAMILIES[name].replace(' ', '')}", face(name).unit, face(name).widths
        names = face(name).font.getGlyphOrder()
        advances = " ".join(f"{gid}[{widths[names[gid]][0] * 1000 / unit:g}]" for gid in sorted(used))
        self.offsets[file] = self.at
        self._write(b"%d 0 obj\n<</Length %d/Length1 %d/Filter/FlateDecode>>stream\n" % (file, len(data), len(raw.getvalue()))
                    + data + b"\nendstream\nendobj\n")
        self._object(descriptor, f"<</Type/FontDescriptor/FontName/{base}/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0"
                                 f"/Ascent 880/Descent -120/CapHeight 700/StemV 80/FontFile2 {file} 0 R>>")
        self._object(descendant, f"<</Type/Font/Subtype/CIDFontType2/BaseFont/{base}/CIDSystemInfo<</Registry(Adobe)/Ordering"
                                 f"(Identity)/Supplement 0>>/FontDescriptor {descriptor} 0 R/DW 1000/W[{advances}]/CIDToGIDMap/Identity>>")
        self._stream(unicode, _to_unicode(used))
        self._object(number, f"<</Type/Font/Subtype/Type0/BaseFont/{base}/Encoding/Identity-H/DescendantFonts[{descendant} 0 R]"
                             f"/ToUnicode {unicode} 0 R>>")

    def _object(self, number: int, body: str) -> None:
        self.offsets[number] = self.at
        self._write(f"{number} 0 obj\n{body}\nendobj\n".encode())

    def _stream(self, number: int, body: str) -> None:
        data = zlib.compress(body.encode())
        self.offsets[number] = self.at
        self._write(b"%d 0 obj\n<</Length %d/Filter/FlateDecode>>stream\n" % (number, len(data)) + data + b"\nendstream\nendobj\n")

    def _write(self, raw: bytes) -> None:
        self.file.write(raw)
        self.at += len(raw)


def _text(place: Place, line: Line, font: str) -> str:
    run, x = face(font).run(line.text), place.x
    if place.align != "left":
        x += (0.5 if place.align == "center" else 1.0) * (place.width - run.width * line.size)
    return f"BT /{font} {line.size:g} Tf {x:.2f} {place.y:.2f} Td <{run.codes}> Tj ET"


def _code(text: str, place: Place) -> str:
    """二次元コード as filled rectangles, a module a unit of its own space."""
    rows = modules(text)
    unit = place.width / (len(rows) + 4)
    left, bottom = place.x + 2 * unit, place.y + place.width - (len(rows) + 2) * unit
    drawn = "".join([_row(bits, len(rows), len(rows) - 1 - at) for at, bits in enumerate(rows)])
    return f"q {unit:.4f} 0 0 {unit:.4f} {left:.3f} {bottom:.3f} cm {drawn}f Q"


@lru_cache(maxsize=50_000)
def _row(bits: int, size: int, up: int) -> str:
    """The dark modules of one row as rectangles, neighbours together."""
    return "".join(f"{found.start()} {up} {found.end() - found.start()} 1 re " for found in DARK.finditer(f"{bits:0{size}b}"))


def _to_unicode(used: Mapping[int, str]) -> str:
    rows = [f"<{gid:04x}> <{letters.encode('utf-16-be').hex()}>" for gid, letters in sorted(used.items())]
    blocks = [rows[at:at + 100] for at in range(0, len(rows), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return ("/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /N def /CMapType 2 def\n"
            f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{body}\nendcmap end end")
