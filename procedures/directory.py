"""全庁ディレクトリ: the city's LDAP as the first factor; a password is shown to it over TLS and kept nowhere."""

import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from exchange.directory_messages import (
    Answer,
    NotAMessage,
    bind_request,
    length_of,
    read_answer,
    search_request,
    start_tls_request,
)
from procedures.refusal import Refused

PATIENCE: Final = 5.0  # seconds for each answer; the person waits for it
_FOUND: Final = (0, 4)  # success; more than the two asked for
_LATER: Final = (51, 52)  # busy, unavailable: says nothing about the password


class DirectoryAway(Refused):
    """The directory does not answer; nobody's password was judged by it."""

    message = "全庁の共通認証に接続できません。しばらく待ってからもう一度試し、続くときは情報システムの担当に連絡してください。"


@dataclass(frozen=True)
class Directory:
    """ディレクトリの設定: where it is, as whom names are looked up in it, and under which name a person is found."""

    host: str
    port: int
    base: str
    attribute: str = "uid"
    reader: str = ""  # the entry as which names are looked up; empty: anybody may
    reader_password: str = ""
    security: str = "tls"  # tls | start_tls | none (this machine only)
    authorities: Path | None = None  # PEM of who vouches for the directory; None: the system's

    def accepts(self, username: str, password: str) -> bool:
        """合っているか: whether the directory knows exactly one such person and this is her password; DirectoryAway."""
        if not username or not password:
            return False
        try:
            with _Conversation(self) as talk:
                if self.reader and talk.bind(self.reader, self.reader_password) != 0:
                    raise DirectoryAway
                name = talk.only_name(self.base, self.attribute, username)
                code = talk.bind(name, password) if name else None
        except (OSError, NotAMessage) as silent:
            raise DirectoryAway from silent
        if code in _LATER:
            raise DirectoryAway
        return code == 0


class _Conversation:
    """One connection: each request is numbered and waits for its answer."""

    def __init__(self, to: Directory) -> None:
        self.to, self.number = to, 0

    def __enter__(self) -> "_Conversation":
        plain = socket.create_connection((self.to.host, self.to.port), timeout=PATIENCE)
        try:
            self.wire = plain if self.to.security != "tls" else self._safe(plain)
            if self.to.security == "start_tls":
                if self._ask(start_tls_request(self._next()))[-1].code != 0:
                    raise DirectoryAway
                self.wire = self._safe(plain)
        except BaseException:
            plain.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.wire.close()

    def bind(self, name: str, password: str) -> int | None:
        """The directory's code: 0 where the password is that of *name*."""
        return self._ask(bind_request(self._next(), name, password))[-1].code

    def only_name(self, base: str, attribute: str, value: str) -> str:
        """The name of the one entry; empty where there is none, or more than one."""
        answers = self._ask(search_request(self._next(), base, attribute, value))
        if answers[-1].code not in _FOUND:
            raise DirectoryAway
        names = [each.name for each in answers if each.kind == "searchResEntry"]
        return names[0] if len(names) == 1 else ""

    def _safe(self, plain: socket.socket) -> ssl.SSLSocket:
        authorities = str(self.to.authorities) if self.to.authorities else None
        return ssl.create_default_context(cafile=authorities).wrap_socket(plain, server_hostname=self.to.host)

    def _next(self) -> int:
        self.number += 1
        return self.number

    def _ask(self, request: bytes) -> list[Answer]:
        """Every answer to the request, the last of which ends it."""
        self.wire.sendall(request)
        answers = [self._answer()]
        while answers[-1].code is None:
            if len(answers) > 100:
                raise NotAMessage("no end")
            answers.append(self._answer())
        return answers

    def _answer(self) -> Answer:
        data = b""
        while (length := length_of(data)) is None:
            data += self._read(1)
        return read_answer(data + self._read(length - len(data)), self.number)

    def _read(self, length: int) -> bytes:
        data = b""
        while len(data) < length:
            more = self.wire.recv(length - len(data))
            if not more:
                raise NotAMessage("broken off")
            data += more
        return data
