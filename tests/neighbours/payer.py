"""審査支払機関: writes receipts and leaves them at the city's drop by SFTP, under a working name until they are whole.

``python payer.py PORT KEYS NAME=KIND …``: KIND is ``good``, one of the faults of ``uke.BROKEN``, or ``unfinished``.
"""

import asyncio
import sys
from pathlib import Path

import asyncssh
from uke import BROKEN, GOOD


async def drop(port: int, keys: Path, sets: dict[str, str]) -> None:
    """Put every set; the line of an ``unfinished`` one goes dead before its last name."""
    host = asyncssh.import_public_key((keys / "host.pub").read_bytes())
    async with asyncssh.connect("127.0.0.1", port, username="payer", client_keys=[str(keys / "client")], config=[],
                                known_hosts=([host], [], [])) as line, line.start_sftp_client() as sftp:
        for name, kind in sets.items():
            raw = BROKEN[kind](GOOD) if kind in BROKEN else GOOD
            async with sftp.open(f"{name}.tmp", "wb") as file:
                await file.write(raw if kind != "unfinished" else raw[:200])
            if kind != "unfinished":
                await sftp.rename(f"{name}.tmp", name)


if __name__ == "__main__":
    asyncio.run(drop(int(sys.argv[1]), Path(sys.argv[2]), dict(each.split("=") for each in sys.argv[3:])))
