"""表計算ファイル: an export as csv or xlsx that Excel opens rightly and that holds no formula.

A text that a spreadsheet would read as a formula (it begins with = + - @, a tab or a line end) gets an apostrophe in
front in csv files. In xlsx files texts are stored as texts and keep every character.
"""

import csv
from collections.abc import Iterator
from datetime import date
from io import BytesIO, StringIO

from sqlalchemy.orm import Session

from exchange.table_file import defused
from procedures.export import CHUNK, Taken, cells


def as_csv(session: Session, taken: Taken) -> Iterator[bytes]:
    """Yield the file in pieces: UTF-8 with a mark that Excel understands, or Shift_JIS (cp932), lines ending CRLF."""
    encoding = "cp932" if taken.format == "csv_cp932" else "utf-8"
    if encoding == "utf-8":
        yield b"\xef\xbb\xbf"
    sheet = StringIO()
    writer = csv.writer(sheet)
    writer.writerow(column.label for column in taken.asked.columns)
    for place, row in enumerate(cells(session, taken), start=1):
        writer.writerow(map(defused, row))
        if place % CHUNK == 0:
            yield _drained(sheet, encoding)
    yield _drained(sheet, encoding)


def _drained(sheet: StringIO, encoding: str) -> bytes:
    text = sheet.getvalue()
    sheet.seek(0)
    sheet.truncate()
    return text.encode(encoding)


def as_xlsx(session: Session, taken: Taken) -> bytes:
    """Return a workbook: header fixed, dates as dates, yen as numbers, texts never as formulas or links."""
    from xlsxwriter import Workbook  # 40 ms nobody should pay who exports nothing

    target = BytesIO()
    book = Workbook(target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                             "strings_to_numbers": False, "default_date_format": "yyyy-mm-dd"})
    sheet, bold = book.add_worksheet(taken.listing.title[:31]), book.add_format({"bold": True})
    sheet.freeze_panes(1, 1)
    sheet.write_row(0, 0, [column.label for column in taken.asked.columns], bold)
    for place, row in enumerate(cells(session, taken), start=1):
        for across, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(place, across, value)
            else:
                sheet.write(place, across, value)
    book.close()
    return target.getvalue()
