"""IPP: a document handed to a printer and its state asked for (RFC 8010 encoding, RFC 8011 operations), over HTTP or TLS."""

import ssl
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

VERSION: Final = b"\x01\x01"
PRINT_JOB, CANCEL_JOB, GET_JOB_ATTRIBUTES = 0x0002, 0x0008, 0x0009
OPERATION, JOB, END = 0x01, 0x02, 0x03
INTEGER, ENUM, NAME, KEYWORD, URI, CHARSET, LANGUAGE, MEDIA = 0x21, 0x23, 0x42, 0x44, 0x45, 0x47, 0x48, 0x49
NUMBERS: Final = (INTEGER, ENUM)
NOT_FOUND: Final = 0x0406
STATES: Final = {3: "pending", 4: "held", 5: "processing", 6: "stopped", 7: "canceled", 8: "aborted", 9: "completed"}
PORT: Final = 631
SECONDS: Final = 30.0
PIECE: Final = 64 * 1024
LONGEST_ANSWER: Final = 256 * 1024
Attribute = tuple[int, str, str | int]


class PrinterAway(Exception):
    """Nobody listens there: the document was certainly not handed over."""


class PrinterUnclear(Exception):
    """The printer was reached and gave no usable answer: whether it prints is not known."""


class PrinterRefused(Exception):
    """The printer said no; *status* as RFC 8011 numbers it."""

    def __init__(self, status: int) -> None:
        super().__init__(f"0x{status:04X}")
        self.status = status


@dataclass(frozen=True)
class JobState:
    """印刷の状態 at the printer: its number there, and pending, held, processing, stopped, canceled, aborted or completed."""

    number: int
    state: str


def print_job(address: str, document: bytes, name: str, user: str, copies: int = 1, media: str = "application/pdf",
              trust: ssl.SSLContext | None = None) -> JobState:
    """印刷する: the printer has the document; PrinterAway, PrinterUnclear, PrinterRefused."""
    return _job(_ask(address, PRINT_JOB, [(NAME, "requesting-user-name", user), (NAME, "job-name", name),
                                          (MEDIA, "document-format", media)], [(INTEGER, "copies", copies)], document, trust))


def job_state(address: str, number: int, user: str, trust: ssl.SSLContext | None = None) -> JobState:
    """状態をきく; the same exceptions, PrinterRefused(NOT_FOUND) where the printer knows it no more."""
    return _job(_ask(address, GET_JOB_ATTRIBUTES, [(INTEGER, "job-id", number), (NAME, "requesting-user-name", user),
                                                   (KEYWORD, "requested-attributes", "all")], [], b"", trust), number)


def cancel_job(address: str, number: int, user: str, trust: ssl.SSLContext | None = None) -> None:
    """取り消す at the printer, as far as it still can; the same exceptions."""
    _ask(address, CANCEL_JOB, [(INTEGER, "job-id", number), (NAME, "requesting-user-name", user)], [], b"", trust)


def encoded(operation: int, address: str, attributes: list[Attribute], job: list[Attribute]) -> bytes:
    """The request without its document."""
    head = [(CHARSET, "attributes-charset", "utf-8"), (LANGUAGE, "attributes-natural-language", "ja"), (URI, "printer-uri", address)]
    groups = bytes([OPERATION]) + b"".join(map(_attribute, [*head, *attributes]))
    if job:
        groups += bytes([JOB]) + b"".join(map(_attribute, job))
    return VERSION + struct.pack(">HI", operation, 1) + groups + bytes([END])


def decoded(raw: bytes) -> tuple[int, dict[str, str | int]]:
    """Status and attributes of an answer, the first value of each; PrinterUnclear where it is none."""
    try:
        (status,), at, found = struct.unpack_from(">H", raw, 2), 8, dict[str, str | int]()
        while (tag := raw[at]) != END:
            at += 1
            if tag < 0x10:
                continue  # a new group
            (length,) = struct.unpack_from(">H", raw, at)
            name, at = raw[at + 2:at + 2 + length].decode("ascii"), at + 2 + length
            (length,) = struct.unpack_from(">H", raw, at)
            value, at = raw[at + 2:at + 2 + length], at + 2 + length
            if name:
                found.setdefault(name, struct.unpack(">i", value)[0] if tag in NUMBERS else value.decode("utf-8", "replace"))
    except (struct.error, IndexError, UnicodeDecodeError) as broken:
        raise PrinterUnclear("answer") from broken
    return status, found


def _attribute(attribute: Attribute) -> bytes:
    tag, name, value = attribute
    raw = struct.pack(">i", value) if isinstance(value, int) else value.encode()
    return bytes([tag]) + struct.pack(">H", len(name)) + name.encode("ascii") + struct.pack(">H", len(raw)) + raw


def _ask(address: str, operation: int, attributes: list[Attribute], job: list[Attribute], document: bytes,
         trust: ssl.SSLContext | None) -> dict[str, str | int]:
    connection = _reached(address, trust)
    try:
        # In chunks, as printers expect of a client that streams (RFC 8010, 4); some know no other end of a document.
        connection.request("POST", urlsplit(address).path or "/", _pieces(encoded(operation, address, attributes, job) + document),
                           {"Content-Type": "application/ipp", "Transfer-Encoding": "chunked"}, encode_chunked=True)
        answer = connection.getresponse()
        if answer.status != 200:
            raise PrinterUnclear(f"HTTP {answer.status}")
        status, found = decoded(answer.read(LONGEST_ANSWER))
    except (OSError, HTTPException) as broken:
        raise PrinterUnclear(type(broken).__name__) from broken
    finally:
        connection.close()
    if status >= 0x0100:
        raise PrinterRefused(status)
    return found


def _pieces(raw: bytes) -> Iterator[bytes]:
    return (raw[at:at + PIECE] for at in range(0, len(raw), PIECE))


def _reached(address: str, trust: ssl.SSLContext | None) -> HTTPConnection:
    """A connection that stands, nothing sent yet; PrinterAway."""
    place = urlsplit(address)
    host, port = place.hostname or "", place.port or PORT
    connection = (HTTPSConnection(host, port, timeout=SECONDS, context=trust or ssl.create_default_context())
                  if place.scheme == "ipps" else HTTPConnection(host, port, timeout=SECONDS))
    try:
        connection.connect()
    except OSError as away:
        raise PrinterAway(type(away).__name__) from away
    return connection


def _job(found: dict[str, str | int], number: int = 0) -> JobState:
    known, state = found.get("job-id", number), STATES.get(int(found.get("job-state", 0)))
    if not isinstance(known, int) or state is None:
        raise PrinterUnclear("job")
    return JobState(known, state)
