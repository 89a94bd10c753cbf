"""表の出し入れ: whole results as polars frames and frames into tables, by COPY; never a row at a time."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, Final

import polars as pl
from psycopg import Connection, sql
from sqlalchemy.orm import Session

Schema = Mapping[str, Any]
_NULL: Final = "\\N"


def frame_of(session: Session, statement: str, schema: Schema, values: Sequence[Any] = ()) -> pl.DataFrame:
    """表を出す: the rows of *statement* (``%s`` for values) under the names and kinds of *schema*."""
    text = BytesIO()
    with driver(session).cursor() as cursor, cursor.copy(
            f"COPY ({statement}) TO STDOUT (FORMAT csv, NULL '{_NULL}')", values or None) as copy:
        for part in copy:
            text.write(part)
    text.seek(0)
    if not text.getbuffer().nbytes:
        return pl.DataFrame(schema=schema)
    return pl.read_csv(text, has_header=False, new_columns=list(schema), schema_overrides=list(schema.values()),
                       null_values=_NULL)


def as_copy(frame: pl.DataFrame, free: Sequence[str]) -> bytes:
    """COPY の形: the rows as PostgreSQL's text format has them; *free* names the columns that may hold any letters."""
    if free:
        frame = frame.with_columns(pl.col(free).str.replace_all(r"\\", r"\\").str.replace_all("\t", r"\t")
                                   .str.replace_all("\n", r"\n").str.replace_all("\r", r"\r"))
    return frame.write_csv(include_header=False, separator="\t", null_value=_NULL, quote_style="never").encode()


def copy_in(connection: Connection[Any], table: str, columns: Sequence[str], rows: bytes) -> None:
    """表に入れる: rows as ``as_copy`` wrote them, inside the connection's transaction."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns)))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(rows)


def driver(session: Session) -> Connection[Any]:
    """The driver's own connection, in the session's transaction."""
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, Connection)
    return connection
