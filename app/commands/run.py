"""起動の命令: set up what is missing, then serve the screens on this machine."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from socket import create_connection
from types import FrameType

import click
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from app.clock import JAPAN
from app.database import migrate, running_database
from app.demo_register import write_register
from app.neighbours import addresses, environment_of, in_the_tree, start
from app.processes import ended_with_us, outlast
from app.sealing import sealed_meanwhile
from config import ROOT, Settings
from exchange.neighbours import DEMO_REGISTER, variable_of
from models.installation import Installation
from rules.tax_year import tax_year
from seeds import load_all
from seeds.users import DEMO_PASSWORD, DEMO_USERS, has_demo_city, load_demo_users

LOOK_AGAIN_SECONDS = 0.05


def say(words: str) -> None:
    """Progress goes to stderr; stdout is for results."""
    click.echo(words, err=True)


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
    if _answers(port):
        say(f"番号 {port} は、ほかのプログラムが使っています。./nanbyo run --port {port + 1} のように別の番号で始めてください。")
        sys.exit(4)
    server = _reading_ahead(port, workers)
    try:
        with running_database(settings) as running:
            is_demo = _prepare(running, settings.database_url is None, demo)
            _serve(server, running, is_demo, port, in_the_tree() if systems is not False and is_demo or systems else ())
    except KeyboardInterrupt:
        say("終了しました。")
    finally:
        _end(server)


def _prepare(settings: Settings, embedded: bool, wish: bool | None) -> bool:
    """Bring the database to its first day; return whether this is a demo installation."""
    say("データベースを最新にしています。")
    migrate(str(settings.database_url))
    engine = create_engine(str(settings.database_url))
    with Session(engine) as session:
        say("コード表・様式・権限を読み込んでいます。")
        load_all(session)
        mark = session.get(Installation, 1)
        if mark is None:
            is_empty = not session.scalar(text("SELECT EXISTS (SELECT 1 FROM ab_user)"))
            mark = Installation(id=1, is_demo=is_empty and (wish if wish is not None else embedded))
            session.add(mark)
        if wish and not mark.is_demo:
            say("このデータベースは試用モードで作られていません。試用モードでは開けません。")
            sys.exit(3)
        if mark.is_demo and wish is not False:
            load_demo_users(session)
        if mark.is_demo and wish is not False and not has_demo_city(session):
            from seeds.demo import load_demo  # heavy, and only a demo needs it
            say("試用データを用意しています。")
            with sealed_meanwhile(settings, lambda: datetime.now(UTC)):  # a slow machine takes longer than the minute
                load_demo(session, settings)
                day = settings.fixed_today or datetime.now(JAPAN).date()
                write_register(session, settings.data_dir / DEMO_REGISTER, day, tax_year(day))
        is_demo = bool(mark.is_demo and wish is not False)
        session.commit()
    engine.dispose()
    return is_demo


def _reading_ahead(port: int, workers: int) -> subprocess.Popen[bytes]:
    """The server of the screens, which reads its program while the database is prepared and then waits for its settings."""
    return subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(workers), "--worker-class",
         "sync", "--preload", "--timeout", "120", "--log-level", "warning", "app.early:serve()"], cwd=ROOT, stdin=subprocess.PIPE)


def _serve(server: subprocess.Popen[bytes], settings: Settings, demo: bool, port: int, neighbours: tuple[str, ...]) -> None:
    ours = [name for name in neighbours if variable_of(name) not in os.environ]  # who answers elsewhere is not started here
    places = addresses(ours)
    own = {**places, "DATABASE_URL": str(settings.database_url), "NANBYO_DEMO": "1" if demo else "0",
           "NANBYO_DATA_DIR": str(settings.data_dir), "NANBYO_ORIGIN": os.environ.get("NANBYO_ORIGIN", f"http://localhost:{port}")}
    _tell(server, own)
    beside: list[subprocess.Popen[bytes]] = []
    hands: list[subprocess.Popen[bytes]] = []
    try:
        with ended_with_us(beside):
            _announce(server, f"http://127.0.0.1:{port}/" if demo else own["NANBYO_ORIGIN"] + "/", port, demo)
            # After the office can work: each takes a few seconds of its own.
            hands += [subprocess.Popen([sys.executable, "-m", "app.commands", name], cwd=ROOT, env={**os.environ, **own})
                      for name in ("worker", "sealer")]
            theirs = environment_of(settings, is_demo=demo) | places
            beside += [start(name, int(places[variable_of(name)].rpartition(":")[2]), theirs, workers=1) for name in ours]
            sys.exit(outlast(server))
    finally:
        for process in (server, *hands):  # the sealer last: it signs what the others wrote
            _end(process)


def _tell(server: subprocess.Popen[bytes], settings: dict[str, str]) -> None:
    """Let the waiting server serve on these settings; one that has ended already says so by its exit code."""
    with suppress(BrokenPipeError), server.stdin as line:  # type: ignore[union-attr]  # it was made with a pipe
        line.write(json.dumps(settings).encode() + b"\n")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait()
    if process.stdin:
        process.stdin.close()


def _announce(server: subprocess.Popen[bytes], address: str, port: int, demo: bool) -> None:
    """The address, once somebody answers there; an authenticator belongs to a name, and a machine's number is none."""
    while server.poll() is None and not _answers(port):
        with suppress(subprocess.TimeoutExpired):
            server.wait(timeout=LOOK_AGAIN_SECONDS)
    if server.returncode is None:
        if demo:
            click.echo("試用の利用者 (パスワードはすべて " + DEMO_PASSWORD + "): "
                       + ", ".join(user[0] for user in DEMO_USERS))
        click.echo(address)


def _answers(port: int) -> bool:
    """Whether somebody listens at this number of this machine."""
    try:
        create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _leave(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
