"""一括投入: rows by COPY, as fast as the database takes them, under numbers we give them ourselves."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from psycopg import sql
from sqlalchemy import text
from sqlalchemy.orm import Session

from models.items import Record

_NULL: Final = "\\N"
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Batch:
    """束: lines waiting for COPY, table by table, written out in the order the tables were named."""

    def __init__(self, session: Session, columns: dict[type[Record], Sequence[str]]) -> None:
        self.session = session
        self.columns = columns
        self.lines: dict[type[Record], list[str]] = defaultdict(list)
        self.last = {model: _last_number(session, model) for model in columns}

    def add(self, model: type[Record], *values: Any) -> int:
        """Put a row in the bundle and return the number it will have."""
        self.last[model] += 1
        number = self.last[model]
        self.lines[model].append(f"{number}\t" + "\t".join([_field(value) for value in values]) + "\n")
        return number

    def write(self) -> None:
        """COPY what waits, parents first."""
        for model, columns in self.columns.items():
            if lines := self.lines.pop(model, None):
                copy_lines(self.session, model.__tablename__, ("id", *columns), lines)

    def close(self) -> None:
        """Write the rest and let the tables go on numbering after our rows."""
        self.write()
        for model, last in self.last.items():
            if last:
                self.session.execute(text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :last)"),
                                     {"table": model.__tablename__, "last": last})


def copy_lines(session: Session, table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    """COPY ready text lines inside the session's transaction."""
    connection = session.connection().connection.driver_connection
    assert connection is not None
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns)))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write("".join(lines))


def _last_number(session: Session, model: type[Record]) -> int:
    return session.execute(text(f"SELECT coalesce(max(id), 0) FROM {model.__tablename__}")).scalar_one()


def _array(parts: Sequence[str]) -> str:
    quoted = ('"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"' for part in parts)
    return "{" + ",".join(quoted) + "}"


def _field(value: Any) -> str:
    if value is None:
        return _NULL
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, (list, tuple)):
        return _array(value).translate(_ESCAPES)
    return str(value)
