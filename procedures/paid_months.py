"""償還済みの月: for which months a person was granted money back; a receipt of such a month may pay a second time."""

import polars as pl
from sqlalchemy.orm import Session

from procedures.frames import frame_of

_GRANTED = """SELECT DISTINCT recipient_id, to_char(treated_on, 'YYYY-MM') AS treatment_month
FROM reimbursement_bill WHERE is_granted"""


def paid_months(session: Session) -> pl.DataFrame:
    """支給した月: recipient_id and treatment_month of every granted bill."""
    return frame_of(session, _GRANTED, {"recipient_id": pl.Int64, "treatment_month": pl.String})
