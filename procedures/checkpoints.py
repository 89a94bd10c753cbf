"""封印の控え: signed checkpoints in files outside the database, a file a month, only ever added to."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from exchange.journal_proof import checkpoint_of, lines_outside

KEY_NAME = "seal.pub"


@dataclass(frozen=True)
class Checkpoints:
    """控えの場所: the folder of one journal's checkpoints."""

    folder: Path

    def lines(self) -> list[bytes]:
        """Every checkpoint kept here, the oldest first."""
        return lines_outside(self.folder) if self.folder.is_dir() else []

    def last(self) -> bytes | None:
        """The newest checkpoint kept here."""
        for path in sorted(self.folder.glob("checkpoints-*.jsonl"), reverse=True):
            whole = [line for line in _end_of(path, 20_000).split(b"\n") if line.startswith(b'{"checkpoint"')
                     and line.endswith(b'"}')]
            if whole:
                return whole[-1]
        return None

    def add(self, lines: Sequence[bytes]) -> None:
        """控える: *lines* are on the disk when this returns; a line half written before them stays apart."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o755)
        months: dict[str, list[bytes]] = {}
        for line in lines:
            months.setdefault(checkpoint_of(line)[0]["time"][:7], []).append(line)
        for month, written in months.items():
            path = self.folder / f"checkpoints-{month}.jsonl"
            is_torn = _end_of(path, 1) not in (b"", b"\n")
            with path.open("ab") as file:
                file.write(b"".join((b"\n" if is_torn else b"", *(line + b"\n" for line in written))))
                file.flush()
                os.fsync(file.fileno())

    def publish_key(self, public: bytes) -> None:
        """公開鍵を置く: what an auditor verifies with lies beside the checkpoints."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o755)
        path = self.folder / KEY_NAME
        if not path.exists() or path.read_text() != public.hex():
            path.write_text(public.hex())


def _end_of(path: Path, most: int) -> bytes:
    if not path.exists():
        return b""
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - most, 0))
        return file.read()
