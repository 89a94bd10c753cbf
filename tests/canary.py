"""見張りの番号: the 個人番号 that the tests type are looked for wherever one could have been left behind."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
from sqlalchemy import create_engine, text

# What tests of papers with numbers type; no other test uses these digits.
NUMBERS = ("123456789018", "202404010010", "111111111118")
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_SPELLINGS = [spelled for number in NUMBERS for plain in (number, number.translate(_WIDE))
              for spelled in (plain, *(mark.join((plain[:4], plain[4:8], plain[8:])) for mark in (" ", "-", "\u00a0")))]
_BYTES = re.compile(b"|".join(re.escape(spelled.encode(kind)) for spelled in _SPELLINGS for kind in ("utf-8", "utf-16-le")))
OPENED = re.compile(r"/numbers/\d+\Z")  # the one address that may show a number, to whom it may be shown


def is_in(content: bytes) -> bool:
    """Whether one of the numbers is in these bytes, in any spelling."""
    return _BYTES.search(content) is not None


def in_files(folder: Path, since: float = 0) -> Iterator[str]:
    """The files under *folder*, written since then, that hold a number; papers are read as text."""
    for path in sorted(folder.rglob("*")):
        try:
            if path.is_file() and path.stat().st_mtime >= since and is_in(content := path.read_bytes()) | _on_paper(content):
                yield path.as_posix()
        except FileNotFoundError:
            continue  # swept away by whoever made it while we looked


def in_database(url: str) -> list[str]:
    """The tables, the numbering store among them, whose rows written out as a dump writes them hold a number."""
    engine = create_engine(url)
    with engine.connect() as connection:
        tables = list(connection.scalars(text("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables "
                                              "WHERE schemaname IN ('public', 'numbering')")))
        found = [table for table in tables if is_in("\n".join(
            row or "" for row in connection.scalars(text(f"SELECT t::text FROM {table} AS t"))).encode())]
        found += [f"{table} (decoded)" for table in tables if table.startswith("numbering.") and is_in(b"\n".join(
            bytes(row) for row in connection.scalars(text(f"SELECT ciphertext FROM {table}"))))]
    engine.dispose()
    return found


def has_numbers(url: str) -> bool:
    """Whether this database held papers with numbers at all."""
    engine = create_engine(url)
    with engine.connect() as connection:
        held = connection.scalar(text("SELECT EXISTS (SELECT 1 FROM numbering.individual_number) "
                                      "OR EXISTS (SELECT 1 FROM numbering.sealed_number)"))
    engine.dispose()
    return bool(held)


def _on_paper(content: bytes) -> bool:
    if not content.startswith(b"%PDF-"):
        return False
    try:
        paper = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError:
        return False  # made to be damaged
    try:
        return is_in("".join(page.get_textpage().get_text_range() for page in paper).encode())
    finally:
        paper.close()


class Ear(logging.Handler):
    """聞き耳: every line that is logged during the tests."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if is_in(f"{record.getMessage()} {record.exc_info}".encode()):
            self.heard.append(f"log {record.name} {record.pathname}:{record.lineno}")
