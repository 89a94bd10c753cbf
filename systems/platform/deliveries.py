"""② 配信: a set lies in the receiver's folder until its receipt is here; offered again where none comes, given up after twelve."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from exchange.file_door import END, OUT, RECEIPT, RECEIPTS, TAKEN, FileReceipt, read_receipt
from systems.frame.hands import call
from systems.frame.outbox import MOST_TRIES, send
from systems.frame.screens import note
from systems.frame.settings import Settings
from systems.platform.arrivals import kept_at, lay_down
from systems.platform.partners import folders_of
from systems.platform.tables import COMMON, SCHEMA, Arrival, Delivery, MovementNotice, Partner

KEPT: Final = timedelta(days=30)  # after it came, once everybody has it
RECEIPT_WITHIN: Final = timedelta(minutes=10)
FILE_WITHIN: Final = timedelta(minutes=30)  # of its announcement


def offer_one(engine: Engine, settings: Settings, now: datetime) -> bool:
    """Lay the next due set into its receiver's folder, and tell a receiver that can be called; False: none is due."""
    with Session(engine) as session:
        due = session.scalars(select(Delivery).where(
            Delivery.state.in_(("waiting", "offered")), Delivery.due_at <= now).order_by(Delivery.id).limit(1)
            .with_for_update(skip_locked=True)).one_or_none()
        if due is None:
            return False
        arrival = session.get_one(Arrival, due.arrival_id)
        if due.tries >= MOST_TRIES:
            due.state, due.fault = "given_up", due.fault or "受領票が来ません。"
            note(session, COMMON, SCHEMA, "gave up delivery", arrival.file_name, due.receiver)
        else:
            _offer(session, settings, due, arrival, now)
        session.commit()
    return True


def _offer(session: Session, settings: Settings, due: Delivery, arrival: Arrival, now: datetime) -> None:
    folder, kept = folders_of(settings, due.receiver) / OUT, kept_at(settings, arrival)
    for each in (kept, kept.with_suffix(END)):  # the manifest last
        lay_down(folder / each.name, each.read_bytes())
    due.state, due.tries, due.due_at, due.offered_at = "offered", due.tries + 1, now + RECEIPT_WITHIN, now
    note(session, COMMON, SCHEMA, "offered file", arrival.file_name, detail={"receiver": due.receiver, "tries": due.tries})
    if session.scalar(select(Partner.address).where(Partner.name == due.receiver, Partner.is_active)):
        send(session, COMMON.outgoing, due.receiver, "IdoTsuchi", {
            "ファイル名": arrival.file_name, "件数": arrival.records, "要約値": arrival.sha256}, "called_back", due.id)


def hear_receipts(engine: Engine, settings: Settings, now: datetime) -> bool:
    """Act on every receipt that lies there; False: none lies there."""
    with Session(engine) as session:
        names = session.scalars(select(Partner.name).where(Partner.receives != []).order_by(Partner.id)).all()
        found = [(name, path) for name in names for path in sorted((folders_of(settings, name) / RECEIPTS).iterdir())
                 if path.suffix == RECEIPT and path.is_file() and not path.is_symlink()]
        for name, path in found:
            _hear(session, settings, name, read_receipt(path.read_bytes()), now)
            session.commit()
            path.unlink(missing_ok=True)
    return bool(found)


def _hear(session: Session, settings: Settings, receiver: str, receipt: FileReceipt | None, now: datetime) -> None:
    row = None if receipt is None else session.execute(select(Delivery, Arrival).join(Arrival).where(
        Delivery.receiver == receiver, Arrival.file_name == receipt.file_name, Arrival.state == "taken")
        .with_for_update(of=Delivery)).one_or_none()
    if receipt is None or row is None or row[0].state not in ("offered", "given_up"):
        note(session, COMMON, receiver, "receipt", receipt.file_name if receipt else "", "unknown")
        return
    due, arrival = row
    if receipt.sha256 != arrival.sha256:
        due.state, due.fault, due.due_at = "waiting", "受け取った内容が送ったものと違います。", now
    elif receipt.outcome == TAKEN:
        due.state, due.received_at, due.fault = "received", now, None
        _clear(folders_of(settings, receiver) / OUT / arrival.file_name)
    else:
        due.state, due.fault = "given_up", f"受け取り側が断りました ({receipt.fault})。"
    note(session, COMMON, receiver, "receipt", arrival.file_name, "ok" if due.state == "received" else "refused")


def _clear(path: Path) -> None:
    for each in (path.with_suffix(END), path):
        each.unlink(missing_ok=True)


def again(session: Session, number: int, now: datetime) -> bool:
    """もう一度配信する what was given up; False where it was not."""
    due = session.get(Delivery, number, with_for_update=True)
    if due is None or due.state != "given_up":
        return False
    due.state, due.tries, due.due_at, due.fault = "waiting", 0, now, None
    session.flush()
    call(session, SCHEMA)
    return True


def miss_the_announced(session: Session, now: datetime) -> int:
    """A file that was announced and did not come in time is told as missing; return how many."""
    gone = session.execute(update(MovementNotice).where(
        MovementNotice.state == "waiting", MovementNotice.at < now - FILE_WITHIN).values(state="missing")
        .returning(MovementNotice.file_name)).all()
    for (name,) in gone:
        note(session, COMMON, SCHEMA, "announced file is missing", name, "missing")
    return len(gone)


def forget_kept(session: Session, settings: Settings, now: datetime) -> int:
    """What every receiver has is kept thirty days and then goes, the file and its manifest; return how many sets went."""
    open_ones = select(Delivery.arrival_id).where(Delivery.state != "received")
    gone = [path for arrival in session.scalars(select(Arrival).where(
        Arrival.state == "taken", Arrival.at < now - KEPT, Arrival.id.not_in(open_ones)))
        if (path := kept_at(settings, arrival)).exists()]
    for path in gone:
        note(session, COMMON, SCHEMA, "forgot file", path.name)
        _clear(path)
    return len(gone)
