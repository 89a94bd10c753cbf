"""年報: every table of the year on paper, with its chart; and the same counts as csv and xlsx."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any, Protocol

from markupsafe import Markup

from exchange.table_file import write_table
from reports.chart import bars
from reports.paper import pdf_of

MOST_BARS = 20
LABEL_WIDTH = 44  # letters: the longest name of a disease, nearly
MONTH = re.compile(r"\d{4}-\d{2}")


class Counted(Protocol):
    """表: a title and its lines."""

    title: str
    lines: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        """The sum of the lines."""
        ...


def statistics_pdf(year: int, tables: Sequence[Counted], on: date, city: Any, printed: datetime) -> bytes:
    """年報 as PDF: a chart where there are few enough lines, the counts always."""
    return pdf_of("statistics.html", {"year": year, "on": on, "city": city, "tables": [
        {"title": each.title, "lines": each.lines, "total": each.total,
         "chart": chart_of(each)} for each in tables]}, printed)


def chart_of(table: Counted) -> Markup | str:
    """図 of a table: all lines where they are few, else the greatest; months by their number."""
    lines = table.lines if len(table.lines) <= MOST_BARS else sorted(table.lines, key=lambda line: -line[1])[:MOST_BARS]
    return bars(table.title, [(_short(label), count) for label, count in lines]) if len(lines) > 1 else ""


def _short(label: str) -> str:
    return f"{int(label[5:])}月" if MONTH.fullmatch(label) else label


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
        sheet.set_column(0, 0, LABEL_WIDTH)
        sheet.write_row(0, 0, ("区分", "件数"))
        for place, (label, count) in enumerate(each.lines, start=1):
            sheet.write_string(place, 0, label)
            sheet.write_number(place, 1, count)
    book.close()
    return target.getvalue()
