"""償還済みの月: for which months a person was granted money back; a receipt of such a month may pay a second time."""

import polars as pl
from sqlalchemy import text
from sqlalchemy.orm import Session

from procedures.frames import frame_of

_GRANTED = """SELECT DISTINCT recipient_id, to_char(treated_on, 'YYYY-MM') AS treatment_month
FROM reimbursement_bill WHERE is_granted"""
_NONE = "SELECT NULL::bigint AS recipient_id, NULL::text AS treatment_month WHERE false"


def paid_months(session: Session) -> pl.DataFrame:
    """支給した月: recipient_id and treatment_month of every granted bill; empty where claims have no bills yet."""
    has_bills = session.scalar(text("SELECT to_regclass('reimbursement_bill') IS NOT NULL"))
    return frame_of(session, _GRANTED if has_bills else _NONE, {"recipient_id": pl.Int64, "treatment_month": pl.String})
