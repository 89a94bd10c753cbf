"""保留したレセプト: a person accepts one for somebody, with the reason, or refuses it; nothing is stored by itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import polars as pl
from sqlalchemy import text
from sqlalchemy.orm import Session

from exchange.receipt_rows import SCHEMA
from models.journal import Action
from models.receipt import HeldReceipt, ReceiptSet
from models.recipient import Recipient
from procedures import accumulation, holders, journal
from procedures.actor import Actor
from procedures.frames import as_copy, copy_in, driver
from procedures.receipt_findings import find_in_months
from procedures.receipt_import import JAPAN
from procedures.receipt_severity import severities
from procedures.receipt_store import STORED, Numbers, as_stored
from procedures.refusal import Refused
from rules.receipt_check import BY_CODE
from rules.receipt_join import Known, joined
from rules.receipt_split import completed

PAGE: Final = 100
# Somebody of this name and birth date, where the number of the held line h is nobody's.
ALIKE: Final = """SELECT p.id, p.recipient_number FROM recipient p
  WHERE h.recipient_id IS NULL AND p.birth_date = (h.content ->> 'birth_date')::date
    AND search_key(p.name) = search_key(h.content ->> 'name') ORDER BY p.id LIMIT 1"""
NOBODY_PAID: Final = pl.DataFrame(schema={"recipient_id": pl.Int64, "treatment_month": pl.String})


class AlreadyDecided(Refused):
    """Somebody decided it, or its file was undone."""

    message = "この行はもう判断されています。一覧を開き直してください。"


class WhoseIsIt(Refused):
    """A receipt belongs to somebody on the ledger."""

    message = "登録する受給者の受給者番号を入力してください。台帳にない番号では登録できません。"


@dataclass(frozen=True)
class Waiting:
    """判断を待つ行: where it stands, why it was held, and what it says of treatment and money."""

    id: int
    set_id: int
    file_name: str
    line: int
    codes: list[str]
    recipient_id: int | None
    name: str | None
    content: dict[str, Any]
    alike_id: int | None  # somebody of this name and birth date, where the number is nobody's
    alike_number: str | None

    @property
    def sentences(self) -> list[str]:
        """Why it was held, in words."""
        return [BY_CODE[code].sentence for code in self.codes if code in BY_CODE]


def waiting(session: Session, actor: Actor, set_id: int | None = None, after: int = 0, most: int = PAGE) -> list[Waiting]:
    """判断を待つ行, the oldest first, after number *after*; whom the list showed is journalled."""
    rows = session.execute(text(f"""
        SELECT h.id, h.set_id, s.file_name, h.line, h.codes, h.recipient_id, r.name, h.content, a.id, a.recipient_number
        FROM held_receipt h JOIN receipt_set s ON s.id = h.set_id LEFT JOIN recipient r ON r.id = h.recipient_id
        LEFT JOIN LATERAL ({ALIKE}) a ON true
        WHERE h.decision IS NULL AND h.id > :after {'AND h.set_id = :set' if set_id else ''}
        ORDER BY h.id LIMIT :most"""), {"after": after, "set": set_id, "most": most}).all()
    journal.record(session, actor, Action.LISTED, detail={
        "held_receipts": set_id or "all", "rows": len(rows),
        "recipients": sorted({found for row in rows for found in (row[5], row[8]) if found})})
    return [Waiting(*row) for row in rows]


def count(session: Session) -> int:
    """How many wait."""
    return int(session.execute(text("SELECT count(*) FROM held_receipt WHERE decision IS NULL")).scalar_one())


def refuse(session: Session, actor: Actor, number: int, note: str, now: datetime) -> HeldReceipt:
    """登録しない: it goes on the list of receipts to be returned, with the reason. AlreadyDecided."""
    held = _open(session, number, note)
    _decide(session, actor, held, "refused", note, now)
    return held


def accept(session: Session, actor: Actor, number: int, recipient_number: str, note: str, payers: tuple[str, str],
           now: datetime) -> HeldReceipt:
    """登録する for the person with this 受給者番号 in spite of what held it; the month counts it. AlreadyDecided, WhoseIsIt."""
    held = _open(session, number, note)
    person = session.query(Recipient).filter_by(recipient_number=recipient_number.strip() or None).one_or_none()
    if person is None:
        raise WhoseIsIt
    day = now.astimezone(JAPAN).date()
    numbers = Numbers(session)
    rows = as_stored(_as_row(session, held, person, payers), numbers.give(1), held.set_id, day)
    copy_in(driver(session), "benefit", STORED, as_copy(rows.select(STORED), ("benefit_remarks",)))
    held.benefit_id, held.recipient_id = numbers.first, person.id
    accumulation.count_again(session, rows.select(accumulation.PAIR))
    find_in_months(session, held.set_id, severities(session, day))
    kept = session.get_one(ReceiptSet, held.set_id)
    kept.receipts += 1
    _decide(session, actor, held, "accepted", note, now)
    return held


def _open(session: Session, number: int, note: str) -> HeldReceipt:
    if not note.strip():
        raise Refused("判断の理由を入力してください。")
    held = session.get(HeldReceipt, number, with_for_update=True)
    if held is None or held.decision is not None:
        raise AlreadyDecided
    return held


def _decide(session: Session, actor: Actor, held: HeldReceipt, decision: str, note: str, now: datetime) -> None:
    held.decision, held.note, held.decided_by, held.decided_at = decision, note.strip(), actor.user_id, now
    journal.record(session, actor, Action.DECIDED, held, detail={"held_receipt": held.line, "decision": decision})
    session.flush()


def _as_row(session: Session, held: HeldReceipt, person: Recipient, payers: tuple[str, str]) -> pl.DataFrame:
    """The row as it was read, with what the person's certification tells of shares, where there is one in its month."""
    schema = {name: pl.String if kind == pl.Date else kind for name, kind in SCHEMA.items()}
    read = {name: held.content.get(name) for name in SCHEMA} | {"line": held.line}
    frame = pl.DataFrame([read], schema=schema).with_columns(
        pl.col([name for name, kind in SCHEMA.items() if kind == pl.Date]).str.to_date("%Y-%m-%d"),
        pl.col("computed").fill_null(0))
    known = Known(holders.holders(session, [person.id]), holders.facilities(session), NOBODY_PAID, payers)
    written = frame["recipient_number"]
    beside = joined(frame.with_columns(recipient_number=pl.lit(person.recipient_number)), known)
    return completed(beside).with_columns(written, recipient_id=pl.lit(person.id))
