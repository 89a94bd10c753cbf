"""手を出す者: the process with everything in its memory that forks one hand after the other, and what its hands say."""

import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from time import monotonic
from types import TracebackType

from bench.fault_hands import GONE
from config import ROOT

PATIENCE = 60.0


class Crew:
    """手の組: hands of one kind of work on one database; one at a time."""

    def __init__(self, url: str, kind: str, clock: str, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.fault_hands", url, kind, clock], cwd=ROOT, text=True, bufsize=1, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT), **environment})
        self._heard: queue.Queue[str] = queue.Queue()
        self._is_gone = False
        self._ear = threading.Thread(target=self._hear)
        self._ear.start()

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, where: TracebackType | None) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        try:
            self.process.wait(PATIENCE if kind is None else 1)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._ear.join(1)
        self.process.stdout.close()

    def begin(self, number: int, folder: Path) -> int:
        """A new hand begins; its process."""
        assert self.process.stdin
        self._is_gone = False
        self.process.stdin.write(f"{number} {folder}\n")
        self.process.stdin.flush()
        return int(self._heard.get(timeout=PATIENCE))

    def listen(self, until: str) -> list[str]:
        """What the hand says up to the first line that begins with *until*; less where it ends before."""
        told: list[str] = []
        while not self._is_gone and not (told and told[-1].startswith(until)):
            told += self._next(PATIENCE)
        return told

    def ends_within(self, seconds: float) -> bool:
        """Whether the hand gives up by itself in this time; what it says meanwhile waits to be listened to."""
        begun, waits = monotonic(), list[str]()
        while not self._is_gone and monotonic() - begun < seconds:
            waits += self._next(0.1)
        for line in waits:
            self._heard.put(line)
        return self._is_gone

    def listen_to_the_end(self) -> list[str]:
        """Everything it said before it was gone."""
        told: list[str] = []
        while not self._is_gone:
            told += self._next(PATIENCE)
        while not self._heard.empty():
            told.append(self._heard.get())
        return told

    def _next(self, seconds: float) -> list[str]:
        try:
            line = self._heard.get(timeout=seconds)
        except queue.Empty:
            if seconds >= PATIENCE:
                raise TimeoutError("a hand neither works nor ends") from None
            return []
        self._is_gone = line == GONE
        return [] if self._is_gone else [line]

    def _hear(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._heard.put(line.rstrip("\n"))
