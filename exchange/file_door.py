"""ファイルの窓口: SFTP with our key and the known key of the other side; a set is laid down whole, its ``.end`` last.

Folders of a partner: ``in`` (what it sends), ``out`` (what waits for it), ``receipts`` (what it says of what it took).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncssh

IN, OUT, RECEIPTS = "in", "out", "receipts"
END, RECEIPT, UNFINISHED = ".end", ".rcp", ".tmp"
TAKEN, REFUSED = "taken", "refused"
SECONDS: Final = 20.0
HOST_KEY: Final = "platform-sftp.pub"
Act = Callable[[asyncssh.SFTPClient], Awaitable[None]]


class DoorClosed(Exception):
    """Nobody answered, or the other side is not the one we know; the name of the fault, nothing of a file."""


@dataclass(frozen=True)
class Door:
    """窓口: where it is, as whom we come, with which key, and by which key the other side is known."""

    host: str
    port: int
    username: str
    key: Path
    host_key: Path


@dataclass(frozen=True)
class Parcel:
    """一組: the file, what it holds and its manifest."""

    name: str
    content: bytes
    manifest: bytes


@dataclass(frozen=True)
class FileReceipt:
    """受領票: which file with which digest was taken or refused, and why."""

    file_name: str
    sha256: str
    outcome: str
    fault: str = ""


def key_files(folder: Path, name: str) -> tuple[Path, Path]:
    """Where *name* has the private key it comes with and that key's public line."""
    return folder / f"{name}-sftp.key", folder / f"{name}-sftp.pub"


def write_receipt(receipt: FileReceipt) -> bytes:
    """A receipt as a file of lines."""
    return (f"file={receipt.file_name}\nsha256={receipt.sha256}\noutcome={receipt.outcome}\nfault={receipt.fault}\n").encode()


def read_receipt(raw: bytes) -> FileReceipt | None:
    """What a receipt says; None for anything that is not one."""
    told = dict(line.split("=", 1) for line in raw.decode("utf-8", "replace").splitlines() if "=" in line)
    if told.get("outcome") not in (TAKEN, REFUSED) or not told.get("file") or len(told.get("sha256", "")) != 64:
        return None
    return FileReceipt(told["file"], told["sha256"], told["outcome"], told.get("fault", "")[:60])


def lay_down(door: Door, folder: str, files: Sequence[tuple[str, bytes]]) -> None:
    """Put *files* there in this order, each under an unfinished name first; DoorClosed."""
    _through(door, lambda there: _put(there, folder, files))


def fetch(door: Door) -> list[Parcel]:
    """What waits for us, complete sets only, in the order of their names; DoorClosed."""
    found: list[Parcel] = []
    _through(door, lambda there: _get(there, found))
    return found


def _through(door: Door, act: Act) -> None:
    try:
        with ThreadPoolExecutor(1) as apart:  # whoever asks may have a loop of its own running
            apart.submit(lambda: asyncio.run(asyncio.wait_for(_with(door, act), SECONDS))).result()
    except (OSError, asyncssh.Error, TimeoutError) as closed:
        raise DoorClosed(type(closed).__name__) from closed


async def _with(door: Door, act: Act) -> None:
    known = asyncssh.import_known_hosts(f"[{door.host}]:{door.port} {door.host_key.read_text().strip()}\n")
    async with asyncssh.connect(door.host, door.port, username=door.username, client_keys=[str(door.key)], known_hosts=known,
                                config=None, agent_path=None) as line, line.start_sftp_client() as there:
        await act(there)


async def _put(there: asyncssh.SFTPClient, folder: str, files: Sequence[tuple[str, bytes]]) -> None:
    for name, content in files:
        unfinished, final = f"{folder}/{name}{UNFINISHED}", f"{folder}/{name}"
        async with there.open(unfinished, "wb") as file:
            await file.write(content)
        await there.posix_rename(unfinished, final)


async def _get(there: asyncssh.SFTPClient, found: list[Parcel]) -> None:
    names = {str(name) for name in await there.listdir(OUT)}
    for end in sorted(name for name in names if name.endswith(END)):
        name = next((each for each in names if each == end.removesuffix(END) + ".csv"), None)
        if name is not None:
            found.append(Parcel(name, await _read(there, f"{OUT}/{name}"), await _read(there, f"{OUT}/{end}")))


async def _read(there: asyncssh.SFTPClient, path: str) -> bytes:
    async with there.open(path, "rb") as file:
        content = await file.read()
    return content if isinstance(content, bytes) else content.encode()
