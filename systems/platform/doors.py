"""② ファイルの窓口: SFTP by key and FTPS by password over TLS; each partner sees its own folders and may do there what is its part."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final, NoReturn

import asyncssh
from pyftpdlib.authorizers import AuthenticationFailed, DummyAuthorizer
from pyftpdlib.handlers import TLS_FTPHandler
from pyftpdlib.servers import FTPServer
from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash

from exchange.file_door import IN, OUT, RECEIPTS
from exchange.neighbours import file_door, files_of
from systems.frame.hands import call
from systems.frame.screens import note
from systems.frame.settings import Settings
from systems.platform.partners import folders_of, host_key
from systems.platform.share import SHARE, share_server
from systems.platform.tables import COMMON, SCHEMA, Partner

WRITABLE: Final = (IN, RECEIPTS)
READ_FLAGS: Final = asyncssh.FXF_READ
TRY_AGAIN_SECONDS: Final = 2.0
log = logging.getLogger("nanbyo.systems")
logging.getLogger("pyftpdlib").addHandler(logging.NullHandler())  # else it writes every transfer out by itself; ours is the record


def open_doors(engine: Engine, settings: Settings) -> None:
    """All doors are open beside the caller until the process ends; one that cannot open tries again."""
    for begin in (lambda: asyncio.run(_serve_sftp(engine, settings)), lambda: ftps_server(engine, settings).serve_forever(),
                  lambda: share_server(engine, settings, settings.data_dir / SHARE).start()):
        Thread(target=_for_ever, args=(begin,), daemon=True).start()


def _for_ever(begin: Callable[[], None]) -> NoReturn:
    between = Event()
    while True:
        try:
            begin()
        except (OSError, SQLAlchemyError) as closed:
            log.error("file door: %s", type(closed).__name__)
        between.wait(TRY_AGAIN_SECONDS)


def partner_of(engine: Engine, name: str) -> Partner | None:
    """The partner of that name who may come in."""
    with Session(engine, expire_on_commit=False) as session:
        return session.scalars(select(Partner).where(Partner.name == name, Partner.is_active)).one_or_none()


def wrote_down(engine: Engine, who: str, act: str, subject: str = "", outcome: str = "ok", *, wakes: bool = False) -> None:
    """One line of the record; *wakes*: the hands look at once."""
    with Session(engine) as session:
        note(session, COMMON, who[:40], act, subject[:200], outcome)
        if wakes:
            call(session, SCHEMA)
        session.commit()


async def _serve_sftp(engine: Engine, settings: Settings) -> None:
    _, port = file_door("sftp")
    server = await asyncssh.listen(
        "127.0.0.1", port, server_host_keys=[str(host_key(settings))], server_factory=lambda: Doorkeeper(engine),
        sftp_factory=lambda channel: Folders(channel, engine, settings), allow_scp=False, reuse_address=True,
        agent_forwarding=False, x11_forwarding=False)
    async with server:
        await server.wait_closed()


class Doorkeeper(asyncssh.SSHServer):
    """門番: lets in whose key is written down; no password, no shell, no forwarding."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin_auth(self, username: str) -> bool:
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        known = partner_of(self._engine, username)
        return bool(known and known.ssh_key and asyncssh.import_public_key(known.ssh_key) == key)


class Folders(asyncssh.SFTPServer):
    """A partner's own folders: ``in`` and ``receipts`` are written, ``out`` is read, nothing else is there."""

    def __init__(self, channel: asyncssh.SSHServerChannel[Any], engine: Engine, settings: Settings) -> None:
        self._engine, self._who = engine, str(channel.get_extra_info("username"))
        super().__init__(channel, chroot=str(folders_of(settings, self._who)).encode())
        wrote_down(engine, self._who, "sftp login")

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        if pflags & ~READ_FLAGS:
            self._demand(path)
        return super().open(path, pflags, attrs)

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        self.posix_rename(oldpath, newpath)

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        self._demand(oldpath)
        self._demand(newpath)
        super().posix_rename(oldpath, newpath)
        wrote_down(self._engine, self._who, "sftp put", newpath.decode("utf-8", "replace"), wakes=True)

    def remove(self, path: bytes) -> None:
        self._demand(path)
        super().remove(path)

    def mkdir(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> NoReturn:
        raise self._no()

    def rmdir(self, path: bytes) -> NoReturn:
        raise self._no()

    def symlink(self, oldpath: bytes, newpath: bytes) -> NoReturn:
        raise self._no()

    def link(self, oldpath: bytes, newpath: bytes) -> NoReturn:
        raise self._no()

    def setstat(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> NoReturn:
        raise self._no()

    def _demand(self, path: bytes) -> None:
        """Only a file straight in a folder of ours that is written."""
        parts = [part for part in path.split(b"/") if part not in (b"", b".")]
        if len(parts) != 2 or parts[0].decode("ascii", "replace") not in WRITABLE or parts[1] == b"..":
            raise self._no()

    @staticmethod
    def _no() -> asyncssh.SFTPError:
        return asyncssh.SFTPPermissionDenied("ここには書けません。")


def ftps_server(engine: Engine, settings: Settings) -> FTPServer:
    """The FTPS door, listening: control and data over TLS or not at all."""
    certificate, key, _ = files_of(settings.tls_dir, SCHEMA)

    class Handler(TLS_FTPHandler):  # type: ignore[misc]  # the library has no types
        authorizer = Passwords(engine, settings)
        certfile, keyfile = str(certificate), str(key)
        tls_control_required = tls_data_required = True
        banner = "nanbyo"
        use_sendfile = False

        def on_login(self, username: str) -> None:
            wrote_down(engine, username, "ftps login")

        def on_login_failed(self, username: str, password: str) -> None:
            wrote_down(engine, username, "ftps login", outcome="refused")

        def on_file_received(self, file: str) -> None:
            wrote_down(engine, self.username, "ftps put", Path(file).name)

        def ftp_RNTO(self, path: str) -> str | None:
            done: str | None = super().ftp_RNTO(path)
            wrote_down(engine, self.username, "ftps rename", Path(path).name, wakes=True)
            return done

    _, port = file_door("ftps")
    return FTPServer(("127.0.0.1", port), Handler)


class Passwords(DummyAuthorizer):  # type: ignore[misc]  # the library has no types
    """入口の確認: a partner's password, looked up anew at each login; what it may do is bound to its folders."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        super().__init__()
        self._engine, self._settings = engine, settings

    def validate_authentication(self, username: str, password: str, handler: object) -> None:
        known = partner_of(self._engine, username)
        if known is None or not known.password or not check_password_hash(known.password, password):
            raise AuthenticationFailed("利用者名かパスワードが違います。")
        if not self.has_user(username):
            home = folders_of(self._settings, username)
            self.add_user(username, "", str(home), perm="el")
            for each in WRITABLE:
                self.override_perm(username, str(home / each), "elwfd", recursive=False)
            self.override_perm(username, str(home / OUT), "elr", recursive=False)
