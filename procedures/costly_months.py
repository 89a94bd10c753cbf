"""費用の高い月: from the receipts, who may come under 高額かつ長期 or 軽症高額; told or listed, never decided."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.journal import Action
from procedures import journal
from procedures.actor import Actor
from rules.copay_cap import LONG_TERM_TIERS
from rules.parameters import figures
from rules.special_cases import months_before
from rules.tier import CODES

KIND: Final = "long_term_candidate"
LONG_TERM, MILD = "long_term", "mild"
MOST: Final = 1_000
# The special the person has already is no news; the newest assessment with a tier says.
_COSTLY: Final = """
SELECT r.id AS recipient_id, r.name, r.recipient_number, r.tier, r.valid_to, s.months, s.newest, c.id AS certification_id
FROM (SELECT m.recipient_id, count(*) AS months, max(m.treatment_month) AS newest FROM benefit_month m
      WHERE {only} m.treatment_month BETWEEN :first AND :last AND m.medical_yen > :above
      GROUP BY m.recipient_id HAVING count(*) >= :enough) s
JOIN recipient r ON r.id = s.recipient_id AND r.state = 'certified'
JOIN certification c ON c.id = r.current_certification_id
LEFT JOIN LATERAL (SELECT e.high_cost_long_term FROM assessment e JOIN application a ON a.id = e.application_id
  WHERE a.recipient_id = r.id AND e.tier IS NOT NULL AND a.state NOT IN ('withdrawn', 'refused')
  ORDER BY a.acceptance_date DESC, a.id DESC LIMIT 1) e ON true
WHERE {who}"""
_NOT_YET: Final = "r.tier = ANY(:tiers) AND e.high_cost_long_term IS NOT TRUE"


@dataclass(frozen=True)
class Candidate:
    """候補: a person, how many costly months the window holds, and the last of them."""

    recipient_id: int
    name: str
    recipient_number: str | None
    tier: str | None
    valid_to: date | None
    months: int
    newest: str


def tell_long_term(session: Session, on: date) -> int:
    """高額かつ長期の知らせ: of the people whose months are staged, who may apply for the lower cap; once a certification."""
    found = session.execute(text(f"""
        WITH told AS (
          INSERT INTO work_item (recipient_id, kind, cause, detail, due_on)
          SELECT recipient_id, '{KIND}', 'certification:' || certification_id, jsonb_build_object('months', months, 'newest', newest), :due
          FROM ({_COSTLY.format(only='m.recipient_id IN (SELECT recipient_id FROM month_delta) AND', who=_NOT_YET)}) candidate
          ON CONFLICT DO NOTHING RETURNING 1)
        SELECT count(*) FROM told"""), _window(LONG_TERM, on) | {
            "due": on + timedelta(days=figures("office_days", on)["work"])})
    return int(found.scalar_one())


def candidates(session: Session, actor: Actor, special: str, on: date) -> list[Candidate]:
    """候補の一覧: for ``long_term`` who has not the lower cap yet, for ``mild`` everybody the cost alone would keep; journalled."""
    who = _NOT_YET if special == LONG_TERM else "true"
    rows = session.execute(text(_COSTLY.format(only="", who=who) + " ORDER BY r.kana_key, r.id LIMIT :most"),
                           _window(special, on) | {"most": MOST}).all()
    journal.record(session, actor, Action.LISTED, detail={
        "candidates": special, "rows": len(rows), "recipients": [row.recipient_id for row in rows]})
    return [Candidate(*row[:7]) for row in rows]


def law_of(special: str, on: date) -> tuple[int, int]:
    """基準: above how many yen a month is costly, and how many such months it takes (施行令1条, 法7条1項2号)."""
    law = figures("special_cases", on)
    above, enough = ("long_term_above", "long_term_months") if special == LONG_TERM else ("mild_above", "mild_months")
    return law[above], law[enough]


def _window(special: str, on: date) -> dict[str, Any]:
    """The twelve months to the month of *on*, with what counts as costly."""
    last, (above, enough) = f"{on:%Y-%m}", law_of(special, on)
    first = months_before(last, figures("special_cases", on)["window_months"] - 1)
    return {"first": first, "last": last, "above": above, "enough": enough,
            "tiers": [CODES[tier] for tier in LONG_TERM_TIERS]}
