"""控えの命令: the whole office into one file, and back out of it; the keys stay where they are."""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click
from alembic import command
from alembic.util.exc import CommandError
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.clock import now
from app.database import alembic_config, is_current, running_database
from config import Settings
from exchange.backup_stream import StreamBroken
from models.journal import Action
from procedures import backup as backups
from procedures import journal, restoring
from procedures.actor import SYSTEM
from procedures.refusal import Refused
from procedures.sealed_folder import flush_folder

SAY_EVERY = 5.0  # seconds


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """控えを取る: データベースと保管ファイルを、鍵で封じた一つのファイルに; 使いながら取れる. 鍵は入らない."""
    if not file.resolve().parent.is_dir():
        raise click.BadParameter("書き出すフォルダがありません。", param_hint="FILE")
    with running_database(Settings.from_environment()) as settings:
        engine = create_engine(str(settings.database_url), hide_parameters=True)
        try:
            with engine.connect() as connection:
                if not is_current(connection):
                    click.echo("データベースが最新ではありません。./nanbyo migrate を実行してください。", err=True)
                    sys.exit(4)
            with Session(engine) as session:
                journal.record(session, SYSTEM, Action.ADMINISTERED, detail={"act": "backup"})
                session.commit()
            partial = file.resolve().with_name(f".{file.name}.{os.getpid()}.part")
            left_out = {partial, file.resolve(), key_path(settings).resolve()}
            try:
                with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                    written = backups.write(engine, settings.data_dir, out, settings.keys(), now(),
                                            lambda path: path.resolve() in left_out, _teller())
                    out.flush()
                    os.fsync(out.fileno())
                partial.rename(file.resolve())
                flush_folder(file.resolve().parent)
            finally:
                partial.unlink(missing_ok=True)
        finally:
            engine.dispose()
    click.echo(json.dumps({"file": str(file), **asdict(written)}, ensure_ascii=False))


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="いまの記録を捨てて復元する")
def restore(file: Path, replace: bool) -> None:
    """控えから戻し、表ごとに行を照合する; 一致しなければ何も変えない. 戻した設置からは、二人が解除するまで何も出せない."""
    settings = Settings.from_environment()
    if not key_path(settings).exists():
        click.echo("鍵のファイルがありません。控えに鍵は入っていません。控えを作った設置の鍵ファイルを NANBYO_KEYS に指定してください。", err=True)
        sys.exit(2)
    with running_database(settings) as running:
        engine = create_engine(str(running.database_url), hide_parameters=True)
        try:
            with file.open("rb") as source:
                done = restoring.restore(engine, running.data_dir, source, running.keys(), _build, now(), replace=replace,
                                         say=_teller())
        except StreamBroken as broken:
            _end(broken.message, 2)
        except Refused as refusal:
            _end(refusal.message, 3)
        except CommandError:
            _end(restoring.TooNew.message, 3)
        except OperationalError as fault:
            if not isinstance(fault.orig, LockNotAvailable):
                raise
            _end("データベースが使われています。画面 (run) と仕事 (worker) を止めてから、もう一度実行してください。", 4)
        finally:
            engine.dispose()
    click.echo(json.dumps({"file": str(file), "ok": True, "made_at": done.made_at, "revision": done.revision, "tables": done.tables,
                           "rows": done.rows, "files": done.files, "outward": "refused"}, ensure_ascii=False))
    click.echo(f"復元しました。{done.tables} 表 {done.rows:,} 行の照合値が控えと一致し、{done.files:,} ファイルを戻しました。"
               "画面の「システムの状態」で二人が解除するまで、支払・出力・印刷はできません。", err=True)


def key_path(settings: Settings) -> Path:
    """Where the installation's key lies, or would lie."""
    return settings.key_file or settings.data_dir / "keys" / "master.key"


def _end(words: str, code: int) -> None:
    click.echo(words, err=True)
    sys.exit(code)


def _build(connection: Connection, revision: str) -> None:
    """Bring the database of this connection to *revision*, inside its own transaction."""
    config = alembic_config("")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _teller() -> Callable[[str], None]:
    """A line every few seconds: what is being read or written."""
    last = time.monotonic()

    def say(words: str) -> None:
        nonlocal last
        if time.monotonic() - last >= SAY_EVERY:
            last = time.monotonic()
            click.echo(words, err=True)

    return say
