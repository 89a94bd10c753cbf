"""隣のシステムの命令: starts one of the neighbouring systems; the core knows it by its name and its wire alone."""

import signal
import sys
from types import FrameType

import click

from app.database import running_database
from app.neighbours import environment_of, in_the_tree, start
from app.processes import ended_with_us, outlast
from config import Settings
from exchange.neighbours import PORTS


@click.command()
@click.argument("name")
@click.option("--port", type=int, help="番号 (127.0.0.1 で待ち受ける); 指定しなければ、そのシステムのいつもの番号")
@click.option("--workers", default=2, show_default=True, help="画面の処理の数")
def system(name: str, port: int | None, workers: int) -> None:
    """隣のシステムを一つ始める: numberlink, interconnect, platform, simulator; Ctrl-C で止める."""
    known = in_the_tree()
    if name not in known:
        click.echo(f"「{name}」というシステムはありません。始められるのは {'、'.join(known)} です。", err=True)
        sys.exit(2)
    for wish in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wish, _leave)
    settings = Settings.from_environment()
    is_trial = settings.demo or settings.database_url is None  # the embedded database is never a city's own
    try:
        with running_database(settings) as running:
            processes = [start(name, port or PORTS[name], environment_of(running, is_demo=is_trial), workers)]
            with ended_with_us(processes):
                sys.exit(outlast(processes[0]))
    except KeyboardInterrupt:
        click.echo("終了しました。", err=True)


def _leave(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
