"""SFTPの置き場: the city's drop as its operating system would run it: one key, one folder, nothing beside it.

``python sftp_drop.py FOLDER KEYS`` makes the keys of this run, serves FOLDER and prints the port.
"""

import asyncio
import sys
from pathlib import Path

import asyncssh


async def serve(folder: Path, keys: Path) -> None:
    """Until the process is stopped."""
    host, client = asyncssh.generate_private_key("ssh-ed25519"), asyncssh.generate_private_key("ssh-ed25519")
    client.write_private_key(keys / "client")
    (keys / "host.pub").write_bytes(host.export_public_key())
    (keys / "known").write_bytes(client.export_public_key())
    server = await asyncssh.listen(
        "127.0.0.1", 0, server_host_keys=[host], authorized_client_keys=str(keys / "known"),
        sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=bytes(folder)), allow_scp=False)
    print(server.get_port(), flush=True)  # noqa: T201  # a process of its own answers on its output
    await server.wait_closed()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), Path(sys.argv[2])))
