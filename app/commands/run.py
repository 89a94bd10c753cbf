"""起動の命令: the server of the screens begins to read its program before anything else does; then the office is opened."""

import signal
import subprocess
import sys
from types import FrameType

import click

from app.processes import answers, end
from config import ROOT, Settings


@click.command()
@click.option("--port", default=8000, show_default=True, help="番号 (127.0.0.1 で待ち受ける)")
@click.option("--demo/--no-demo", default=None, help="試用モード (空の内蔵データベースでは自動)")
@click.option("--workers", default=2, show_default=True, help="画面の処理の数")
@click.option("--systems/--no-systems", default=None, help="隣のシステムも始める (試用モードでは自動)")
def run(port: int, demo: bool | None, workers: int, systems: bool | None) -> None:
    """準備してから画面を開けるようにする; Ctrl-C で、始めたものをすべて止める."""
    for wish in (signal.SIGTERM, signal.SIGINT):  # a shell may have started us with SIGINT ignored
        signal.signal(wish, _leave)
    settings = Settings.from_environment()
    if answers(port):
        click.echo(f"番号 {port} は、ほかのプログラムが使っています。./nanbyo run --port {port + 1} のように別の番号で始めてください。", err=True)
        sys.exit(4)
    server = _reading_ahead(port, workers)
    try:
        from app.commands.opening import open_office  # two seconds of reading, beside the server's own
        open_office(server, settings, port, demo, systems)
    except KeyboardInterrupt:
        click.echo("終了しました。", err=True)
    finally:
        end(server)


def _reading_ahead(port: int, workers: int) -> subprocess.Popen[bytes]:
    """The server of the screens, which reads its program while the database is prepared and then waits for its settings."""
    return subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(workers), "--worker-class",
         "sync", "--preload", "--timeout", "120", "--log-level", "warning", "app.early:serve()"], cwd=ROOT, stdin=subprocess.PIPE)


def _leave(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
