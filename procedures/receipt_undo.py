"""取込の取消: a whole file goes as if it had never come, until something depends on one of its receipts."""

from datetime import datetime
from typing import Final

import polars as pl
from sqlalchemy import text
from sqlalchemy.orm import Session

from models.journal import Action
from models.receipt import ReceiptSet
from procedures import journal
from procedures.accumulation import count_again
from procedures.actor import Actor
from procedures.frames import frame_of
from procedures.paid_months import paid_months
from procedures.receipt_findings import find_in_months
from procedures.receipt_import import JAPAN
from procedures.receipt_severity import severities
from procedures.refusal import Refused
from translations.wording import said

_OWN: Final = """b.set_id = %s AND (b.id BETWEEN %s AND %s OR b.id IN (SELECT h.benefit_id FROM held_receipt h
    WHERE h.set_id = %s AND h.benefit_id IS NOT NULL))"""


class SomethingDepends(Refused):
    """A receipt of this file is adjusted, sent back, or part of a month that was paid out."""

    message = "このファイルのレセプトに続きの処理があるため、取り消せません。"


def undo(session: Session, actor: Actor, set_id: int, reason: str, now: datetime) -> int:
    """取り消す: its receipts, findings and undecided held rows are gone, the months say so; return how many receipts.

    The file itself stays in the vault and may be taken in again. SomethingDepends, Refused.
    """
    if not reason.strip():
        raise Refused("取り消す理由を入力してください。")
    session.execute(text("LOCK TABLE benefit IN SHARE ROW EXCLUSIVE MODE"))
    kept = session.get(ReceiptSet, set_id, with_for_update=True)
    if kept is None or kept.undone_at is not None:
        raise Refused("このファイルはもう取り消されています。一覧を開き直してください。")
    own = (set_id, kept.first_id or 0, kept.last_id or 0, set_id)
    touched = frame_of(session, f"SELECT DISTINCT b.recipient_id, b.treatment_month FROM benefit b WHERE {_OWN}",
                       {"recipient_id": pl.Int64, "treatment_month": pl.String}, own)
    _refuse_dependents(session, set_id, touched, own)
    kept.undone_at, kept.undone_by, kept.undo_reason = now, actor.user_id, reason.strip()
    session.flush()
    session.execute(text("DELETE FROM receipt_finding WHERE set_id = :set"), {"set": set_id})
    session.execute(text("DELETE FROM held_receipt WHERE set_id = :set AND decision IS NULL"), {"set": set_id})
    session.connection().exec_driver_sql(f"DELETE FROM benefit b WHERE {_OWN}", own)
    count_again(session, touched)
    find_in_months(session, None, severities(session, now.astimezone(JAPAN).date()))
    journal.record(session, actor, Action.CHANGED, kept, reason=reason.strip(), detail={"undone": True, "rows": kept.receipts})
    session.flush()
    return kept.receipts


def _refuse_dependents(session: Session, set_id: int, touched: pl.DataFrame, own: tuple[int, ...]) -> None:
    adjusted = session.connection().exec_driver_sql(
        f"SELECT count(*) FROM benefit b JOIN benefit_adjustment a ON a.benefit_id = b.id WHERE {_OWN}", own).scalar_one()
    if adjusted:
        raise SomethingDepends(said("調整を入力したレセプトが%(n)s件あるため、取り消せません。", n=adjusted))
    listed = session.execute(text(
        "SELECT count(*) FROM receipt_finding WHERE set_id = :set AND listed_on IS NOT NULL"), {"set": set_id}).scalar_one()
    if listed:
        raise SomethingDepends(said("過誤調整か返戻の一覧に出したレセプトが%(n)s件あるため、取り消せません。", n=listed))
    paid = touched.join(paid_months(session), on=["recipient_id", "treatment_month"], how="semi").height
    if paid:
        raise SomethingDepends(said("償還払で支給した月のレセプトが%(n)s件分あるため、取り消せません。", n=paid))
