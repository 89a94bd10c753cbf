"""指摘: what the checks found, told once, in sight until a person has decided what becomes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import polars as pl
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models.journal import Action
from models.receipt import ReceiptFinding
from procedures import journal
from procedures.actor import Actor
from procedures.frames import as_copy, copy_in, driver, frame_of
from procedures.refusal import Refused
from rules.accumulation import month_faults
from rules.receipt_check import BY_CODE, WORK

DECISIONS: Final = {"accepted": "このままでよい", "adjust": "過誤調整を申し立てる", "return": "返戻を依頼する"}
PAGE: Final = 100
KEY_PARTS: Final = 16
_FAULT: Final = ("recipient_id", "treatment_month", "code")
_MONTH: Final = {"recipient_id": pl.Int64, "treatment_month": pl.String, "receipts": pl.Int64, "total_yen": pl.Int64,
                 "medical_yen": pl.Int64, "copay_yen": pl.Int64, "due_yen": pl.Int64, "cap_yen": pl.Int64}
_SAME: Final = " AND ".join(f"o.{name} IS NOT DISTINCT FROM n.{name}"
                            for name in ("facility_number", "setting", "receipt_kind", "points", "days"))


class NoSuchFinding(Refused):
    """Somebody decided it already, or it never was."""

    message = "この指摘はもう対応済みです。一覧を開き直してください。"


@dataclass(frozen=True)
class Open:
    """対応を待つ指摘: with the person, and the receipt or the month it is about."""

    id: int
    code: str
    recipient_id: int
    name: str
    recipient_number: str | None
    treatment_month: str
    benefit_id: int | None
    facility_number: str | None
    points: int | None
    copay_yen: int | None
    cap_yen: int | None
    total_yen: int | None

    @property
    def sentence(self) -> str:
        """What is wrong and what to do."""
        return BY_CODE[self.code].sentence


def find_repeats(session: Session, keys: Sequence[pl.DataFrame], first_id: int, set_id: int) -> int:
    """重複 (W6): of equal receipts all but the first are told, in this file and against what was stored before it.

    *keys* are number and key of this file's receipts, batch by batch; its months are staged. Returns how many were told.
    """
    again = [number for part in range(KEY_PARTS) for number in _repeated(keys, part)]
    told = _tell(session, "SELECT id, recipient_id, treatment_month FROM benefit WHERE id = ANY(:again)",
                 {"again": again, "set": set_id}) if again else 0
    return told + _tell(session, f"""
        SELECT DISTINCT n.id, n.recipient_id, n.treatment_month FROM month_delta d
        JOIN benefit_month m ON m.recipient_id = d.recipient_id AND m.treatment_month = d.treatment_month
        JOIN benefit n ON n.recipient_id = d.recipient_id AND n.treatment_month = d.treatment_month AND n.id >= :first
        JOIN benefit o ON o.recipient_id = d.recipient_id AND o.treatment_month = d.treatment_month AND o.id < :first AND {_SAME}
        WHERE coalesce(n.reexamination, '0') = '0'""", {"first": first_id, "set": set_id})


def _repeated(keys: Sequence[pl.DataFrame], part: int) -> list[int]:
    """The numbers of all but the first of equal keys; a part of the keys at a time, so that a large file takes no more room."""
    known = pl.concat(batch.filter(pl.col("key") % KEY_PARTS == part) for batch in keys)
    return known.filter(~known["key"].is_first_distinct())["id"].to_list()


def _tell(session: Session, receipts: str, values: Mapping[str, Any]) -> int:
    return int(session.execute(text(f"""
        WITH told AS (
          INSERT INTO receipt_finding (set_id, benefit_id, recipient_id, treatment_month, code)
          SELECT :set, r.id, r.recipient_id, r.treatment_month, 'W6' FROM ({receipts}) r
          ON CONFLICT DO NOTHING RETURNING 1)
        SELECT count(*) FROM told"""), dict(values)).scalar_one())


def find_in_months(session: Session, set_id: int | None, severities: Mapping[str, str]) -> dict[str, int]:
    """月の点検 (W7, W16) of the staged months: what is wrong now is told once, what is right again is cleared."""
    months = frame_of(session, f"SELECT {', '.join(f'm.{name}' for name in _MONTH)} FROM benefit_month m JOIN month_delta d "
                               "ON d.recipient_id = m.recipient_id AND d.treatment_month = m.treatment_month", _MONTH)
    wrong = month_faults(months)
    wrong = wrong.filter(pl.col("code").is_in([code for code, severity in severities.items() if severity == WORK]))
    session.execute(text("DROP TABLE IF EXISTS month_fault; CREATE TEMP TABLE month_fault ON COMMIT DROP AS "
                         f"SELECT {', '.join(_FAULT)} FROM receipt_finding LIMIT 0"))
    copy_in(driver(session), "month_fault", _FAULT, as_copy(wrong.select(_FAULT), ()))
    session.execute(text("""
        UPDATE receipt_finding f SET state = 'cleared', version = version + 1 FROM month_delta d
        WHERE f.recipient_id = d.recipient_id AND f.treatment_month = d.treatment_month AND f.benefit_id IS NULL
          AND f.state = 'open' AND NOT EXISTS (SELECT 1 FROM month_fault w WHERE w.recipient_id = f.recipient_id
            AND w.treatment_month = f.treatment_month AND w.code = f.code)"""))
    told = session.execute(text("""
        WITH told AS (
          INSERT INTO receipt_finding (set_id, recipient_id, treatment_month, code)
          SELECT :set, w.recipient_id, w.treatment_month, w.code FROM month_fault w
          ON CONFLICT (recipient_id, treatment_month, code) WHERE benefit_id IS NULL AND state = 'open' DO NOTHING
          RETURNING code)
        SELECT code, count(*) FROM told GROUP BY code"""), {"set": set_id})
    return {code: count for code, count in told}


def waiting(session: Session, actor: Actor, code: str | None = None, set_id: int | None = None, after: int = 0,
            most: int = PAGE) -> list[Open]:
    """対応を待つ指摘, the oldest first, after number *after*; whom the list showed is journalled."""
    rows = session.execute(text(f"""
        SELECT f.id, f.code, f.recipient_id, r.name, r.recipient_number, f.treatment_month, f.benefit_id, b.facility_number,
               b.points, coalesce(b.copay_yen, m.copay_yen) AS copay_yen, m.cap_yen, coalesce(b.total_yen, m.total_yen) AS total_yen
        FROM receipt_finding f JOIN recipient r ON r.id = f.recipient_id
        LEFT JOIN benefit b ON b.id = f.benefit_id AND b.recipient_id = f.recipient_id
        LEFT JOIN benefit_month m ON m.recipient_id = f.recipient_id AND m.treatment_month = f.treatment_month
        WHERE f.state = 'open' AND f.id > :after {'AND f.code = :code' if code else ''}
          {'AND f.set_id = :set' if set_id else ''}
        ORDER BY f.id LIMIT :most"""), {"after": after, "code": code, "set": set_id, "most": most}).all()
    journal.record(session, actor, Action.LISTED, detail={
        "findings": code or "all", "rows": len(rows), "recipients": sorted({row.recipient_id for row in rows})})
    return [Open(*row) for row in rows]


def counts(session: Session) -> dict[str, int]:
    """How many of each code wait, in the order of the checks."""
    found = dict(session.execute(select(ReceiptFinding.code, func.count()).where(
        ReceiptFinding.state == "open").group_by(ReceiptFinding.code)).tuples().all())
    return {code: found[code] for code in BY_CODE if code in found}


def decide(session: Session, actor: Actor, numbers: Sequence[int], decision: str, note: str, now: datetime) -> int:
    """対応を決める for one or several findings at once, with the reason; return how many. NoSuchFinding, Refused."""
    if decision not in DECISIONS:
        raise Refused("対応を一覧から選んでください。")
    if not note.strip():
        raise Refused("対応の理由を入力してください。")
    if not numbers:
        raise Refused("指摘を選んでください。")
    rows = list(session.scalars(select(ReceiptFinding).where(
        ReceiptFinding.id.in_(numbers), ReceiptFinding.state == "open").with_for_update()))
    if len(rows) != len(set(numbers)):
        raise NoSuchFinding
    if decision != "accepted" and any(row.benefit_id is None for row in rows):
        raise Refused("月の合計への指摘は、レセプトを選べません。その月のレセプトを一覧で開き、一件ずつ申し立ててください。")
    for row in rows:
        row.state, row.note, row.decided_by, row.decided_at = decision, note.strip(), actor.user_id, now
        journal.record(session, actor, Action.DECIDED, row, detail={"finding": row.code, "decision": decision})
    session.flush()
    return len(rows)


def ask_payer(session: Session, actor: Actor, benefit_id: int, recipient_id: int, decision: str, note: str,
              now: datetime) -> ReceiptFinding:
    """職員の申立て: a receipt the office itself wants adjusted or returned, whatever the checks say. Refused."""
    month = session.execute(text("SELECT treatment_month FROM benefit WHERE id = :id AND recipient_id = :person"),
                            {"id": benefit_id, "person": recipient_id}).scalar()
    if month is None or decision not in ("adjust", "return"):
        raise Refused("レセプトと対応を一覧から選んでください。")
    if not note.strip():
        raise Refused("対応の理由を入力してください。")
    if session.scalar(select(ReceiptFinding.id).where(ReceiptFinding.benefit_id == benefit_id,
                                                      ReceiptFinding.code == BY_OFFICE)):
        raise Refused("このレセプトは、もう一覧に載っています。")
    row = ReceiptFinding(benefit_id=benefit_id, recipient_id=recipient_id, treatment_month=month, code=BY_OFFICE,
                         state=decision, note=note.strip(), decided_by=actor.user_id, decided_at=now)
    session.add(row)
    session.flush()
    journal.record(session, actor, Action.DECIDED, row, detail={"finding": BY_OFFICE, "decision": decision})
    return row


BY_OFFICE: Final = "office"
