"""連携基盤の手: the background process alone, with the doors that are its own, on a database and in a folder of a test."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from config import ROOT
from exchange.file_door import HOST_KEY, Door, key_files
from systems.frame.settings import Settings
from systems.frame.store import prepare
from systems.platform.partners import password_file
from tests.systems.processes import Town, town, until


class Hands:
    """The platform's hands alone as a process; the doors are theirs."""

    def __init__(self, made: Town) -> None:
        self.environment, self.tls_dir, self.folder = made.environment, made.tls_dir, made.folder
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "systems", "platform", "--hands"], cwd=ROOT, env=self.environment)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def hands_of(database_url: str, folder: Path) -> Iterator[Hands]:
    """The hands at work, their doors opening."""
    with town(database_url, folder) as made:
        prepare(Settings("platform", made.folder, made.tls_dir, make_url(database_url).set(
            username="nanbyo_platform").render_as_string(hide_password=False), database_url, True, None))
        hands = Hands(made)
        until(lambda: (made.tls_dir / HOST_KEY).exists() and password_file(made.tls_dir, "zei").exists())
        try:
            yield hands
        finally:
            hands.kill()


def door(made: Hands, who: str, key: str | None = None) -> Door:
    host, port = made.environment["NANBYO_PLATFORM_SFTP"].split(":")
    return Door(host, int(port), who, key_files(made.tls_dir, key or who)[0], made.tls_dir / HOST_KEY)
