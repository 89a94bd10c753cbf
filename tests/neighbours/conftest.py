"""隣人の起動: neighbours are processes of their own, on this machine's loopback, and stop with their test."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture
def serve() -> Iterator[Callable[..., int]]:
    """``serve("ftps_drop", …)`` → the port on which that neighbour listens."""
    running: list[subprocess.Popen[str]] = []

    def start(name: str, *words: object) -> int:
        process = subprocess.Popen([sys.executable, str(HERE / f"{name}.py"), *map(str, words)], stdout=subprocess.PIPE, text=True)
        running.append(process)
        assert process.stdout is not None
        return int(process.stdout.readline())

    yield start
    for process in running:
        process.terminate()
        process.wait(10)
        assert process.stdout is not None
        process.stdout.close()


@pytest.fixture
def visit() -> Callable[..., str]:
    """``visit("bank", …)`` → what that neighbour printed; it must end well."""
    def call(name: str, *words: object) -> str:
        done = subprocess.run([sys.executable, str(HERE / f"{name}.py"), *map(str, words)], capture_output=True, text=True,
                              timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout
    return call


@pytest.fixture
def exchange(tmp_path: Path) -> Path:
    """The folders carriers reach, with a place for the keys of this run beside them."""
    for name in ("exchange/to_bank", "exchange/from_bank", "exchange/from_payer", "keys"):
        (tmp_path / name).mkdir(parents=True)
    return tmp_path / "exchange"
