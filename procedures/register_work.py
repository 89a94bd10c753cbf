"""異動の知らせ: what a new row of the register or of the tax means for somebody certified; told, never done."""

from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.application import Application
from procedures import known
from procedures.city import City
from procedures.household import count, household_of
from procedures.refusal import Refused
from procedures.register_lookup import fill_taxes
from procedures.work import tell
from rules.tax_year import tax_year
from rules.tier import CannotJudge, tier_of

# 異動区分 → 作業
_KIND_OF = {"11": "died", "12": "moved_out", "13": "moved_out"}


def tell_movements(session: Session, on: date) -> int:
    """住民の異動 of a file that was just stored: one work item for each new state of somebody on the ledger; how many."""
    return tell_what_the_register_says(
        session, on, "EXISTS (SELECT 1 FROM staged t WHERE t.is_new AND t.file_number = r.file_number)", {})


def tell_what_the_register_says(session: Session, on: date, whom: str, values: dict[str, int]) -> int:
    """宛名の最新の状態が意味する作業 for those of the ledger that *whom* chooses; told once for each state.

    A move or a new name is seen against the state before; the first state we know of somebody only against her name,
    because a paper spells an address in its own way.
    """
    rows = session.execute(text(f"""
        SELECT r.id, r.file_number, s.history_number, s.latest_movement, b.id IS NOT NULL AS has_before,
               CASE WHEN b.id IS NULL THEN search_key(s.name) <> search_key(r.name) ELSE s.name <> b.name END AS renamed,
               b.id IS NOT NULL AND s.address <> b.address AS moved
        FROM recipient r
          JOIN LATERAL (SELECT * FROM addressee a WHERE a.file_number = r.file_number AND a.cancellation IS DISTINCT FROM '1'
            ORDER BY a.history_number DESC LIMIT 1) s ON true
          LEFT JOIN LATERAL (SELECT * FROM addressee a WHERE a.file_number = r.file_number
            AND a.history_number < s.history_number AND a.cancellation IS DISTINCT FROM '1'
            ORDER BY a.history_number DESC LIMIT 1) b ON true
        WHERE r.state IN ('certified', 'applying', 'held') AND {whom}"""), values)
    told = 0
    for row in rows:
        kind = _KIND_OF.get(row.latest_movement or "") or (
            "renamed" if row.renamed else "moved_within" if row.moved else "register_changed" if row.has_before else None)
        if kind:
            told += tell(session, row.id, kind, f"addressee:{row.file_number}:{row.history_number}", on)
    return told


def tell_taxes(session: Session, on: date, city: City) -> int:
    """税の更正: who is certified and would be in another tier by the newest rows; return how many are told."""
    rows = session.execute(text("""
        SELECT DISTINCT ON (a.recipient_id) a.id AS application_id, s.tax_year, s.file_number, s.history_number
        FROM staged s JOIN household_member m ON m.member_file_number = s.file_number AND m.is_counted
          AND coalesce(m.tax_year, s.tax_year) = s.tax_year
          AND (m.member_taxation, m.member_income_levy_yen, m.total_income_yen, m.pension_yen)
            IS DISTINCT FROM (s.taxation, s.income_levy_yen, s.total_income_yen, s.pension_yen)
          JOIN application a ON a.id = m.application_id
          JOIN assessment e ON e.application_id = a.id AND e.tier IS NOT NULL
          JOIN recipient r ON r.id = a.recipient_id AND r.state = 'certified'
        WHERE s.is_new
        ORDER BY a.recipient_id, a.acceptance_date DESC, a.id DESC""")).all()
    return sum(_tell_tier(session, row.application_id, row.tax_year, f"tax:{row.file_number}:{row.tax_year}:{row.history_number}",
                          on, city) for row in rows)


def _tell_tier(session: Session, application_id: int, year: int, cause: str, on: date, city: City) -> bool:
    """The household counted once more with the register's newest figures; nothing of the trial stays."""
    application = session.get_one(Application, application_id)
    before = known.assessed(session, application)
    if before is None or tax_year(application.application_date) != year:
        return False
    with session.begin_nested() as trial:
        fill_taxes(session, year, household_of(session, application_id))
        try:
            now = tier_of(count(session, application, city).household, application.application_date).tier.code
        except (CannotJudge, Refused):
            now = None
        trial.rollback()
    if now in (None, before.tier) or application.recipient_id is None:
        return False
    return tell(session, application.recipient_id, "tier_would_change", cause, on, {"from": before.tier, "to": now})
