"""入力と取込の途中: papers keyed and files taken in until somebody ends it, and what must hold of both afterwards."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from config import DEMO_CITY
from exchange.register_file import LAYOUTS
from procedures.actor import SYSTEM, Actor
from procedures.city import city_of
from procedures.keying import claim, save_draft
from procedures.reception import Arrival, receive
from procedures.register_import import import_register

CITY = city_of(DEMO_CITY)
MOST = 10_000
LONGEST_KEYING = 86_400  # seconds: what a clock that jumps makes of one at most
ROWS = 40  # of one file
ROW = {"市区町村番号": "111007", "氏名": "見本　太郎", "生年月日": "1970-04-01", "性別": "1", "郵便番号": "3300000", "住所": "見本市", "続柄": "02",
       "世帯主氏名": "見本　太郎", "住登外区分": "0", "外国人フラグ": "0", "住民となった日": "2015-04-01", "最新異動区分": "02",
       "最新異動日": "2015-04-01", "住民異動区分": "02", "取消区分": "0"}
_SHEETS: Final = text("SELECT count(*) FROM received_sheet s WHERE s.state LIKE 'keying%' AND NOT EXISTS "
                      "(SELECT 1 FROM keying k WHERE k.sheet_id = s.id)")
# A clock that jumps makes nobody's keying last for days or less than no time, and numbers of the journal go on.
_TIMES: Final = text("""SELECT (SELECT count(*) FROM keying WHERE active_seconds < 0 OR active_seconds > :most)
  + (SELECT count(*) FROM (SELECT transaction_id < lag(transaction_id) OVER (PARTITION BY subject_id, actor_id ORDER BY id) AS back
       FROM journal_entry WHERE subject_kind = 'received_sheet') AS told WHERE back)""")
_UNTOLD: Final = text("SELECT count(*) FROM received_sheet s WHERE NOT EXISTS "
                      "(SELECT 1 FROM journal_entry e WHERE e.subject_kind = 'received_sheet' AND e.subject_id = s.id)")


def key(session: Session, clock: Callable[[], datetime], begin: int, folder: Path) -> Iterator[str]:
    """Receive a paper, take it, and keep a field of it, each committed as the screens do; the sheet's number and the field."""
    user = session.execute(text("SELECT id FROM ab_user WHERE username = 'clerk1'")).scalar_one()
    clerk = Actor(user, "clerk1")
    for number in range(begin, MOST):
        sheet = receive(session, clerk, Arrival("new_application", date(2026, 11, 24), "07"))
        session.commit()
        keying = claim(session, clerk, sheet.id, clock())
        session.commit()
        save_draft(session, clerk, keying.id, {"patient.patient_name": f"見本 {number}"}, None, clock())
        session.commit()
        yield f"{keying.id} {number}"


def keyed(session: Session, told: list[str], folder: Path) -> tuple[int, int]:
    """Every field that was told as kept stands in its keying, once; no keying without its sheet, no sheet in somebody's hands
    without a keying, none without its row in the journal."""
    kept = [f"{number} {raw.get('patient.patient_name', '').removeprefix('見本 ')}"
            for number, raw in session.execute(text("SELECT id, raw FROM keying"))]
    wrong = [session.execute(_SHEETS).scalar_one(), session.execute(_TIMES, {"most": LONGEST_KEYING}).scalar_one(),
             session.execute(_UNTOLD).scalar_one(), len(kept) - len(set(kept))]
    return len(set(told) - set(kept)), sum(wrong)


def next_file(session: Session) -> int:
    """The number of the first file nobody took in yet."""
    return int(session.execute(text("SELECT count(*) + 1 FROM import_set")).scalar_one())


def take_in(session: Session, clock: Callable[[], datetime], begin: int, folder: Path) -> Iterator[str]:
    """Take in one whole file of people nobody knew; its number and how many there are."""
    headings = LAYOUTS["residents"].headings(is_full=False)
    for number in range(begin, MOST):
        lines = [",".join(headings)]
        for place in range(ROWS):
            who = m11(number * ROWS + place + 1)
            row = ROW | {"更新区分": "U", "整理番号": who, "世帯番号": who, "履歴番号": "1"}
            lines.append(",".join(row.get(each, "") for each in headings))
        raw, name = "".join(f"{line}\r\n" for line in lines).encode(), f"JUKI_ATENA_DIF_20261123_{number:04}.csv"
        report = import_register(session, SYSTEM, "residents", name, raw, manifest(name, raw), CITY, clock())
        session.commit()
        yield f"{number} {report.accepted + report.already}"


def imported(session: Session, told: list[str], folder: Path) -> tuple[int, int]:
    """Of every file all rows or none stand there, and all of what was told as taken in."""
    files, rows = session.execute(text("SELECT (SELECT count(*) FROM import_set), (SELECT count(*) FROM addressee "
                                       "WHERE name = :name)"), {"name": ROW["氏名"]}).one()
    taken = [line.split() for line in told]
    return sum(int(number) > files or int(count) != ROWS for number, count in taken), int(rows != files * ROWS)


def m11(payload: int) -> str:
    """A file number with its check digit."""
    rest = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(f"{payload:014}"))) % 11
    return f"{payload:014}{0 if rest <= 1 else 11 - rest}"


def manifest(name: str, raw: bytes) -> bytes:
    """What the sender says of the file."""
    return f"file={name}\nrecords={ROWS}\nsha256={hashlib.sha256(raw).hexdigest()}\n".encode()
