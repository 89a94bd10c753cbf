"""住民記録と住民税の代役: their files go to 連携基盤 by its doors, announced first; in a trial every few minutes somebody moved.

What was made lies in a folder until it was sent, so that the same set is sent again where it did not get through.
"""

import csv
import hashlib
import ssl
import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from ftplib import FTP_TLS
from ftplib import Error as FtpError
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from exchange.file_door import END, HOST_KEY, IN, UNFINISHED, Door, DoorClosed, key_files, lay_down
from exchange.neighbours import DEMO_REGISTER, file_door, files_of
from exchange.peer import Peer, Silent
from exchange.register_file import LAYOUTS, NAME
from exchange.soap import Contract, SoapFault
from systems.frame.settings import Settings
from systems.simulator.tables import SCHEMA

EVERY: Final = timedelta(minutes=5)
AGAIN: Final = timedelta(seconds=15)
KINDS: Final = {"residents": ("JUKI_ATENA", "juki"), "taxes": ("ZEI_JUMINZEI", "zei")}
JAPAN: Final = ZoneInfo("Asia/Tokyo")
MOVED: Final = "03"  # 転居
STEP_YEN: Final = 12_000  # of a corrected 所得割額
Row = dict[str, str]
Announce = Callable[[Mapping[str, Any]], None]


def announcing(settings: Settings) -> Announce:
    """異動の知らせ: IdoTsuchi of 連携基盤."""
    def announce(values: Mapping[str, Any]) -> None:
        Peer(Contract("platform"), settings.address_of("platform"), settings.tls_dir, SCHEMA).call(
            "IdoTsuchi", uuid.uuid4().hex, SCHEMA, values)
    return announce


class Feed:
    """送り手: sends what waits, and makes the next change when it is time; nothing where the trial has no people."""

    def __init__(self, settings: Settings, announce: Announce) -> None:
        self._settings, self._announce, self._due = settings, announce, datetime.min
        self._first = settings.data_dir.parent.parent / DEMO_REGISTER
        self._made, self._sent = settings.data_dir / "feed" / "made", settings.data_dir / "feed" / "sent"
        for folder in (self._made, self._sent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def go_on(self, now: datetime) -> bool:
        """One step, where one is due; False: nothing was to be done or the doors are closed."""
        naive = now.replace(tzinfo=None)
        if naive < self._due or not self._first.is_dir():
            return False
        self._due = naive + EVERY
        try:
            if not any(self._made.glob("*.csv")):
                self._make(self._settings.fixed_today or now.astimezone(JAPAN).date())
            for path in sorted(self._made.glob("*.csv")):
                self._send(path)
        except (OSError, EOFError, FtpError, DoorClosed, Silent, SoapFault):
            self._due = naive + AGAIN
            return False
        return True

    def _make(self, on: date) -> None:
        for kind, (begin, _) in KINDS.items():
            known = sorted(path for folder in (self._made, self._sent) for path in folder.glob(f"{begin}_*.csv"))
            if not known:
                for path in sorted(self._first.glob(f"{begin}_*")):
                    (self._made / path.name).write_bytes(path.read_bytes())
                continue
            number = 1 + max(int(match[4]) for path in known if (match := NAME.fullmatch(path.name)))
            row = _next_state(kind, _newest(known), number, on)
            _lay_out(self._made, kind, f"{begin}_DIF_{on:%Y%m%d}_{number:04}", row)

    def _send(self, path: Path) -> None:
        """Announced, then the file, then its ``.end``; 住民記録 comes by SFTP, 住民税 by FTPS."""
        kind = next(kind for kind, (begin, _) in KINDS.items() if path.name.startswith(begin))
        end, files = path.with_suffix(END), [(each.name, each.read_bytes()) for each in (path, path.with_suffix(END))]
        told = dict(line.split("=", 1) for line in end.read_text().splitlines())
        self._announce({"ファイル名": path.name, "件数": int(told["records"]), "要約値": told["sha256"]})
        who = KINDS[kind][1]
        if kind == "residents":
            host, port = file_door("sftp")
            lay_down(Door(host, port, who, key_files(self._settings.tls_dir, who)[0], self._settings.tls_dir / HOST_KEY), IN, files)
        else:
            put_by_ftps(self._settings.tls_dir, who, files)
        for each in (path, end):
            each.rename(self._sent / each.name)


def put_by_ftps(tls_dir: Path, who: str, files: list[tuple[str, bytes]]) -> None:
    """Over TLS with the trial's password; each file under an unfinished name first."""
    host, port = file_door("ftps")
    trusted = ssl.create_default_context(cafile=str(files_of(tls_dir, SCHEMA)[2]))
    with FTP_TLS(context=trusted, timeout=20) as line:
        line.connect(host, port)
        line.login(who, (tls_dir / f"{who}-ftps.password").read_text())
        line.prot_p()
        for name, content in files:
            line.storbinary(f"STOR {IN}/{name}{UNFINISHED}", BytesIO(content))
            line.rename(f"{IN}/{name}{UNFINISHED}", f"{IN}/{name}")


def _newest(files: list[Path]) -> dict[str, Row]:
    """The newest state of everybody, as it was sent; the files in the order of their numbers."""
    found: dict[str, Row] = {}
    for path in sorted(files, key=lambda each: each.stem.rpartition("_")[2]):
        with path.open(encoding="utf-8", newline="") as lines:
            found.update({row["整理番号"]: row for row in csv.DictReader(lines)})
    return found


def _next_state(kind: str, known: dict[str, Row], number: int, on: date) -> Row:
    """Another person each time: she moved next door, or her tax was corrected."""
    people = sorted(known)
    before = known[people[number * 7 % len(people)]]
    row = before | {"履歴番号": str(int(before["履歴番号"]) + 1)}
    if kind == "taxes":
        levy = int(before["市町村民税所得割額"]) + STEP_YEN
        return row | {"市町村民税課税区分": "1", "市町村民税所得割額": str(levy), "市町村民税均等割額": "3000", "更正年月日": on.isoformat()}
    return row | {"更新区分": "U", "住所": f"{before['住所'].split('　')[0]}　転居先{number}号室", "最新異動区分": MOVED,
                  "最新異動日": on.isoformat(), "最新異動届出日": on.isoformat(), "住民異動区分": MOVED, "住民異動日": on.isoformat()}


def _lay_out(folder: Path, kind: str, name: str, row: Row) -> None:
    headings, lines = LAYOUTS[kind].headings(is_full=False), StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerows([headings, [row[each] for each in headings]])
    raw = lines.getvalue().encode()
    (folder / f"{name}{END}").write_text(f"file={name}.csv\nrecords=1\nsha256={hashlib.sha256(raw).hexdigest()}\n", encoding="ascii")
    (folder / f"{name}.csv").write_bytes(raw)
