"""規則の数字の管理: what a change would change, first; then a row that holds from its day on, beside the law's own."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models.journal import Action
from models.parameter import ParameterRow
from procedures import journal
from procedures.actor import Actor
from procedures.model_row import Stale
from procedures.refusal import Refused
from rules.apportionment import shares
from rules.copay_cap import Specials, cap_of
from rules.parameters import Rows, WrongParameters, add, read_rows, trial
from rules.questions import answer_example, published_examples
from rules.tier import CannotJudge, Household, Judged, Tier, tier_of
from translations.wording import said

_known_until = [0]  # the newest row this process judges by


class BadRow(Refused):
    """A row of figures that cannot be published."""


@dataclass(frozen=True)
class Changed:
    """変わる計算例: its name and both answers."""

    name: str
    before: str
    after: str


@dataclass
class Impact:
    """影響: which examples and how many certifications a change of figures would change; no person is named."""

    examples: int = 0
    changed_examples: list[Changed] = field(default_factory=list)
    people: int = 0
    changed_people: int = 0
    changes: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As one JSON object."""
        return asdict(self)


def impact_of(session: Session, name: str, tried: Rows) -> Impact:
    """影響を調べる: examples and live certifications judged by today's figures and by the tried ones; nothing is stored."""
    found = Impact()
    for row in published_examples():
        found.examples += 1
        before = _said(row)
        with trial(name, tried):
            after = _said(row)
        if before != after:
            found.changed_examples.append(Changed(row["id"], before, after))
    changes: Counter[str] = Counter()
    first = min(tried)
    for person in session.execute(_LIVE):
        found.people += 1
        on = max(person.application_date, first)  # judged on the first day on which the tried row could hold
        before = _judged(person, on)
        with trial(name, tried):
            after = _judged(person, on)
        if before != after:
            changes[f"{before} → {after}"] += 1
    found.changed_people, found.changes = sum(changes.values()), dict(changes.most_common())
    return found


_LIVE = text("""
SELECT e.tier, e.taxation, e.income_levy_yen, e.income_yen, e.income_unknown, e.ventilator, e.high_cost_long_term,
       e.borderline_cap_yen, e.other_caps, a.application_date
FROM recipient r JOIN certification c ON c.id = r.current_certification_id
JOIN LATERAL (SELECT x.*, a.application_date FROM assessment x JOIN application a ON a.id = x.application_id
  WHERE a.recipient_id = r.id AND x.tier IS NOT NULL AND a.id <= c.application_id ORDER BY a.id DESC LIMIT 1) e ON true
JOIN application a ON a.id = e.application_id
WHERE r.state = 'certified'""")


def load_parameters(session: Session, newest: int | None = None) -> None:
    """市の数字を読み込む: this process judges by them from now on; with *newest* only where something came since."""
    if newest is not None and newest == _known_until[0]:
        return
    city: dict[str, dict[date, dict[str, Any]]] = {}
    last = 0
    for row in session.scalars(select(ParameterRow).order_by(ParameterRow.id)):
        city.setdefault(row.name, {})[row.effective_from] = row.content
        last = row.id
    add(city)
    _known_until[0] = last


def newest_row(session: Session) -> int:
    """The number of the newest published row; 0 where a city has none."""
    return int(session.scalar(select(func.coalesce(func.max(ParameterRow.id), 0))) or 0)


def read_typed(name: str, typed: str) -> dict[date, dict[str, Any]]:
    """入力された数字: its dated rows; BadRow says what is wrong."""
    try:
        return read_rows(name, typed)
    except WrongParameters as wrong:
        raise BadRow(str(wrong)) from None


def newest_of(session: Session, name: str) -> int:
    """The number of the newest published row of one figure; 0 where the city has none."""
    return int(session.scalar(select(func.coalesce(func.max(ParameterRow.id), 0)).where(ParameterRow.name == name)) or 0)


def publish(session: Session, actor: Actor, name: str, rows: Mapping[date, dict[str, Any]], source: str,
            on: date, seen: str | None = None) -> list[ParameterRow]:
    """数字を公開する: each row holds from its day on, which must lie ahead; what was published stays. BadRow, Stale."""
    if seen is not None and seen != str(newest_of(session, name)):
        raise Stale
    if not source.strip():
        raise BadRow("出典を入力してください (法令、通知、年月日)。")
    if any(day <= on for day in rows):
        raise BadRow("適用開始日は明日以降にしてください。過ぎた日の数字は変えられません。")
    taken = session.scalars(select(ParameterRow.effective_from).where(
        ParameterRow.name == name, ParameterRow.effective_from.in_(rows))).first()
    if taken:
        raise BadRow(said("%(day)s の行はもう公開されています。別の適用開始日にしてください。", day=taken.isoformat()))
    made = [ParameterRow(name=name, effective_from=day, content=_plain(row), source=source.strip(), published_by=actor.user_id)
            for day, row in rows.items()]
    session.add_all(made)
    session.flush()
    for each in made:
        journal.record(session, actor, Action.ADMINISTERED, each, detail={"parameter": name, "from": str(each.effective_from)})
    return made


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {str(key): value.isoformat() if isinstance(value, date) else value for key, value in row.items()}


def _said(row: dict[str, str]) -> str:
    try:
        answer = answer_example(row)
    except (CannotJudge, LookupError, ValueError) as problem:
        return type(problem).__name__
    return ", ".join(f"{key}={value}" for key, value in answer.items() if key != "reasons")


def _judged(person: Any, on: date) -> str:
    """Tier and cap of a live certification by the figures of the moment, as one word."""
    try:
        judged = Judged(Tier.WELFARE, 0, ()) if person.tier == "A" else tier_of(Household(
            taxed=None if person.taxation is None else person.taxation in ("1", "2"),
            income_levy_yen=person.income_levy_yen or 0, patient_income_yen=person.income_yen,
            income_unknown=bool(person.income_unknown)), on)
        cap, _ = cap_of(judged.tier, Specials(
            ventilator=bool(person.ventilator), high_cost_long_term=bool(person.high_cost_long_term),
            borderline_cap_yen=person.borderline_cap_yen), on)
    except CannotJudge:
        return "—"
    if person.other_caps:
        cap = shares((cap, *(each["cap_yen"] for each in person.other_caps)), on)[0]
    return f"{judged.tier.label} {cap:,}円"
