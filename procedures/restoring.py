"""復元: a backup becomes the office again, in one transaction: all of it and equal row by row, or nothing at all."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final

from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from exchange.backup_stream import StreamBroken, StreamReader
from models.journal import Action
from models.restored_copy import RestoredCopy
from procedures import journal
from procedures.actor import SYSTEM
from procedures.backup import FORMAT, NOT_OURS, hash_of, own_schemas, same_text, schemas_of, tables_of
from procedures.copy_statements import FOREIGN_KEYS, TRIGGERS
from procedures.refusal import Refused
from procedures.sealed_folder import flush_folder

_STATES: Final = {"O": "ENABLE", "D": "DISABLE", "R": "ENABLE REPLICA", "A": "ENABLE ALWAYS"}
# Who was logged in, and which forms were sent, belongs to the moment of the backup and to no other.
_OF_THAT_MOMENT: Final = ("form_key", "login_session")


class InUse(Refused):
    """The database already holds an office."""

    message = ("この設置にはすでに記録があります。空の場所 (NANBYO_DATA_DIR または DATABASE_URL) に復元するか、"
               "いまの記録を捨ててよいときだけ --replace を付けてください。")


class NotEqual(Refused):
    """What was loaded is not what was backed up."""

    message = "復元した内容が控えと一致しません。何も変えていません。別の控えを使ってください。"


class TooNew(Refused):
    """The backup was made by a later version of this system."""

    message = "この控えは、もっと新しい版のシステムで作られています。同じかそれより新しい版で復元してください。"


@dataclass
class Restored:
    """復元の結果: what was put back and found equal."""

    made_at: str = ""
    revision: str = ""
    tables: int = 0
    rows: int = 0
    files: int = 0
    sequences: dict[str, int | None] = field(default_factory=dict)


def restore(engine: Engine, folder: Path, source: BinaryIO, key: bytes, build: Callable[[Connection, str], None], now: datetime,
            *, replace: bool = False, say: Callable[[str], None] = lambda words: None) -> Restored:
    """復元する: the rows and files of *source*; every table was hashed again and is equal, and nothing may leave this copy.

    *build* brings an empty database to a revision inside our transaction. StreamBroken, InUse, TooNew, NotEqual: nothing changed.
    """
    reader = StreamReader(source, key)
    with engine.begin() as connection, _aside(folder) as held:
        if not replace and _holds_an_office(connection):
            raise InUse
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        same_text(connection)
        done = _load(connection, reader, held, build, say)
        build(connection, "head")
        _sign(connection, done, now)
        _put_in_place(held, folder)
    return done


def _holds_an_office(connection: Connection) -> bool:
    if connection.scalar(text("SELECT to_regclass('public.ab_user')")) is None:
        return False
    return bool(connection.scalar(text("SELECT EXISTS (SELECT 1 FROM ab_user)")))


def _load(connection: Connection, reader: StreamReader, held: Path, build: Callable[[Connection, str], None],
          say: Callable[[str], None]) -> Restored:
    done, is_whole = Restored(), False
    keys: list[Any] = []
    triggers: list[Any] = []
    for about, blocks in reader.parts():
        say(str(about.get("name", "")))
        if about["kind"] == "head":
            done = _begin(connection, about, build)
            keys, triggers = _loosen(connection)
        elif about["kind"] == "table":
            _fill(connection, about, blocks)
        elif about["kind"] == "file":
            _lay_aside(held, about["name"], blocks)
        else:
            _compare(connection, done, about["tables"])
            done.files, is_whole = about["files"], True
    if not is_whole:
        raise StreamBroken("控えが途中で終わっています。別の控えを使ってください。")
    _tighten(connection, keys, triggers)
    return done


def _begin(connection: Connection, about: dict[str, Any], build: Callable[[Connection, str], None]) -> Restored:
    if about["format"] != FORMAT:
        raise TooNew
    for schema in schemas_of(connection):
        connection.execute(text(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE'))
    connection.execute(text("CREATE SCHEMA IF NOT EXISTS public"))
    build(connection, about["revision"])
    return Restored(about["made_at"], about["revision"], sequences=about["sequences"])


def _loosen(connection: Connection) -> tuple[list[Any], list[Any]]:
    """Rows come in as they were, whatever their order: guards sleep, references are put back afterwards and checked then."""
    keys, triggers = (connection.execute(text(each), {"schemas": own_schemas()}).all() for each in (FOREIGN_KEYS, TRIGGERS))
    for table in tables_of(connection):
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    for each in keys:
        connection.execute(text(f"ALTER TABLE {each.table} DROP CONSTRAINT {each.name}"))
    connection.execute(text("TRUNCATE " + ", ".join(tables_of(connection))))
    return list(keys), list(triggers)


def _tighten(connection: Connection, keys: list[Any], triggers: list[Any]) -> None:
    for each in keys:
        connection.execute(text(f"ALTER TABLE {each.table} ADD CONSTRAINT {each.name} {each.says}"))
    for each in triggers:
        connection.execute(text(f"ALTER TABLE {each.table} {_STATES[each.state]} TRIGGER {each.name}"))


def _fill(connection: Connection, about: dict[str, Any], blocks: Iterator[bytes]) -> None:
    if tables_of(connection).get(about["name"]) != about["columns"]:
        raise NotEqual
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {about['name']} ({about['columns']}) FROM STDIN") as copy:
        for block in blocks:
            copy.write(block)


def _compare(connection: Connection, done: Restored, told: dict[str, Any]) -> None:
    if {name: hash_of(connection, name) for name in tables_of(connection)} != {name: tuple(each) for name, each in told.items()}:
        raise NotEqual
    done.tables, done.rows = len(told), sum(each[0] for each in told.values())
    for name, last in done.sequences.items():
        if last is not None:
            connection.execute(text("SELECT setval(CAST(:name AS regclass), :last)"), {"name": name, "last": last})


def _sign(connection: Connection, done: Restored, now: datetime) -> None:
    """The mark that lets nothing out, and the journal's line; sessions and sent forms of that moment end."""
    for table in _OF_THAT_MOMENT:
        connection.execute(text(f"DELETE FROM {table}"))
    with Session(connection) as session:
        mark = RestoredCopy(backup_made_at=datetime.fromisoformat(done.made_at), backup_revision=done.revision,
                            tables=done.tables, rows=done.rows, files=done.files, created_at=now)
        session.add(mark)
        session.flush()
        journal.record(session, SYSTEM, Action.ADMINISTERED, mark, detail={
            "act": "restored", "made_at": done.made_at, "tables": done.tables, "rows": done.rows, "files": done.files})
        session.flush()


class _aside:  # noqa: N801  # a context manager, used like a function
    """A folder beside the stored files in which a restore lays them until everything is known to be equal."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._held = Path(tempfile.mkdtemp(prefix=".restore-", dir=self._folder))
        return self._held

    def __exit__(self, *fault: object) -> None:
        shutil.rmtree(self._held, ignore_errors=True)


def _lay_aside(held: Path, name: str, blocks: Iterator[bytes]) -> None:
    place = PurePosixPath(name)
    if place.is_absolute() or ".." in place.parts or place.parts[0] in NOT_OURS:
        raise StreamBroken("控えに、置いてはならない名前のファイルがあります。何も変えていません。")
    path = held / place
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        for block in blocks:
            file.write(block)
        file.flush()
        os.fsync(file.fileno())


def _put_in_place(held: Path, folder: Path) -> None:
    """Files first, then the commit: a file without its row harms nobody, a row without its file does."""
    for place, _folders, names in os.walk(held):
        target = folder / Path(place).relative_to(held)
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in names:
            Path(place, name).rename(target / name)
        flush_folder(target)
