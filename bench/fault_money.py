"""支払の途中: a run is made, released, placed for the bank and comes back, again and again; nobody is paid twice or not at all."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from config import DEMO_CITY
from models.payment import PaymentBatch
from procedures import payment, payment_returns
from procedures.actor import Actor
from procedures.city import city_of
from procedures.delivery import OUTBOX, TO_BANK, put_out
from procedures.payment_file import digest_of, name_of
from procedures.payment_ledger import ledger
from rules.bank_day import next_bank_day

CITY = city_of(DEMO_CITY)
FIRST_DAY: Final = date(2026, 11, 30)
# Each state that was told, and in which states its run may be found afterwards; what is placed was sent.
_AT_LEAST: Final = {"made": ("made", "released", "sent"), "released": ("released", "sent"), "placed": ("sent",), "returned": ("sent",)}
_DOUBLE: Final = text("SELECT count(*) FROM (SELECT claim_id FROM payment_order WHERE state = 'ordered' GROUP BY claim_id HAVING count(*) > 1) AS twice")
_UNTOLD: Final = text("""SELECT count(*) FROM payment_batch b WHERE (SELECT count(*) FROM journal_entry e
  WHERE e.subject_kind = 'payment_batch' AND e.subject_id = b.id)
  < CASE b.state WHEN 'made' THEN 1 WHEN 'sent' THEN 3 ELSE 2 END""")
_UNRETURNED: Final = text("""SELECT count(*) FROM payment_order o JOIN payment_batch b ON b.id = o.batch_id
  WHERE (o.state = 'returned') <> EXISTS (SELECT 1 FROM payment_return r WHERE r.order_id = o.id)""")


def pay(session: Session, clock: Callable[[], datetime], begin: int, folder: Path) -> Iterator[str]:
    """All granted claims in one run: made, released by another, placed, and returned by the bank, so that they can be paid again."""
    maker, second = _actor(session, "reviewer1"), _actor(session, "manager1")
    day = FIRST_DAY
    for _number in range(200):
        day = next_bank_day(day)
        run = payment.make(session, maker, CITY, day, day, clock())
        session.commit()
        yield f"made {run.id}"
        payment.release(session, second, run.id, day, clock())
        session.commit()
        yield f"released {run.id}"
        put_out(session, folder, clock())
        yield f"placed {run.id}"
        for order in payment.orders_of(session, run.id):
            back = payment_returns.register(session, maker, order.id, "03", day, "銀行からの電話", day, clock())
            session.commit()
            payment_returns.put_back(session, second, back.id, "口座は正しい", clock())
            session.commit()
        yield f"returned {run.id}"


def make_good(session: Session, folder: Path) -> None:
    """The next worker places what was released, in its next pass."""
    put_out(session, folder, datetime.now(UTC))


def paid(session: Session, told: list[str], folder: Path) -> tuple[int, int]:
    """Each run that was told is there as far as it was told; a file lies there exactly if its run was sent, with its bytes; no
    claim is in two runs that live; every yen is where the ledger says; every step has its row in the journal."""
    runs = {run.id: run for run in session.scalars(select(PaymentBatch))}
    lost = sum(int(number) not in runs or runs[int(number)].state not in _AT_LEAST[step]
               for step, number in (line.split() for line in told))
    sent = {name_of(run): run for run in runs.values() if run.state == "sent" and run.sent_how == OUTBOX}
    box = folder / TO_BANK
    lying = {path.name: path.read_bytes() for path in box.iterdir() if path.name != ".lock"} if box.exists() else {}
    wrong = [len(set(sent) ^ set(lying)), sum(digest_of(lying[name]) != run.sha256 for name, run in sent.items() if name in lying),
             *(session.execute(query).scalar_one() for query in (_DOUBLE, _UNTOLD, _UNRETURNED)),
             int(not ledger(session).is_balanced), sum(run.state == "released" for run in runs.values())]
    return lost, sum(wrong)


def _actor(session: Session, name: str) -> Actor:
    return Actor(session.execute(text("SELECT id FROM ab_user WHERE username = :name"), {"name": name}).scalar_one(), name)
