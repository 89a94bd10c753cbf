"""小さなディスク: a disk of memory that can be filled to the last byte and emptied again; needs the right to mount."""

import errno
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

MEGABYTES: Final = 600
_BLOCK: Final = 1 << 20


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """A disk of its own at *folder*, gone afterwards; False where this machine lets us mount nothing, and the folder is on the large one."""
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder)], capture_output=True, check=False)
    try:
        yield done.returncode == 0
    finally:
        if done.returncode == 0:
            subprocess.run(["umount", "-l", str(folder)], capture_output=True, check=False)


def fill(folder: Path) -> Path:
    """Write until nothing more fits; the file to take away again."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for block in (_BLOCK, 4096):
            try:
                while True:
                    file.write(bytes(block))
            except OSError as full:
                if full.errno != errno.ENOSPC:
                    raise
    return ballast
