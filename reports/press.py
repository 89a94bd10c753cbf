"""印刷機: one PDF written page by page: a shared form, values as glyphs of one subset font, a page a format string."""

import zlib
from collections.abc import Mapping
from io import BytesIO
from typing import BinaryIO, Final

import segno
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from reports.face import FAMILIES, FONTS, Line, face, fit
from reports.stamp import Form, Place

PER_NODE: Final = 200  # pages a node of the page tree


class Press:
    """印刷機: writes one PDF page by page; memory holds the places of objects and the glyphs that were used."""

    def __init__(self, file: BinaryIO, form: Form) -> None:
        self.file, self.form = file, form
        self.offsets: dict[int, int] = {}
        self.used: dict[str, dict[int, str]] = {"name": {}, "text": {}}
        self.count = len(form.objects)
        self.pages: list[int] = []
        self.fonts = {name: self._number() for name in FONTS}
        self.nodes: list[int] = []
        self.root, self.catalog = self._number(), self._number()
        self.at = 0
        self._write(b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n")
        for number, raw in enumerate(form.objects):
            if raw:
                self.offsets[number] = self.at
                self._write(raw + b"\n")

    def stamp(self, values: Mapping[str, str]) -> int:
        """一件を刷る: the form's pages with these values; return how many pages there are now."""
        drawn: list[list[str]] = [[f"/P{number} Do"] for number in range(len(self.form.pages))]
        for name, places in ((name, places) for name, occurrences in self.form.places.items() for places in occurrences):
            first = places[0]
            if first.font == "code":
                drawn[first.page].append(_code(values[name], first))
                continue
            for place, line in zip(places, fit(values[name], first.width, first.size, first.font, len(places)), strict=False):
                drawn[place.page].append(self._text(place, line))
        for number, parts in enumerate(drawn):
            self._page(number, "\n".join(parts))
        return len(self.pages)

    def close(self) -> None:
        """仕上げる: fonts with the glyphs that were used, the page tree, the table of places."""
        for name, number in self.fonts.items():
            self._font(name, number)
        for at, node in enumerate(self.nodes):
            kids = self.pages[at * PER_NODE:(at + 1) * PER_NODE]
            self._object(node, f"<</Type/Pages/Parent {self.root} 0 R/Count {len(kids)}/Kids[{' '.join(f'{kid} 0 R' for kid in kids)}]>>")
        self._object(self.root, f"<</Type/Pages/Count {len(self.pages)}/Kids[{' '.join(f'{node} 0 R' for node in self.nodes)}]>>")
        self._object(self.catalog, f"<</Type/Catalog/Pages {self.root} 0 R/Lang(ja)>>")
        start, size = self.at, self.count
        rows = [b"0000000000 65535 f \n"] + [
            b"%010d 00000 n \n" % self.offsets[number] if number in self.offsets else b"0000000000 00000 f \n"
            for number in range(1, size)]
        self._write(f"xref\n0 {size}\n".encode() + b"".join(rows))
        self._write(f"trailer\n<</Size {size}/Root {self.catalog} 0 R>>\nstartxref\n{start}\n%%EOF\n".encode())

    def _text(self, place: Place, line: Line) -> str:
        glyphs = face(place.font).glyphs(line.text)
        used, codes, wide = self.used[place.font], [], 0.0
        for number, advance, letters in glyphs:
            used[number] = letters
            codes.append(f"{number:04x}")
            wide += advance
        shift = {"left": 0.0, "center": 0.5, "right": 1.0}[place.align] * (place.width - wide * line.size)
        return f"BT /{place.font} {line.size:g} Tf {place.x + shift:.2f} {place.y:.2f} Td <{''.join(codes)}> Tj ET"

    def _page(self, number: int, content: str) -> None:
        if len(self.pages) % PER_NODE == 0:
            self.nodes.append(self._number())
        xobject, width, height = self.form.pages[number]
        stream = zlib.compress(content.encode(), 6)
        page, body = self._number(), self._number()
        fonts = "".join(f"/{name} {font} 0 R" for name, font in self.fonts.items())
        self._object(page, f"<</Type/Page/Parent {self.nodes[-1]} 0 R/MediaBox[0 0 {width:g} {height:g}]/Contents {body} 0 R"
                           f"/Resources<</Font<<{fonts}>>/XObject<</P{number} {xobject} 0 R>>>>>>")
        self.offsets[body] = self.at
        self._write(b"%d 0 obj\n<</Length %d/Filter/FlateDecode>>stream\n" % (body, len(stream)) + stream + b"\nendstream\nendobj\n")
        self.pages.append(page)

    def _font(self, name: str, number: int) -> None:
        """A subset that keeps its glyph numbers, so that pages can be written before it is known what they use."""
        used = self.used[name] or {0: " "}
        font, shape = TTFont(face(name).path), Options(retain_gids=True, notdef_outline=True, layout_features=[], drop_tables=[
            "GSUB", "GPOS", "GDEF", "cmap", "vmtx", "vhea", "VORG", "DSIG", "name", "OS/2", "meta"])
        shape.passthrough_tables = False
        subset = Subsetter(shape)
        subset.populate(gids=list(used))
        subset.subset(font)
        raw = BytesIO()
        font.save(raw)
        data = zlib.compress(raw.getvalue(), 6)
        file, descriptor, descendant, unicode = (self._number() for _ in range(4))
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

    def _number(self) -> int:
        self.count += 1
        return self.count - 1

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


def _code(text: str, place: Place) -> str:
    """二次元コード as filled rectangles; one mask for all, which any reader accepts."""
    matrix = segno.make(text, error="m", micro=False, mask=0, boost_error=False).matrix
    unit = place.width / (len(matrix) + 4)
    top = place.y + place.width
    parts = []
    for row, modules in enumerate(matrix):
        at = 0
        while at < len(modules):
            if modules[at]:
                run = at
                while run < len(modules) and modules[run]:
                    run += 1
                parts.append(f"{place.x + (at + 2) * unit:.2f} {top - (row + 3) * unit:.2f} {(run - at) * unit:.2f} {unit:.2f} re")
                at = run
            at += 1
    return f"{' '.join(parts)} f"


def _to_unicode(used: Mapping[int, str]) -> str:
    rows = [f"<{gid:04x}> <{letters.encode('utf-16-be').hex()}>" for gid, letters in sorted(used.items())]
    blocks = [rows[at:at + 100] for at in range(0, len(rows), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return ("/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /N def /CMapType 2 def\n"
            f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{body}\nendcmap end end")
