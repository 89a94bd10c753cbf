"""聞き手: between each pair of systems a relay that ends TLS on both sides, comes as whoever called it, and keeps every byte."""

import asyncio
import re
import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Final

from exchange.integrated_number import holds_individual_number
from systems.frame.tls import files_of
from tests.canary import is_in
from tests.systems.processes import free_ports

AT_ONCE: Final = 65_536
REQUESTS: Final = re.compile(rb"(?=(?:POST|GET) /\S* HTTP/1\.1\r\n)")
KEYS_AND_DIGESTS: Final = re.compile(rb"(?<![0-9A-Za-z])[0-9A-Fa-f]{32,}(?![0-9A-Za-z])")  # random: twelve digits in a row stand in some
OPERATION: Final = re.compile(rb"[<:](\w+)Request[ />]")


@dataclass
class Line:
    """一本の接続: who called whom, and what each of them said."""

    caller: str
    system: str
    said: bytearray = field(default_factory=bytearray)
    answered: bytearray = field(default_factory=bytearray)

    @property
    def requests(self) -> list[tuple[str, bytes]]:
        """Each request with the operation it names."""
        return [(found[1].decode() if (found := OPERATION.search(each)) else "", each)
                for each in REQUESTS.split(bytes(self.said)) if each]


class Relays:
    """One open port for each system, and every line that ran through it."""

    def __init__(self, tls_dir: Path, behind: Mapping[str, int]) -> None:
        self._tls_dir, self._behind = tls_dir, behind
        self.ports = dict(zip(behind, free_ports(len(behind)), strict=True))
        self.lines: list[Line] = []
        self._servers: list[asyncio.Server] = []
        self._ends: list[asyncio.StreamWriter] = []
        self._carried: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()

    def address(self, system: str) -> str:
        return f"https://localhost:{self.ports[system]}"

    async def open(self) -> None:
        for system, port in self.ports.items():
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            certificate, key, authority = files_of(self._tls_dir, system)
            context.load_cert_chain(certificate, key)
            context.load_verify_locations(authority)
            context.verify_mode = ssl.CERT_REQUIRED
            self._servers.append(await asyncio.start_server(
                lambda *ends, to=system: self._carry(to, *ends), "127.0.0.1", port, ssl=context))

    async def _carry(self, system: str, heard: asyncio.StreamReader, told: asyncio.StreamWriter) -> None:
        subject = told.get_extra_info("peercert")["subject"]
        line = Line(next(value for part in subject for key, value in part if key == "commonName"), system)
        self.lines.append(line)
        self._carried.add(asyncio.current_task())
        self._ends.append(told)
        certificate, key, authority = files_of(self._tls_dir, line.caller)
        context = ssl.create_default_context(cafile=str(authority))
        context.load_cert_chain(certificate, key)
        with suppress(OSError):  # nobody behind us: the caller finds the line closed
            there, back = await asyncio.open_connection("localhost", self._behind[system], ssl=context)
            self._ends.append(back)
            await asyncio.gather(_pass_on(heard, back, line.said), _pass_on(there, told, line.answered))
        told.close()

    @contextmanager
    def at_work(self) -> Iterator["Relays"]:
        """Inside, the ports are open."""
        worker = Thread(target=self._loop.run_forever, daemon=True)  # this thread may have a loop of its own running
        worker.start()
        asyncio.run_coroutine_threadsafe(self.open(), self._loop).result()
        try:
            yield self
        finally:
            asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            worker.join()
            self._loop.close()

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        for end in self._ends:
            end.transport.abort()
        await asyncio.gather(*self._carried)


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter, kept: bytearray) -> None:
    """Every byte is kept before it goes on; the end of one side is the end of the line."""
    with suppress(OSError):
        while chunk := await source.read(AT_ONCE):
            kept += chunk
            target.write(chunk)
            await target.drain()
    target.close()


def hops(lines: Iterable[Line]) -> set[tuple[str, str]]:
    """Who called whom."""
    return {(each.caller, each.system) for each in lines if each.said}


def carries_a_number(raw: bytes) -> bool:
    """Whether twelve digits that pass the check of a 個人番号 stand in these bytes, or one that the walk typed, in any spelling."""
    return is_in(raw) or holds_individual_number(KEYS_AND_DIGESTS.sub(b"", raw).decode("utf-8", "replace"))
