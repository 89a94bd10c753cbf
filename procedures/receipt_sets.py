"""取り込んだファイル: which files came, what became of each, and whether anything of it still waits."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.receipt import ReceiptSet

MOST = 60


@dataclass(frozen=True)
class Kept:
    """一つのファイル: its row, who took it in and out, how many held rows and findings wait."""

    row: ReceiptSet
    taken_in_by: str
    undone_by: str
    held: int
    findings: int

    @property
    def report(self) -> dict[str, Any]:
        """What became of its rows."""
        return dict(self.row.report)


def sets(session: Session, most: int = MOST) -> list[Kept]:
    """取り込んだファイル, the newest first."""
    numbers = list(session.scalars(text("SELECT id FROM receipt_set ORDER BY id DESC LIMIT :most"), {"most": most}))
    return _kept(session, numbers)


def summary(session: Session, number: int) -> Kept | None:
    """One file, or None."""
    found = _kept(session, [number])
    return found[0] if found else None


def _kept(session: Session, numbers: list[int]) -> list[Kept]:
    rows = session.execute(text("""
        SELECT s.id, coalesce(i.last_name || ' ' || i.first_name, '') AS taken_in_by,
          coalesce(u.last_name || ' ' || u.first_name, '') AS undone_by,
          (SELECT count(*) FROM held_receipt h WHERE h.set_id = s.id AND h.decision IS NULL) AS held,
          (SELECT count(*) FROM receipt_finding f WHERE f.set_id = s.id AND f.state = 'open') AS findings
        FROM receipt_set s LEFT JOIN ab_user i ON i.id = s.imported_by LEFT JOIN ab_user u ON u.id = s.undone_by
        WHERE s.id = ANY(:numbers) ORDER BY s.id DESC"""), {"numbers": numbers}).all()
    by_id = {row.id: row for row in session.query(ReceiptSet).filter(ReceiptSet.id.in_(numbers))}
    return [Kept(by_id[row.id], row.taken_in_by, row.undone_by, row.held, row.findings) for row in rows]
