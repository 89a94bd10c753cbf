"""だれの行か: every table that holds something of a person, and how her rows are found; for her copy and for disposal.

A house test demands that a table which refers to a person, an application or a paper stands here: a new table decides at once
whether a person gets it to see and goes with her file.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_APPLICATIONS: Final = "(SELECT id FROM application WHERE recipient_id = ANY(:people))"
_MEMBERS: Final = f"(SELECT id FROM household_member WHERE application_id IN {_APPLICATIONS})"
_CLAIMS: Final = "(SELECT id FROM reimbursement_claim WHERE recipient_id = ANY(:people))"
_ORDERS: Final = "(SELECT id FROM payment_order WHERE recipient_id = ANY(:people))"
_REPORTS: Final = "(SELECT id FROM number_report WHERE recipient_id = ANY(:people))"
_LINES: Final = f"(SELECT id FROM number_line WHERE report_id IN {_REPORTS})"
# Her papers, those they replaced included.
_SHEETS: Final = """(WITH RECURSIVE papers AS (
  SELECT sheet_id AS id FROM application WHERE recipient_id = ANY(:people)
  UNION SELECT sheet_id FROM number_report WHERE recipient_id = ANY(:people)
  UNION SELECT sheet_id FROM reimbursement_claim WHERE recipient_id = ANY(:people)
  UNION SELECT s.replaces_id FROM received_sheet s JOIN papers p ON p.id = s.id) SELECT id FROM papers WHERE id IS NOT NULL)"""

OF_APPLICATION: Final = (
    "patient", "applicant", "application_attachment", "insurance", "clinical_form", "application_disease", "application_facility",
    "household_member", "assessment", "cost_month", "review", "board_item", "decision", "certification", "notice", "loss", "inquiry")
OF_PERSON: Final = ("certificate", "recall", "portal_notice", "renewal_notice", "benefit", "reimbursement_claim", "number_report", "work_item",
                    "correction", "subject_request", "protection", "benefit_adjustment", "held_receipt", "receipt_finding",
                    "payment_order", "integrated_number", "network_inquiry", "provision", "transfer", "network_record", "outgoing_message")
OF_CLAIM: Final = ("reimbursement_bill", "reimbursement_month", "reimbursement_calculation", "payment_decision")
OF_SHEET: Final = ("keying", "difference", "parked_keying", "numbering.sealed_number")

# table → which of its rows (t) belong to :people
OWNED: Final[dict[str, str]] = {
    "recipient": "t.id = ANY(:people)",
    "application": "t.recipient_id = ANY(:people)",
    **{table: f"t.application_id IN {_APPLICATIONS}" for table in OF_APPLICATION},
    "tax_adjustment": f"t.household_member_id IN {_MEMBERS}",
    **{table: "t.recipient_id = ANY(:people)" for table in OF_PERSON},
    **{table: f"t.claim_id IN {_CLAIMS}" for table in OF_CLAIM},
    "payment_return": f"t.order_id IN {_ORDERS}",
    "letter": f"t.recipient_id = ANY(:people) OR t.application_id IN {_APPLICATIONS}",
    "number_line": f"t.report_id IN {_REPORTS}",
    "numbering.individual_number": f"t.line_id IN {_LINES}",
    "received_sheet": f"t.id IN {_SHEETS}",
    **{table: f"t.sheet_id IN {_SHEETS}" for table in OF_SHEET},
    "request_correction": "t.request_id IN (SELECT id FROM subject_request WHERE recipient_id = ANY(:people))",
}
# Images of her papers that are the image of nobody else's.
SCANS: Final = f"""t.id IN (SELECT scan_id FROM received_sheet WHERE id IN {_SHEETS})
  AND NOT EXISTS (SELECT FROM received_sheet other WHERE other.scan_id = t.id AND other.id NOT IN {_SHEETS})"""


def rows(session: Session, table: str, people: Iterable[int]) -> Iterator[dict[str, Any]]:
    """その人たちの行 of one table, as the database holds them, the oldest first."""
    yield from session.scalars(text(f"SELECT to_jsonb(t) FROM {table} t WHERE {OWNED[table]} ORDER BY t.id"),
                               {"people": list(people)})


def history(session: Session, table: str, people: Iterable[int]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """前の内容: what her rows of one table said before, and until when."""
    found = session.execute(text(
        f"SELECT h.known_until, h.content FROM record_history h JOIN {table} t ON t.id = h.row_id"
        f" WHERE h.table_name = :table AND ({OWNED[table]}) ORDER BY h.row_id, h.id"), {"people": list(people), "table": table})
    yield from ((row.known_until, row.content) for row in found)
