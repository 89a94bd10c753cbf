"""開庁: the database is brought to its first day, and everybody who belongs to an office is started and stopped together."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime

import click
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from app.clock import JAPAN
from app.database import migrate, running_database
from app.demo_register import write_register
from app.neighbours import addresses, environment_of, in_the_tree, start
from app.processes import answers, end, ended_with_us, outlast
from app.sealing import sealed_meanwhile
from config import ROOT, Settings
from exchange.neighbours import DEMO_REGISTER, variable_of
from models.installation import Installation
from rules.tax_year import tax_year
from seeds import load_all
from seeds.users import DEMO_PASSWORD, DEMO_USERS, has_demo_city, load_demo_users

LOOK_AGAIN_SECONDS = 0.05


def open_office(server: subprocess.Popen[bytes], settings: Settings, port: int, wish: bool | None, systems: bool | None) -> None:
    """Prepare the database, let the waiting *server* serve, start the others, and stay until the server ends."""
    with running_database(settings) as running:
        is_demo = _prepare(running, settings.database_url is None, wish)
        _serve(server, running, is_demo, port, in_the_tree() if systems is not False and is_demo or systems else ())


def say(words: str) -> None:
    """Progress goes to stderr; stdout is for results."""
    click.echo(words, err=True)


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
        is_demo = bool(mark.is_demo and wish is not False)
        if is_demo:
            day = settings.fixed_today or datetime.now(JAPAN).date()
            write_register(session, settings.data_dir / DEMO_REGISTER, day, tax_year(day))
        session.commit()
    engine.dispose()
    return is_demo


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
            end(process)


def _tell(server: subprocess.Popen[bytes], settings: dict[str, str]) -> None:
    """Let the waiting server serve on these settings; one that has ended already says so by its exit code."""
    with suppress(BrokenPipeError), server.stdin as line:  # type: ignore[union-attr]  # it was made with a pipe
        line.write(json.dumps(settings).encode() + b"\n")


def _announce(server: subprocess.Popen[bytes], address: str, port: int, demo: bool) -> None:
    """The address, once somebody answers there; an authenticator belongs to a name, and a machine's number is none."""
    while server.poll() is None and not answers(port):
        with suppress(subprocess.TimeoutExpired):
            server.wait(timeout=LOOK_AGAIN_SECONDS)
    if server.returncode is None:
        if demo:
            click.echo("試用の利用者 (パスワードはすべて " + DEMO_PASSWORD + "): "
                       + ", ".join(user[0] for user in DEMO_USERS))
        click.echo(address)
