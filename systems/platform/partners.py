"""接続先: the systems that send and receive files here, their folders, and the keys and passwords a trial makes."""

import os
import secrets
from pathlib import Path
from typing import Final

import asyncssh
from sqlalchemy import Engine, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from exchange.file_door import HOST_KEY, IN, OUT, RECEIPTS, key_files
from systems.frame.settings import Settings
from systems.platform.tables import Partner

FOLDERS: Final = (IN, OUT, RECEIPTS)
# name, what it is, sends, receives, how it comes in: what a trial has.
DEMO: Final = (("core", "特定医療費システム", (), ("residents", "taxes"), "key"), ("juki", "住民記録システム (試用の代役)", ("residents",), (), "key"),
               ("zei", "住民税システム (試用の代役)", ("taxes",), (), "password"))


def files_root(settings: Settings) -> Path:
    """Where every partner has its folder; nobody is let out of her own."""
    return settings.data_dir / "files"


def folders_of(settings: Settings, name: str) -> Path:
    """The folder of one partner, with what belongs in it."""
    home = files_root(settings) / name
    for each in FOLDERS:
        (home / each).mkdir(parents=True, exist_ok=True, mode=0o700)
    return home


def password_file(tls_dir: Path, name: str) -> Path:
    """Where a trial keeps the password of a partner without a key."""
    return tls_dir / f"{name}-ftps.password"


def host_key(settings: Settings) -> Path:
    """連携基盤の鍵: the key by which the SFTP door is known; made once, its public line lies beside the certificates."""
    path = settings.data_dir / "sftp-host.key"
    if not path.exists():
        _make_key(path, settings.tls_dir / HOST_KEY)
    return path


def seed_demo_partners(engine: Engine, settings: Settings) -> None:
    """The partners of a trial are written down with keys and passwords of their own; what is there stays."""
    with Session(engine) as session:
        known = set(session.scalars(select(Partner.name)))
        for name, title, sends, receives, way in DEMO:
            if name in known:
                continue
            private, public = key_files(settings.tls_dir, name)
            if way == "key" and not public.exists():
                _make_key(private, public)
            password = _password(settings, name) if way == "password" else None
            session.execute(insert(Partner).values(
                name=name, title=title, sends=list(sends), receives=list(receives),
                ssh_key=public.read_text().strip() if way == "key" else None,
                password=generate_password_hash(password) if password else None).on_conflict_do_nothing())
        session.commit()


def _password(settings: Settings, name: str) -> str:
    path = password_file(settings.tls_dir, name)
    if not path.exists():
        _write(path, secrets.token_urlsafe(24).encode())
    return path.read_text()


def _make_key(private: Path, public: Path) -> None:
    made = asyncssh.generate_private_key("ssh-ed25519")
    _write(public, made.export_public_key())
    _write(private, made.export_private_key())


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    unfinished.rename(path)
