"""システムを動かす: real processes on free ports, with a trial's certificates, for tests of several together."""

import json
import os
import signal
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from socket import socket
from threading import Event
from time import monotonic
from typing import Final
from urllib.error import URLError

from sqlalchemy import make_url

from config import ROOT
from exchange.neighbours import FILE_PORTS, door_variable
from exchange.soap import Contract
from systems.frame.client import Peer
from systems.frame.settings import NAMES
from systems.frame.tls import files_of, make_missing

PATIENCE_SECONDS: Final = 60.0
LOOK_AGAIN_SECONDS: Final = 0.02


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on now."""
    probes = [socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


class Town:
    """Some systems as processes on one database; ``peer`` speaks to one of them under another's certificate."""

    def __init__(self, database_url: str, folder: Path, ports: Mapping[str, int]) -> None:
        self.folder, self.ports = folder, dict(ports)
        self.tls_dir = folder / "systems" / "tls"
        make_missing(self.tls_dir, (*NAMES, "core"))
        self.environment = {
            **os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "NANBYO_DEMO": "1",
            "NANBYO_DATA_DIR": str(folder), "DATABASE_URL": make_url(database_url).set(
                drivername="postgresql").render_as_string(hide_password=False),
            **{f"NANBYO_{name.upper()}_URL": self.address(name) for name in ports},
            **{door_variable(kind): f"localhost:{port}" for kind, port in zip(FILE_PORTS, free_ports(len(FILE_PORTS)), strict=True)}}
        self.workers = 2  # of each web server
        self.complaints: Path | None = None  # where the systems' error output goes; the run's own where nobody asks
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def address(self, name: str) -> str:
        return f"https://localhost:{self.ports[name]}"

    def start(self, *names: str) -> None:
        """Start systems and wait until each is well."""
        for name in names:
            with nullcontext(None) if self.complaints is None else self.complaints.open("ab") as complaints:
                self._running[name] = subprocess.Popen(
                    [sys.executable, "-m", "systems", name, "--port", str(self.ports[name]), "--workers", str(self.workers)],
                    cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL, stderr=complaints)
        for name in names:
            while self.health(name) is None:
                if self._running[name].poll() is not None:
                    raise RuntimeError(f"{name} did not start")

    def health(self, name: str) -> dict[str, object] | None:
        """What /healthz says, None where nobody answers."""
        context = ssl.create_default_context(cafile=str(files_of(self.tls_dir, name)[2]))
        try:
            with urllib.request.urlopen(f"{self.address(name)}/healthz", timeout=5, context=context) as answer:
                return dict(json.load(answer))
        except (URLError, OSError):
            return None

    def kill(self, name: str) -> None:
        """kill -9 the system and what it started; afterwards nobody listens at its address."""
        process = self._running.pop(name)
        family = _family(process.pid)
        for each in family:  # the parent first: it would start a child anew
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        process.wait()
        while any(map(_is_alive, family)):
            pass

    def stop(self) -> None:
        """Stop everything, kindly."""
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            process.wait()
        self._running.clear()

    def peer(self, contract: str, system: str, caller: str) -> Peer:
        """A client of *system* that shows the certificate of *caller*."""
        return Peer(Contract(contract), self.address(system), self.tls_dir, caller, seconds=10)


def until(find: Callable[[], object]) -> object:
    """What *find* returns once it is something; fails when a minute has brought nothing."""
    ends, between = monotonic() + PATIENCE_SECONDS, Event()
    while not (found := find()):
        if monotonic() > ends:
            raise AssertionError("it never came")
        between.wait(LOOK_AGAIN_SECONDS)  # the processes looked at need the machine
    return found


def _is_alive(number: int) -> bool:
    state = Path(f"/proc/{number}/stat")
    try:
        return state.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def _family(parent: int) -> list[int]:
    """A process and all it started."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [parent, *(each for child in children for each in _family(int(child)))]


@contextmanager
def town(database_url: str, folder: Path) -> Iterator[Town]:
    """All systems' addresses and certificates; nothing runs until ``start``."""
    made = Town(database_url, folder, dict(zip(NAMES, free_ports(len(NAMES)), strict=True)))
    try:
        yield made
    finally:
        made.stop()
