"""認定を受けている人: every period somebody is certified for, with what receipts are checked against, as one frame."""

from typing import Final

import polars as pl
from sqlalchemy.orm import Session

from procedures.frames import frame_of

HOLDERS: Final = {
    "recipient_id": pl.Int64, "certification_id": pl.Int64, "payer_number": pl.String, "recipient_number": pl.String,
    "valid_from": pl.Date, "until": pl.Date, "cap_yen": pl.Int64, "tier": pl.String, "name": pl.String,
    "kana_key": pl.String, "birth_date": pl.Date, "sex": pl.String, "insurance_kind": pl.String, "insurance_class": pl.String}
FACILITIES: Final = {"number": pl.String, "valid_from": pl.Date, "valid_to": pl.Date}

# A paper that asks for little repeats little (procedures.known): where the certified application has no assessment or
# no insurance of its own, the newest one before it holds.
_EARLIER: Final = """x.recipient_id = c.recipient_id AND x.state NOT IN ('withdrawn', 'refused')
    AND (x.acceptance_date, x.id) <= (a.acceptance_date, a.id) ORDER BY x.acceptance_date DESC, x.id DESC LIMIT 1"""
_PERIODS: Final = f"""
SELECT c.recipient_id, c.id, c.payer_number, c.recipient_number, c.valid_from, coalesce(c.ended_on, c.valid_to),
  coalesce(e.copay_cap_yen, pe.copay_cap_yen), coalesce(e.tier, pe.tier), {{person}}
FROM certification c JOIN application a ON a.id = c.application_id JOIN recipient r ON r.id = c.recipient_id
LEFT JOIN assessment e ON e.application_id = c.application_id AND e.tier IS NOT NULL
LEFT JOIN LATERAL (SELECT p.copay_cap_yen, p.tier FROM assessment p JOIN application x ON x.id = p.application_id
  WHERE e.id IS NULL AND p.tier IS NOT NULL AND {_EARLIER}) pe ON true
{{insurance}}
WHERE c.certification = '1' AND NOT c.is_cancelled {{only}}"""
_INSURANCE: Final = f"""
LEFT JOIN insurance i ON i.application_id = c.application_id
LEFT JOIN LATERAL (SELECT q.insurance_kind, q.insurance_class FROM insurance q JOIN application x ON x.id = q.application_id
  WHERE i.id IS NULL AND {_EARLIER}) pi ON true"""
_PERSON: Final = """r.name, r.kana_key, r.birth_date, r.sex, coalesce(i.insurance_kind, pi.insurance_kind),
  coalesce(i.insurance_class, pi.insurance_class)"""


def holders(session: Session, recipient_ids: list[int] | None = None) -> pl.DataFrame:
    """認定の期間 of *recipient_ids*, or of everybody, one row a period, with the cap, tier and insurance that hold in it."""
    return frame_of(session, _PERIODS.format(person=_PERSON, insurance=_INSURANCE, only=_only(recipient_ids)), HOLDERS,
                    _values(recipient_ids))


def caps(session: Session, recipient_ids: list[int] | None = None) -> pl.DataFrame:
    """上限月額の期間 of *recipient_ids*, or of everybody: recipient_id, valid_from, until, cap_yen."""
    wanted = {name: HOLDERS[name] for name in list(HOLDERS)[:8]}
    found = frame_of(session, _PERIODS.format(person="1", insurance="", only=_only(recipient_ids)), {**wanted, "one": pl.Int64},
                     _values(recipient_ids))
    return found.select("recipient_id", "valid_from", "until", "cap_yen")


def _only(recipient_ids: list[int] | None) -> str:
    return "" if recipient_ids is None else "AND c.recipient_id = ANY(%s)"


def _values(recipient_ids: list[int] | None) -> tuple[list[int], ...]:
    return () if recipient_ids is None else (recipient_ids,)


def facilities(session: Session) -> pl.DataFrame:
    """指定医療機関: numbers and the spans of their designation."""
    return frame_of(session, "SELECT number, valid_from, valid_to FROM facility", FACILITIES)
