"""起動: two starts at once do no harm, Ctrl-C leaves nothing running, and what is missing is named with its remedy."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from socket import socket
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from app.commands.run import run
from app.commands.setup import migrate
from config import ROOT, Settings, UnreadableSetting
from tests.systems.processes import until

NOWHERE = "postgresql://localhost:1/nowhere"


@contextmanager
def taken() -> Iterator[int]:
    """A number of this machine at which somebody listens."""
    with socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def free() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@contextmanager
def started(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """A start under way; ended at the latest with the test."""
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "NANBYO_DATA_DIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    with (folder / f"{port}.log").open("w") as log, subprocess.Popen(
            [sys.executable, "-m", "app.commands", "run", "--no-demo", "--workers", "1", "--port", str(port)],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)


def is_ready(port: int) -> bool:
    """Whether everything is there: the worker and the sealer come after the screens."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
            return bool(answer.status == 200)
    except HTTPError:
        return False


def is_alive(pid: int) -> bool:
    """Whether a process still runs; one that has ended and waits to be collected does not."""
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_two_starts_at_once_serve_one_database_and_ctrl_c_leaves_nothing(tmp_path):
    ports = free(), free()
    with started(tmp_path, ports[0]) as one, started(tmp_path, ports[1]) as other:
        for process, port in ((one, ports[0]), (other, ports[1])):
            assert process.stdout
            said = process.stdout.readline()
            assert said == f"http://localhost:{port}/\n", (tmp_path / f"{port}.log").read_text()
            assert until(lambda port=port: is_ready(port))
        server = int((tmp_path / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        begun = [server, *children(one.pid), *children(other.pid)]
        one.send_signal(signal.SIGINT)
        one.wait()
        assert is_alive(server) and is_ready(ports[1])
    assert [pid for pid in begun if is_alive(pid)] == []


def test_a_number_that_is_taken_is_named_and_another_is_offered():
    with taken() as port:
        answer = CliRunner().invoke(run, ["--port", str(port)])
    assert answer.exit_code == 4 and f"--port {port + 1}" in answer.output


def test_a_database_that_does_not_answer_is_said_in_one_sentence(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", NOWHERE)
    for command in (run, migrate):
        answer = CliRunner().invoke(command, ["--port", str(free())] if command is run else [])
        assert answer.exit_code == 4 and "DATABASE_URL" in answer.stderr


def test_a_setting_that_cannot_be_read_is_named(monkeypatch):
    monkeypatch.setenv("NANBYO_TODAY", "きのう")
    with pytest.raises(UnreadableSetting, match="NANBYO_TODAY"):
        Settings.from_environment()


@pytest.fixture
def launcher():
    """The launcher itself, read without being run."""
    loader = SourceFileLoader("launcher", str(ROOT / "nanbyo"))
    spec = spec_from_loader("launcher", loader)
    assert spec
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_who_may_not_install_packages_is_told_the_one_line(launcher, monkeypatch, capsys):
    monkeypatch.setattr(launcher, "present", lambda probe: probe != "font:ipamjm")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit) as stopped:
        launcher.install_packages(tests=True)
    assert stopped.value.code == 4
    assert "sudo apt-get install -y --no-install-recommends fonts-ipamj-mincho\n" in capsys.readouterr().err


def test_what_a_fresh_machine_lacks_is_seen_by_its_files(launcher, monkeypatch, tmp_path):
    monkeypatch.setattr(launcher, "FONT_FOLDERS", (tmp_path,))
    (tmp_path / "ipamjm.ttf").touch()
    monkeypatch.setattr(launcher.shutil, "which", lambda name, path: None)
    assert launcher.present("font:ipamjm") and not launcher.present("font:BIZUD")
    assert {"chromium-headless-shell", "poppler-utils"} <= set(launcher.missing_packages(tests=True))
    assert "chromium-headless-shell" not in launcher.missing_packages(tests=False)
