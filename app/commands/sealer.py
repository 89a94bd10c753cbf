"""封印の命令: a process of its own that signs what was journalled, at least once a second while there is work."""

import signal
import sys
from datetime import UTC, datetime
from threading import Event

import click
from sqlalchemy.exc import OperationalError

from app.database import running_database
from app.sealing import SECONDS_BETWEEN, NewLog, Sealer, hold, is_migrated, sealer_engine
from config import Settings
from procedures.seal_key import KeyIsOpen
from procedures.sealing import RolledBack

SAYINGS = {
    KeyIsOpen: "封印の鍵をほかの利用者が読めます。NANBYO_SEAL_KEY の権限を 0600 にしてください。",
    RolledBack: "データベースが、外に控えた封印より古い状態です。封印を止めました。バックアップから復元したときだけ、"
                "./nanbyo sealer --restored 理由 で続けてください。心当たりがなければ監査の担当に知らせてください。",
    NewLog: "このデータベースの操作記録は、これまで封印してきたものと違います。データベースを移したときだけ、"
            "./nanbyo sealer --restored 理由 で続けてください。",
}


@click.command()
@click.option("--once", is_flag=True, help="待っている記録を封印したら止まる")
@click.option("--restored", "note", help="復元・移行を認める理由; 署名した控えに残る")
def sealer(once: bool, note: str | None) -> None:
    """操作記録を封印する; ほかのプロセスが封印しているあいだは、代わりに待つ."""
    stop = Event()
    for wish in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wish, lambda _number, _frame: stop.set())
    with running_database(Settings.from_environment()) as settings:
        if not is_migrated(settings):
            click.echo("データベースが最新ではありません。先に ./nanbyo migrate を実行してください。", err=True)
            sys.exit(4)
        engine = sealer_engine(settings)
        try:
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                while not hold(connection):
                    if once or stop.wait(SECONDS_BETWEEN):
                        return
                _seal(Sealer(engine, settings, _now, is_trial=settings.demo or note is not None), note, once, stop)
        except (KeyIsOpen, RolledBack, NewLog) as refused:
            click.echo(SAYINGS[type(refused)], err=True)
            sys.exit(3)
        finally:
            engine.dispose()


def _seal(own: Sealer, note: str | None, once: bool, stop: Event) -> None:
    if note:
        own.accept(note)
    while True:
        is_stopping = stop.is_set()  # what was journalled until then is sealed before it ends
        try:
            is_whole = own.step()
        except OperationalError as fault:  # the database restarts: the next pass tries again
            click.echo(f"{_now():%H:%M:%S} {type(fault.orig).__name__}", err=True)
            is_whole = True
        if is_whole and (once or is_stopping):
            return
        stop.wait(SECONDS_BETWEEN if is_whole else 0)


def _now() -> datetime:
    return datetime.now(UTC)

