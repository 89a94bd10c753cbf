"""⑦ ファイルサーバー: a WebDAV share for the files of batches and for the table of letters, for the platform's own staff and roles.

Who may do what in which folder is asked anew at every request; every request leaves its line before it is answered.
"""

import hmac
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash
from wsgidav.dc.base_dc import BaseDomainController
from wsgidav.fs_dav_provider import FilesystemProvider
from wsgidav.wsgidav_app import WsgiDAVApp

from exchange.neighbours import file_door, files_of
from systems.frame.screens import note
from systems.frame.settings import Settings
from systems.platform.guessing import is_guessing
from systems.platform.permissions import ROLES
from systems.platform.tables import COMMON, SCHEMA

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
READS: Final = frozenset({"GET", "HEAD", "OPTIONS", "PROPFIND"})
WRITES: Final = frozenset({"PUT", "DELETE", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "PROPPATCH"})
LARGEST: Final = 2 * 1024 ** 3  # bytes of one file
LOGIN: Final = "share login"
SHARE: Final = "share"  # the folder of all that is shown, under the platform's own
# Folder → roles that read there, roles that write there.
FOLDERS: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    "/characters": (frozenset(ROLES), frozenset()),
    "/batch": (frozenset({"batch", "operator", "auditor"}), frozenset({"batch"}))}
_PROCESS: Final = os.urandom(32)  # what is remembered of a password is of no use to anybody else
_KNOWN: Final[set[bytes]] = set()
MOST_KNOWN: Final = 500


def share_server(engine: Engine, settings: Settings, folder: Path) -> Server:
    """The share, listening, over TLS with the platform's certificate."""
    certificate, key, _ = files_of(settings.tls_dir, SCHEMA)
    _, port = file_door("webdav")
    server = Server(("127.0.0.1", port), share_app(engine, folder), numthreads=4, server_name="nanbyo")
    server.ssl_adapter = BuiltinSSLAdapter(str(certificate), str(key))
    return server


def share_app(engine: Engine, folder: Path) -> Wsgi:
    """The share as an application: its folders, the door before them, the record behind it."""
    logging.getLogger("wsgidav").setLevel(logging.ERROR)  # it would write every path out by itself; ours is the record
    for name in FOLDERS:
        (folder / name[1:]).mkdir(parents=True, exist_ok=True)
    door = type("Door", (Doorkeeper,), {"engine": engine})
    return Recorded(engine, WsgiDAVApp({
        "provider_mapping": {name: FilesystemProvider(str(folder / name[1:]), readonly=not writers, fs_opts={"follow_symlinks": False})
                             for name, (_, writers) in FOLDERS.items()},
        "http_authenticator": {"domain_controller": door, "accept_basic": True, "accept_digest": False,
                               "default_to_digest": False, "trusted_auth_header": None},
        "simple_dc": {"user_mapping": {}}, "lock_storage": True, "property_manager": None,
        "dir_browser": {"enable": False}, "verbose": 1, "logging": {"enable": False}}))


class Doorkeeper(BaseDomainController):  # type: ignore[misc]  # the library has no types
    """門番: name and password of the platform's staff, and what her roles allow here."""

    engine: Engine

    def __init__(self, wsgidav_app: WsgiDAVApp, config: Mapping[str, Any]) -> None:
        super().__init__(wsgidav_app, config)

    def get_domain_realm(self, path_info: str, environ: Environ | None) -> str:
        return str(self._calc_realm_from_path_provider(path_info, environ))

    def require_authentication(self, realm: str, environ: Environ | None) -> bool:
        return True

    def supports_http_digest_auth(self) -> bool:
        return False

    def basic_auth_user(self, realm: str, user_name: str, password: str, environ: Environ) -> bool:
        with Session(self.engine) as session:
            if is_guessing(session, user_name, LOGIN):
                return False
            known = session.scalars(select(COMMON.staff).where(
                COMMON.staff.username == user_name, COMMON.staff.is_active)).one_or_none()
            if known is None or not _fits(known.password, password):
                note(session, COMMON, user_name[:40], LOGIN, outcome="refused")
                session.commit()
                return False
            environ["nanbyo.staff"] = known.username
            readers, writers = FOLDERS.get(realm, (frozenset[str](), frozenset[str]()))
            wanted = readers if environ["REQUEST_METHOD"] in READS else writers
            environ["nanbyo.refused"] = not wanted & set(known.roles)
            return not environ["nanbyo.refused"]


class Recorded:
    """記録: one line a request, written before its answer leaves; where it cannot be written, nobody gets an answer."""

    def __init__(self, engine: Engine, inner: Wsgi) -> None:
        self._engine, self._inner = engine, inner

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in READS | WRITES or int(environ.get("CONTENT_LENGTH") or 0) > LARGEST:
            start_response("405 Method Not Allowed", [("Content-Length", "0")])
            return []

        def answered(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            if environ.get("nanbyo.refused"):
                status = "403 Forbidden"
                headers = [each for each in headers if each[0].lower() != "www-authenticate"]
            self._write_down(environ, int(status[:3]))
            return start_response(status, headers, *more)
        return self._inner(environ, answered)

    def _write_down(self, environ: Environ, status: int) -> None:
        who = environ.get("nanbyo.staff")
        if who is None:
            return  # nobody came in; a wrong try was written down at the door
        path = str(environ.get("nanbyo.path") or environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""))
        with Session(self._engine) as session:
            note(session, COMMON, who, f"share {environ['REQUEST_METHOD'].lower()}", path[:200],
                 "ok" if status < 400 else str(status))
            session.commit()


def _fits(stored: str, password: str) -> bool:
    """A client sends its word with every request; its scrypt is counted once a process, as long as the word stays the same."""
    digest = hmac.digest(_PROCESS, f"{stored}|{password}".encode(), "sha256")
    if digest in _KNOWN:
        return True
    if not check_password_hash(stored, password):
        return False
    if len(_KNOWN) >= MOST_KNOWN:
        _KNOWN.clear()
    _KNOWN.add(digest)
    return True
