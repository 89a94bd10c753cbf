"""影響: what a change of figures would change, before it holds: the published examples, and everybody certified now."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from procedures.city import City
from rules.apportionment import shares
from rules.copay_cap import Specials, cap_of
from rules.household import whose_income
from rules.income_levy import Adjustment, normalised_levy
from rules.own_income import Year, income_of
from rules.parameters import Rows, rows, trial
from rules.questions import answer_example, published_examples
from rules.special_cases import Costs, judge
from rules.tax_year import tax_year
from rules.tier import CODES, CannotJudge, Household, Judged, Tier, tier_of
from rules.validity import Received, period_of

SELF: Final = "00"


@dataclass(frozen=True)
class Changed:
    """変わる計算例: its name and both answers."""

    name: str
    before: str
    after: str


@dataclass
class Impact:
    """影響: which examples and which certifications (by their number) a change would change; no person is named."""

    examples: int = 0
    changed_examples: list[Changed] = field(default_factory=list)
    people: int = 0
    changed_people: int = 0
    changes: dict[str, int] = field(default_factory=dict)
    certifications: list[int] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As one JSON object."""
        return asdict(self)


def impact_of(session: Session, name: str, tried: Rows, city: City) -> Impact:
    """影響を調べる: examples and live certifications judged by today's figures and by the tried ones; nothing is stored.

    Rows that say what is said already change nothing. A certification is judged on the first day on which a tried row
    could hold for it: the day of its application, or the day of the row where that lies later.
    """
    known, found = rows(name), Impact()
    new = {day: row for day, row in tried.items() if known.get(day) != row}
    for row in published_examples():
        found.examples += 1
        before = _said(row)
        with trial(name, new):
            after = _said(row)
        if before != after:
            found.changed_examples.append(Changed(row["id"], before, after))
    changes: Counter[str] = Counter()
    for person in session.execute(_LIVE):
        found.people += 1
        what = [change for day in new if (change := _change(_Asked(person, name, city), new, max(person.application_date, day)))]
        if what:
            changes.update(what)
            found.certifications.append(person.certification_id)
    found.changed_people, found.changes = len(found.certifications), dict(changes.most_common())
    return found


@dataclass(frozen=True)
class _Asked:
    """Whom one asks about which figures; a tax line that names no municipality was taxed by this city."""

    person: Any
    name: str
    city: City


def _change(asked: _Asked, new: Rows, on: date) -> str:
    before = _judged(asked, on)
    with trial(asked.name, new):
        after = _judged(asked, on)
    return "" if before == after else f"{before} → {after}"


# One row a live certification: what was judged, and what it was judged from.
_LIVE: Final = text("""
SELECT c.id AS certification_id, e.tier, e.taxation, e.income_levy_yen, e.income_yen, e.income_unknown, e.ventilator,
       e.high_cost_long_term, e.borderline_cap_yen, e.other_caps, a.application_date, a.acceptance_date, a.application_kind,
       a.diagnosed_date, a.onset_month, members.lines, costs.months
FROM recipient r JOIN certification c ON c.id = r.current_certification_id
JOIN LATERAL (SELECT x.* FROM assessment x JOIN application a ON a.id = x.application_id
  WHERE a.recipient_id = r.id AND x.tier IS NOT NULL AND a.id <= c.application_id ORDER BY a.id DESC LIMIT 1) e ON true
JOIN application a ON a.id = e.application_id
LEFT JOIN LATERAL (SELECT jsonb_agg(jsonb_build_object(
    'relationship', m.member_relationship, 'birth', m.member_birth_date, 'counted', m.is_counted,
    'taxation', m.member_taxation, 'levy', m.member_income_levy_yen, 'total', m.total_income_yen,
    'pension', m.pension_yen, 'other', m.other_income_yen,
    'designated', (SELECT t.is_designated_city FROM municipality t WHERE t.number = m.taxed_by LIMIT 1),
    'credits', (SELECT jsonb_agg(jsonb_build_array(k.kind, k.amount_yen)) FROM tax_adjustment k
                WHERE k.household_member_id = m.id))) AS lines
  FROM household_member m WHERE m.application_id = e.application_id) members ON true
LEFT JOIN LATERAL (SELECT jsonb_agg(jsonb_build_array(m.month, m.total_yen, m.child_yen)) AS months
  FROM cost_month m WHERE m.application_id = e.application_id) costs ON true
WHERE r.state = 'certified'""")


def _judged(asked: _Asked, on: date) -> str:
    """What this kind of figures makes of a live certification by the figures of the moment, in words."""
    person, name = asked.person, asked.name
    if name == "validity":
        return _period(person, on)
    year = f"{tax_year(on)}年度の税で " if name == "tax_year" else ""
    try:
        judged = Judged(Tier.WELFARE, 0, ()) if person.tier == CODES[Tier.WELFARE] else tier_of(_household(asked, on), on)
        cap, _ = cap_of(judged.tier, Specials(
            ventilator=bool(person.ventilator), high_cost_long_term=_long_term(person, name, on, judged.tier),
            borderline_cap_yen=person.borderline_cap_yen), on)
    except CannotJudge:
        return "—"
    if person.other_caps:
        cap = shares((cap, *(each["cap_yen"] for each in person.other_caps)), on)[0]
    return f"{year}{judged.tier.label} {cap:,}円"


def _household(asked: _Asked, on: date) -> Household:
    """The household as it was judged; counted once more from its lines where the figures are about those."""
    person, name = asked.person, asked.name
    stored = Household(
        taxed=None if person.taxation is None else person.taxation in ("1", "2"),
        income_levy_yen=person.income_levy_yen or 0, patient_income_yen=person.income_yen,
        income_unknown=bool(person.income_unknown))
    lines = [line for line in person.lines or () if line["counted"]]
    if name not in ("income_levy", "own_income", "guardian") or not lines:
        return stored
    levy = sum(normalised_levy(line["levy"] or 0, asked.city.is_designated_city if line["designated"] is None else line["designated"],
                               on, _credits(line)) for line in lines)
    own = next((line for line in person.lines if line["relationship"] == SELF), None)
    income = stored.patient_income_yen
    if own is not None and (not own["birth"] or whose_income(date.fromisoformat(own["birth"]), on)[0] == "patient"):
        income = income_of(Year(own["total"], own["pension"], own["other"]), _credits(own), on)
    return Household(taxed=stored.taxed, income_levy_yen=levy, patient_income_yen=income, income_unknown=stored.income_unknown)


def _credits(line: dict[str, Any]) -> list[Adjustment]:
    return [Adjustment(kind, amount) for kind, amount in line["credits"] or ()]


def _long_term(person: Any, name: str, on: date, tier: Tier) -> bool:
    """高額かつ長期 as certified; judged once more from its months where the figures are about those."""
    if name != "special_cases" or not person.months or not person.high_cost_long_term:
        return bool(person.high_cost_long_term)
    # The months keep their distance to the application, wherever the tried row begins.
    later = (on.year - person.application_date.year) * 12 + on.month - person.application_date.month
    months = {_moved(month, later): (total, child) for month, total, child in person.months}
    return judge(on, None, Costs({month: total for month, (total, _) in months.items() if total},
                                 {month: child for month, (_, child) in months.items() if child}), tier).high_cost_long_term


def _moved(month: str, later: int) -> str:
    place = int(month[:4]) * 12 + int(month[5:]) - 1 + later
    return f"{place // 12}-{place % 12 + 1:02}"


def _period(person: Any, on: date) -> str:
    """有効期間 of the same application, received on the first day on which the tried row could hold."""
    received = max(person.acceptance_date, on)
    later = received - person.acceptance_date
    kind = {"2": "renewal", "3": "change", "5": "transfer_in", "9": "change"}.get(person.application_kind, "new")
    before = received if kind == "renewal" else received + timedelta(days=365) if kind == "change" else None
    period = period_of(Received(kind, received, diagnosed=person.diagnosed_date and person.diagnosed_date + later,
                                previous_to=before))
    start = (period.valid_from - received).days
    end = f"{period.valid_to.month}月{period.valid_to.day}日まで"
    if start == 0:
        return f"受理日から、{end}"
    return f"受理日の{-start}日前から、{end}" if start < 0 else f"受理日の{start}日後から、{end}"


def _said(row: dict[str, str]) -> str:
    try:
        answer = answer_example(row)
    except (CannotJudge, LookupError, ValueError) as problem:
        return type(problem).__name__
    return ", ".join(f"{key}={value}" for key, value in answer.items() if key != "reasons")
