"""隣の過程: servers that tests start beside themselves on this machine, each on a port of its own."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from socket import create_connection, socket

from config import ROOT, Settings
from tests.templates import TODAY


def free_ports(count: int = 1) -> list[int]:
    """Ports that nobody listens on."""
    probes = [socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def until_it_listens(port: int, server: "subprocess.Popen[bytes]") -> None:
    """Returns when the port answers; RuntimeError where the server ended instead."""
    while server.poll() is None:
        try:
            create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            continue
        return
    raise RuntimeError("the server did not start")


@contextmanager
def beside(words: list[str], *ports: int, **more: object) -> Iterator[None]:
    """The process *words* runs as long as the block, and answers at *ports*."""
    server = subprocess.Popen(words, **more)
    try:
        for port in ports:
            until_it_listens(port, server)
        yield
    finally:
        server.terminate()
        server.wait()


@contextmanager
def served(settings: Settings, port: int, **more: str) -> Iterator[None]:
    """The application, served as in production, on this run's database."""
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "DATABASE_URL": str(settings.database_url),
                   "NANBYO_DATA_DIR": str(settings.data_dir), "NANBYO_TODAY": TODAY.isoformat(),
                   "PYTHONDONTWRITEBYTECODE": "1", **more}
    with beside([sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--log-level", "error",
                 "app.wsgi:application"], port, cwd=ROOT, env=environment):
        yield
