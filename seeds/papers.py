"""書かれた申請書: a filled paper as somebody would have handed it in, drawn to be scanned; no real person's."""

from collections.abc import Mapping
from html import escape
from typing import Final

from forms.called import called
from forms.sheet import Field, Sheet
from rules import era_date

Choices = Mapping[str, Mapping[str, str]]

_STYLE: Final = """
@page { size: A4; margin: 14mm 14mm; }
body { font: 9.5pt "BIZ UDPGothic", sans-serif; color: #222; }
h1 { font-size: 14pt; text-align: center; margin: 0 0 4mm; letter-spacing: .2em; }
h2 { font-size: 9.5pt; margin: 2.5mm 0 1mm; background: #eee; padding: .5mm 2mm; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
td { border: .3pt solid #555; padding: .8mm 1.5mm; vertical-align: middle; height: 6mm; }
td.asked { width: 22%; font-size: 7.5pt; background: #f8f8f8; }
td.written { font: 12pt "IPAmjMincho", "BIZ UDMincho", serif; color: #113; }
p { font-size: 8pt; text-align: right; margin: 3mm 0 0; }
"""


def paper(sheet: Sheet, answers: Mapping[str, str], choices: Choices) -> bytes:
    """Return the PDF of one filled sheet: what stands in *answers*, as a person writes it, in the sheet's order."""
    from weasyprint import HTML  # a second of loading that only a demo pays

    parts = [f"<h1>{escape(sheet.label)}</h1>"]
    fields, names = list(sheet.fields()), called(sheet)
    for place, section in enumerate(sheet.sections):
        rows = [field for field in fields if field.section == place and _is_drawn(field, answers)]
        if rows:
            parts.append(f"<h2>{escape(section.title)}</h2><table>{_table(rows, names, answers, choices)}</table>")
    body = "".join(parts) + "<p>見本市長 あて</p>"
    written: bytes = HTML(string=f'<html lang="ja"><style>{_STYLE}</style><body>{body}</body></html>').write_pdf()
    return written


def _is_drawn(field: Field, answers: Mapping[str, str]) -> bool:
    """Of a repeated section the lines that were filled in, and the first."""
    return field.row == 0 or bool(answers.get(field.name))


def _table(fields: list[Field], names: Mapping[str, str], answers: Mapping[str, str], choices: Choices) -> str:
    cells = [f'<td class="asked">{escape(names[field.name])}</td><td class="written">{_written(field, answers, choices)}</td>'
             for field in fields]
    pairs = [cells[at:at + 2] for at in range(0, len(cells), 2)]
    return "".join(f"<tr>{''.join(pair)}{'<td></td><td></td>' if len(pair) == 1 else ''}</tr>" for pair in pairs)


def _written(field: Field, answers: Mapping[str, str], choices: Choices) -> str:
    typed = answers.get(field.name, "")
    if not typed:
        return ""
    if field.kind == "date":
        return escape(era_date.era_text(era_date.parse_date(typed)))
    if field.kind == "bool":
        return "はい" if typed == "1" else "いいえ"
    label = choices.get(field.item.item.codes or "", {}).get(typed)
    return escape(f"{typed} {label}" if label else typed)
