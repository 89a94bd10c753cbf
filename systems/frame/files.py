"""ファイルの置き方: a file is whole under its name, or not there, whoever of several processes comes first."""

import os
from contextlib import suppress
from pathlib import Path


def lay_down(path: Path, content: bytes, mode: int, *, replaces: bool = True) -> None:
    """*content* lies at *path*; what lay there first stays where *replaces* is off."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(content)
    if replaces:
        unfinished.rename(path)
        return
    try:
        with suppress(FileExistsError):
            os.link(unfinished, path)
    finally:
        unfinished.unlink()
