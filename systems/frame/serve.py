"""起動: one system as a process: its store, its certificate, its web server over TLS, and the hands that send."""

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event
from types import FrameType

from sqlalchemy.exc import OperationalError

from exchange.neighbours import CORE
from systems.frame.settings import NAMES, Settings
from systems.frame.store import prepare
from systems.frame.tls import files_of, make_missing

ROOT = Path(__file__).resolve().parents[2]
LOOK_SECONDS = 1.0  # at the hands, which end where their database goes away
WISHES = (signal.SIGTERM, signal.SIGINT)


def serve(name: str, port: int, workers: int = 2) -> int:
    """Run the system *name* until it is told to stop; what it started stops with it. Return the exit code."""
    for wish in WISHES:
        signal.signal(wish, _leave)
    try:
        return _serve(name, port, workers)
    except KeyboardInterrupt:  # told to stop while it was getting ready
        return 0


def _serve(name: str, port: int, workers: int) -> int:
    settings = Settings.from_environment(name)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    _certificates(settings)
    try:
        prepare(settings)
    except OperationalError:
        sys.stderr.write("データベースに届きません。DATABASE_URL と、サーバーが動いているかを確かめてください。\n")
        return 4
    certificate, key, authority = files_of(settings.tls_dir, name)
    environment = {**os.environ, "NANBYO_SYSTEM": name}
    if settings.is_demo:  # a trial follows the key of its own network
        environment.setdefault("NANBYO_PERMIT_KEY", str(settings.tls_dir / "network-permit.pub"))
    hands = [sys.executable, "-m", "systems", name, "--hands"]
    processes = [
        subprocess.Popen([sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(workers),
                          "--worker-class", "gthread", "--threads", "4", "--keep-alive", "30", "--timeout", "60",
                          "--log-level", "warning",
                          "--certfile", str(certificate), "--keyfile", str(key), "--ca-certs", str(authority),
                          "--cert-reqs", "1", "systems.wsgi:application"], cwd=ROOT, env=environment),
        subprocess.Popen(hands, cwd=ROOT, env=environment)]
    sys.stdout.write(f"{name}: https://localhost:{port}/\n")
    sys.stdout.flush()
    try:
        return _outlast(processes, lambda: subprocess.Popen(hands, cwd=ROOT, env=environment))
    except KeyboardInterrupt:
        return 0
    finally:
        for wish in WISHES:  # a terminal tells us and our parent does; once is enough
            signal.signal(wish, signal.SIG_IGN)
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


def _outlast(processes: list[subprocess.Popen[bytes]], new_hands: Callable[[], subprocess.Popen[bytes]]) -> int:
    """Until the web server ends, whose exit code is returned; hands that ended are replaced, for without them nothing is ever sent."""
    server, between = processes[0], Event()
    while server.poll() is None:
        between.wait(LOOK_SECONDS)
        if processes[1].poll() is not None:
            processes[1] = new_hands()
    return server.wait()


def _certificates(settings: Settings) -> None:
    """A trial makes what is missing; a city's own certificates are there already or the start is refused."""
    settings.tls_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not settings.is_demo:
        missing = [str(path) for path in files_of(settings.tls_dir, settings.name) if not path.exists()]
        if missing:
            sys.stderr.write("証明書がありません。次のファイルを置いてから、もう一度お試しください。\n" + "\n".join(missing) + "\n")
            raise SystemExit(4)
        return
    with (settings.tls_dir / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        make_missing(settings.tls_dir, (*NAMES, CORE))


def _leave(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
