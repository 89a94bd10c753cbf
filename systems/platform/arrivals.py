"""② 受信: a complete set is checked, taken in once, kept, shared out and read into the register; or refused with the reason."""

import csv
import os
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, any_, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from exchange.file_door import END, IN
from exchange.register_file import LAYOUTS, Set, set_of
from exchange.table_file import EnvelopeWrong
from systems.frame.hands import call
from systems.frame.screens import note
from systems.frame.settings import Settings
from systems.platform.partners import folders_of
from systems.platform.tables import COMMON, SCHEMA, Arrival, Delivery, MovementNotice, Partner, RegisterRow

AT_ONCE: Final = 1_000
MOST_BYTES: Final = 256 * 2**20
LOCK: Final = 5_403_010  # one process takes in at a time
KEYS: Final = ("市区町村番号", "整理番号", "税賦課年度", "履歴番号")


def take_in_one(engine: Engine, settings: Settings) -> bool:
    """Take in the first complete set that lies in a partner's folder; False: none lies there."""
    with Session(engine) as session:
        if not session.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": LOCK}):
            return False
        for partner in session.scalars(select(Partner).where(Partner.is_active, Partner.sends != []).order_by(Partner.id)):
            found = next(complete(folders_of(settings, partner.name) / IN), None)
            if found is not None:
                _take_or_refuse(session, settings, partner, found)
                session.commit()
                for each in (found.with_suffix(END), found):  # after the commit: killed before, it is found once more
                    each.unlink(missing_ok=True)
                return True
    return False


def complete(folder: Path) -> Iterator[Path]:
    """Plain files with their ``.end`` beside them, in the order of their names."""
    return (path for path in sorted(folder.iterdir()) if path.suffix == ".csv" and path.is_file() and not path.is_symlink()
            and path.with_suffix(END).is_file())


def kept_at(settings: Settings, arrival: Arrival) -> Path:
    """Where a set that was taken in is kept; its manifest beside it."""
    return settings.data_dir / "kept" / arrival.file_name


def _take_or_refuse(session: Session, settings: Settings, partner: Partner, path: Path) -> None:
    """One strange file is written down as refused and never stops the others."""
    name = path.name
    try:
        with session.begin_nested():
            _take(session, settings, partner, path)
    except EnvelopeWrong as wrong:
        code, why = wrong.code, wrong.message
    except (DataError, IntegrityError):
        code, why = "unreadable", "ファイルの中に、登録できない値があります。"
    else:
        return
    session.add(Arrival(sender=partner.name, file_name=name, sha256="", state="refused", fault=why))
    note(session, COMMON, SCHEMA, "refused file", name, code)


def _take(session: Session, settings: Settings, partner: Partner, path: Path) -> None:
    if path.stat().st_size > MOST_BYTES:
        raise EnvelopeWrong("size", "ファイルが大きすぎます。分けて送ってください。")
    raw, manifest = path.read_bytes(), path.with_suffix(END).read_bytes()
    found = set_of(path.name, raw, manifest)
    _demand(session, partner, found)
    rows = list(_rows(found, raw))
    if session.scalar(select(Arrival.id).where(Arrival.file_name == path.name, Arrival.state == "taken")):
        note(session, COMMON, SCHEMA, "file again", path.name)
        return
    arrival = Arrival(sender=partner.name, file_name=path.name, sha256=found.sha256, kind=found.kind, records=found.declared,
                      state="taken")
    session.add(arrival)
    session.flush()
    kept = kept_at(settings, arrival)
    for each, content in ((kept, raw), (kept.with_suffix(END), manifest)):
        lay_down(each, content)
    _store(session, found.kind, rows)
    receivers = session.scalars(select(Partner.name).where(Partner.is_active, literal(found.kind) == any_(Partner.receives)))
    session.add_all([Delivery(arrival_id=arrival.id, receiver=receiver) for receiver in receivers])
    session.execute(update(MovementNotice).where(MovementNotice.file_name == found.file_name, MovementNotice.state != "arrived")
                    .values(state="arrived"))
    note(session, COMMON, SCHEMA, "took in file", path.name, detail={"rows": len(rows), "sender": partner.name})
    call(session, SCHEMA)


def _demand(session: Session, partner: Partner, found: Set) -> None:
    if found.kind not in partner.sends:
        raise EnvelopeWrong("kind", "この接続先は、この種類のファイルを送れません。")
    known = session.scalar(select(Arrival.sha256).where(Arrival.file_name == found.file_name, Arrival.state == "taken"))
    if known not in (None, found.sha256):
        raise EnvelopeWrong("sequence", "同じ名前のファイルを、別の内容で受け取っています。")
    announced = session.scalars(select(MovementNotice).where(
        MovementNotice.file_name == found.file_name).order_by(MovementNotice.id.desc()).limit(1)).one_or_none()
    if announced is not None and (announced.sha256, announced.records) != (found.sha256, found.declared):
        raise EnvelopeWrong("announced", "異動の知らせの件数か検査値と合いません。")


def _rows(found: Set, raw: bytes) -> Iterator[dict[str, str]]:
    """The rows under their headings; EnvelopeWrong where heading or count is not what was promised. The receiver judges items."""
    headings = LAYOUTS[found.kind].headings(is_full=found.is_full)
    try:
        lines = list(csv.reader(StringIO(raw.decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as broken:
        raise EnvelopeWrong("encoding", "ファイルを表として読めません。") from broken
    if not lines or lines[0] != headings:
        raise EnvelopeWrong("heading", "見出しの行が決まりと違います。")
    if len(lines) - 1 != found.declared or any(len(line) != len(headings) for line in lines):
        raise EnvelopeWrong("count", "行数が完了ファイル (.end) の件数と合わないか、項目の数が違う行があります。")
    return (dict(zip(headings, line, strict=True)) for line in lines[1:])


def _store(session: Session, kind: str, rows: list[dict[str, str]]) -> None:
    """Rows that are new are added; a cancellation (C) marks the row it cancels; nothing else is overwritten."""
    cancelled = [row for row in rows if row.pop("更新区分", "U") == "C"]
    values = [_values(kind, row) for row in rows if row["履歴番号"].isascii() and row["履歴番号"].isdigit()]
    for start in range(0, len(values), AT_ONCE):
        session.execute(insert(RegisterRow).on_conflict_do_nothing(), values[start:start + AT_ONCE])
    for each in (_values(kind, row) for row in cancelled if row["履歴番号"].isdigit()):
        known = session.scalars(select(RegisterRow).filter_by(
            **{name: value for name, value in each.items() if name != "content"})).one()
        known.content = {**known.content, "取消区分": each["content"]["取消区分"]}
    session.flush()


def _values(kind: str, row: dict[str, str]) -> dict[str, Any]:
    municipality, file_number, tax_year, history_number = (row.get(key, "") for key in KEYS)
    return {"kind": kind, "municipality": municipality, "file_number": file_number, "tax_year": tax_year,
            "history_number": int(history_number), "content": row}


def lay_down(path: Path, content: bytes) -> None:
    """*path* holds *content* whole and for good, or is not there."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_name(f"{path.name}.tmp")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
