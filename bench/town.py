"""システムの町: the neighbouring systems as real processes on free ports, with a trial's certificates; started, killed and spoken to."""

import json
import os
import signal
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from pathlib import Path
from socket import socket
from threading import Event
from typing import Final
from urllib.error import URLError

from sqlalchemy import make_url

from config import ROOT
from exchange.neighbours import FILE_PORTS, door_variable
from exchange.soap import Contract
from systems.frame.client import Peer
from systems.frame.settings import NAMES
from systems.frame.tls import files_of, make_missing

LOOK_AGAIN_SECONDS: Final = 0.05


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
                Event().wait(LOOK_AGAIN_SECONDS)  # what is starting needs the machine

    def health(self, name: str) -> dict[str, object] | None:
        """What /healthz says, None where nobody answers."""
        context = ssl.create_default_context(cafile=str(files_of(self.tls_dir, name)[2]))
        try:
            with urllib.request.urlopen(f"{self.address(name)}/healthz", timeout=5, context=context) as answer:
                return dict(json.load(answer))
        except (URLError, OSError):
            return None

    def kill(self, name: str, first: int | None = None, pause: float = 0.0) -> None:
        """kill -9 the system and what it started (*first* one of them, the others after a pause); then nobody listens at its address."""
        process = self._running.pop(name)
        family = family_of(process.pid)
        if first is not None:
            os.kill(first, signal.SIGKILL)
            Event().wait(pause)
        for each in family:  # the parent first: it would start a child anew
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        process.wait()
        while any(map(_is_alive, family)):
            pass

    def processes_of(self, name: str) -> list[int]:
        """Every process of the system, the one that started the others first."""
        return family_of(self._running[name].pid)

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


def _is_alive(number: int) -> bool:
    state = Path(f"/proc/{number}/stat")
    try:
        return state.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def family_of(parent: int) -> list[int]:
    """A process and all it started."""
    try:
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    except OSError:  # gone between two looks
        return []
    return [parent, *(each for child in children for each in family_of(int(child)))]
