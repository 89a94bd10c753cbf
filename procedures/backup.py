"""控え: the whole office in one encrypted file: every row as one moment saw it, every stored file, a hash for each table; no key."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

from sqlalchemy import Connection, Engine, text

from exchange.backup_stream import CHUNK, StreamWriter
from models.items import Record
from procedures.copy_statements import ROW_HASHES, SAME_TEXT, SCHEMAS, SEQUENCES, TABLES

# The cluster itself, the keys, and what tests and measurements leave; everything else under the data folder is the office's.
NOT_OURS: Final = frozenset({"postgres", "keys", "test", "bench"})
FORMAT: Final = 1
Hash = tuple[int, str, str]


@dataclass(frozen=True)
class Written:
    """控えの大きさ: what went in."""

    tables: int
    rows: int
    files: int
    bytes: int


def own_schemas() -> list[str]:
    """Our schemas: those in which the models put a table."""
    return sorted({table.schema or "public" for table in Record.metadata.tables.values()})


def tables_of(connection: Connection) -> dict[str, str]:
    """Table → its columns, both quoted."""
    return {row.name: row.columns for row in connection.execute(text(TABLES), {"schemas": own_schemas()})}


def schemas_of(connection: Connection) -> list[str]:
    """Every schema that holds a table of ours or a part of one."""
    return list(connection.scalars(text(SCHEMAS), {"schemas": own_schemas()}))


def hash_of(connection: Connection, table: str) -> Hash:
    """行の照合値: number of rows and two sums over their SHA-256, whatever their order; *table* as the catalogue quotes it."""
    count, first, second = connection.execute(text(ROW_HASHES.format(table=table))).one()
    return int(count), str(first), str(second)


def same_text(connection: Connection) -> None:
    """Rows read the same here as wherever they were hashed; for this transaction."""
    for setting in SAME_TEXT:
        connection.execute(text(setting))


def write(engine: Engine, folder: Path, out: BinaryIO, key: bytes, made_at: datetime,
          is_left_out: Callable[[Path], bool] = lambda path: False, say: Callable[[str], None] = lambda words: None) -> Written:
    """控えを書く: rows first, then files: a file lies there before the row that names it is committed, and never changes.

    The memory needed does not grow with the office. *is_left_out* names files that are not the office's (key, backup).
    """
    stream = StreamWriter(out, key)
    hashes: dict[str, Hash] = {}
    with engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True) as connection:
        same_text(connection)
        tables = tables_of(connection)
        stream.part({"kind": "head", "format": FORMAT, "made_at": made_at.isoformat(), "revision": connection.scalar(
            text("SELECT version_num FROM alembic_version")), "sequences": {row.name: row.last_value for row in
            connection.execute(text(SEQUENCES), {"schemas": own_schemas()})}})
        for name, columns in tables.items():
            say(name)
            stream.part({"kind": "table", "name": name, "columns": columns}, _rows(connection, name, columns))
            hashes[name] = hash_of(connection, name)
        connection.rollback()
    files, size = _files(stream, folder, is_left_out, say)
    stream.part({"kind": "end", "tables": hashes, "files": files})
    stream.close()
    return Written(len(hashes), sum(each[0] for each in hashes.values()), files, size)


def _rows(connection: Connection, table: str, columns: str) -> Iterator[bytes | memoryview]:
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY (SELECT {columns} FROM {table}) TO STDOUT") as copy:
        held = bytearray()
        for block in copy:
            held += block
            if len(held) >= CHUNK // 4:
                yield bytes(held)
                held.clear()
        if held:
            yield bytes(held)


def _files(stream: StreamWriter, folder: Path, is_left_out: Callable[[Path], bool], say: Callable[[str], None]) -> tuple[int, int]:
    count = size = 0
    for path in stored_files(folder):
        if is_left_out(path):
            continue
        try:
            source = path.open("rb")
        except FileNotFoundError:
            continue  # a result that was fetched and swept away while we read; its row says so too
        with source:
            name = path.relative_to(folder).as_posix()
            say(name)
            size += stream.part({"kind": "file", "name": name}, iter(lambda: source.read(CHUNK), b""))  # noqa: B023  # read at once, within the turn of the loop
        count += 1
    return count, size


def stored_files(folder: Path) -> Iterator[Path]:
    """保管されたファイル: every whole file of the office under *folder*, in the order of their names."""
    for place, folders, names in os.walk(folder):
        if Path(place) == folder:
            folders[:] = [name for name in folders if name not in NOT_OURS]
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            if not name.startswith(".") and not name.endswith((".lock", ".part")) and path.is_file() and not path.is_symlink():
                yield path
