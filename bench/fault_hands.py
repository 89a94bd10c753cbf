"""手: a process that keys or imports without a pause and says what it was told is saved; it may be killed at any moment.

``python -m bench.fault_hands URL keying|import BEGIN VICTIM`` prints one line for each act that was committed.
"""

import hashlib
import sys
from datetime import UTC, date, datetime, timedelta
from random import Random

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from config import DEMO_CITY
from exchange.register_file import LAYOUTS
from procedures.actor import SYSTEM, Actor
from procedures.city import city_of
from procedures.keying import claim, save_draft
from procedures.reception import Arrival, receive
from procedures.register_import import import_register

NOW = datetime(2026, 11, 24, tzinfo=UTC)
CITY = city_of(DEMO_CITY)
LONGEST_JUMP = 86_400  # seconds, either way
ROWS = 40  # of one file
ROW = {"市区町村番号": "111007", "氏名": "見本　太郎", "生年月日": "1970-04-01", "性別": "1", "郵便番号": "3300000", "住所": "見本市", "続柄": "02",
       "世帯主氏名": "見本　太郎", "住登外区分": "0", "外国人フラグ": "0", "住民となった日": "2015-04-01", "最新異動区分": "02",
       "最新異動日": "2015-04-01", "住民異動区分": "02", "取消区分": "0"}


def key(session: Session, number: int, clock: "Clock") -> str:
    """Receive a paper, take it, and keep a field of it, each committed as the screens do; the sheet's number and the field."""
    user = session.execute(text("SELECT id FROM ab_user WHERE username = 'clerk1'")).scalar_one()
    clerk = Actor(user, "clerk1")
    sheet = receive(session, clerk, Arrival("new_application", date(2026, 11, 24), "07"))
    session.commit()
    keying = claim(session, clerk, sheet.id, clock())
    session.commit()
    save_draft(session, clerk, keying.id, {"patient.patient_name": f"見本 {number}"}, None, clock())
    session.commit()
    return f"{keying.id} {number}"


def take_in(session: Session, number: int, clock: "Clock") -> str:
    """Take in one whole file of people nobody knew; its first number and how many there are."""
    headings = LAYOUTS["residents"].headings(is_full=False)
    lines = [",".join(headings)]
    for place in range(ROWS):
        who = m11(number * ROWS + place + 1)
        row = ROW | {"更新区分": "U", "整理番号": who, "世帯番号": who, "履歴番号": "1"}
        lines.append(",".join(row.get(each, "") for each in headings))
    raw, name = "".join(f"{line}\r\n" for line in lines).encode(), f"JUKI_ATENA_DIF_20261123_{number:04}.csv"
    report = import_register(session, SYSTEM, "residents", name, raw, manifest(name, raw), CITY, clock())
    session.commit()
    return f"{number} {report.accepted + report.already}"


def m11(payload: int) -> str:
    """A file number with its check digit."""
    rest = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(f"{payload:014}"))) % 11
    return f"{payload:014}{0 if rest <= 1 else 11 - rest}"


def manifest(name: str, raw: bytes) -> bytes:
    """What the sender says of the file."""
    return f"file={name}\nrecords={ROWS}\nsha256={hashlib.sha256(raw).hexdigest()}\n".encode()


class Clock:
    """時計: stands still, or jumps up to a day ahead or back each time it is asked."""

    def __init__(self, *, jumps: bool, seed: int) -> None:
        self.chance = Random(seed) if jumps else None

    def __call__(self) -> datetime:
        return NOW + timedelta(seconds=self.chance.randint(-LONGEST_JUMP, LONGEST_JUMP) if self.chance else 0)


def work(url: str, kind: str, begin: int, victim: str) -> None:
    """One act after the other until somebody ends us."""
    clock = Clock(jumps=victim == "clock", seed=begin)
    act = {"keying": key, "import": take_in}[kind]
    with Session(create_engine(url)) as session:
        for number in range(begin, 10_000):
            sys.stdout.write(act(session, number, clock) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    work(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
