"""年報: every table of the year on paper, with its chart; and the same counts as csv and xlsx."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any, Protocol

from exchange.table_file import write_table
from reports.chart import bars
from reports.paper import pdf_of

MOST_BARS = 24


class Counted(Protocol):
    """表: a title and its lines."""

    title: str
    lines: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        """The sum of the lines."""
        ...


def statistics_pdf(year: int, tables: Sequence[Counted], city: Any, printed: datetime) -> bytes:
    """年報 as PDF: a chart where there are few enough lines, the counts always."""
    return pdf_of("statistics.html", {"year": year, "city": city, "tables": [
        {"title": each.title, "lines": each.lines, "total": each.total,
         "chart": bars(each.title, each.lines) if 1 < len(each.lines) <= MOST_BARS else ""} for each in tables]}, printed)


def statistics_csv(tables: Sequence[Counted]) -> bytes:
    """年報 as one CSV: table, line, count."""
    return write_table(("表", "区分", "件数"), ((each.title, label, count) for each in tables for label, count in each.lines)).encode("utf-8-sig")


def statistics_xlsx(tables: Sequence[Counted]) -> bytes:
    """年報 as a workbook: a sheet a table, texts never as formulas."""
    from xlsxwriter import Workbook

    target = BytesIO()
    book = Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    for each in tables:
        sheet = book.add_worksheet(each.title[:31].replace("・", ""))
        sheet.write_row(0, 0, ("区分", "件数"))
        for place, (label, count) in enumerate(each.lines, start=1):
            sheet.write_string(place, 0, label)
            sheet.write_number(place, 1, count)
    book.close()
    return target.getvalue()
