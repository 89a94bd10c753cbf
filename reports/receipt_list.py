"""過誤調整一覧・返戻依頼一覧・月次報告: a table with its title, as csv, as a workbook or on paper."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any, Final

from exchange.table_file import write_table
from reports.paper import check_glyphs, pdf_of

TYPES: Final = {"csv": "text/csv", "pdf": "application/pdf",
                "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
Rows = Sequence[Sequence[object]]


def receipt_list_file(form: str, title: str, headings: Sequence[str], rows: Rows, span: tuple[date, date] | None, city: Any,
                      printed: datetime) -> bytes:
    """The table in the *form* csv, xlsx or pdf; GlyphMissing before a box is printed."""
    if form == "csv":
        return write_table(headings, rows).encode("utf-8-sig")
    return _workbook(title, headings, rows) if form == "xlsx" else receipt_list_pdf(title, headings, rows, span, city, printed)


def receipt_list_pdf(title: str, headings: Sequence[str], rows: Rows, span: tuple[date, date] | None, city: Any,
                     printed: datetime) -> bytes:
    """The table on paper, as wide as it needs; numbers with separators, names in the names font."""
    check_glyphs(*(cell for row in rows for cell in row if isinstance(cell, str)))
    return pdf_of("receipt_list.html", {"title": title, "headings": headings, "rows": [list(_written(row)) for row in rows],
                                        "span": span, "city": city, "printed": printed}, printed)


def _written(row: Iterable[object]) -> Iterable[tuple[str, bool]]:
    for cell in row:
        if isinstance(cell, int):
            yield f"{cell:,}", True
        elif isinstance(cell, date):
            yield f"{cell:%Y-%m-%d}", False
        else:
            yield "" if cell is None else str(cell), False


def _workbook(title: str, headings: Sequence[str], rows: Rows) -> bytes:
    from xlsxwriter import Workbook

    target = BytesIO()
    book = Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
                             "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet(title)
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, headings, book.add_format({"bold": True}))
    for place, row in enumerate(rows, start=1):
        for across, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(place, across, cell)
            elif cell is not None:
                sheet.write(place, across, cell)
    book.close()
    return target.getvalue()
