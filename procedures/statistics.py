"""統計: the yearly counts a city reports: who held a certificate at the end of the year, and what was decided in it."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.journal import Action
from procedures import journal
from procedures.actor import Actor
from procedures.lookup import codes_of, disease_names

FIRST_MONTH: Final = 4  # 年度: April to March
AGES: Final = ((0, 9), (10, 19), (20, 29), (30, 39), (40, 49), (50, 59), (60, 69), (70, 74), (75, 200))


@dataclass(frozen=True)
class Table:
    """表: its title, and label and count of each line; the counts add up to *total*."""

    name: str
    title: str
    lines: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        """Everybody or everything of this table."""
        return sum(count for _, count in self.lines)


def fiscal_year(on: date) -> int:
    """年度 of a day."""
    return on.year - (on.month < FIRST_MONTH)


def counted_on(year: int, on: date) -> date:
    """受給者を数える日: 31 March that ends the year, or the day *on* while the year runs."""
    return min(date(year + 1, 3, 31), max(on, date(year, 4, 1)))


def yearly(session: Session, year: int, on: date, language: str = "ja") -> list[Table]:
    """年報: holders at the end of the year (or now) by disease, tier, age, sex; decisions of the year by kind and month."""
    last = date(year + 1, 3, 31)
    words = codes_of(session, {"tier", "sex", "application_kind", "certification", "refusal_reason"}, last, language)
    names = disease_names(session, last)
    span = {"first": date(year, 4, 1), "last": last}
    holders = session.execute(_HOLDERS, {"on": counted_on(year, on)}).all()
    return [
        Table("diseases", "疾病別の受給者", _counted((f"{row.disease} {names.get(row.disease, '')}".strip() for row in holders),
                                            key=_number)),
        Table("tiers", "階層区分別の受給者", _coded((row.tier for row in holders), words["tier"])),
        Table("ages", "年齢別の受給者", _aged([row.age for row in holders])),
        Table("sexes", "性別の受給者", _coded((row.sex for row in holders), words["sex"])),
        Table("kinds", "申請区分別の受理件数", tuple(
            (words["application_kind"].get(row.code, row.code), row.number) for row in session.execute(_KINDS, span))),
        Table("results", "申請区分・結果別の決定件数", tuple(
            (f"{words['application_kind'].get(row.kind, row.kind)} — {words['certification'].get(row.code, row.code)}", row.number)
            for row in session.execute(_RESULTS, span))),
        Table("refusals", "非認定理由別の件数", _coded(session.scalars(_REFUSALS, span), words["refusal_reason"])),
        Table("months", "月別の決定件数", _monthly(session, span, year))]


def export_counts(session: Session, actor: Actor, year: int, on: date, form: str) -> list[Table]:
    """年報を出力する: counts only, and that they left is journalled."""
    made = yearly(session, year, on)
    journal.record(session, actor, Action.EXPORTED, detail={"statistics": year, "format": form})
    return made


_HOLDERS: Final = text("""
SELECT coalesce(d.disease_number, r.disease_number, '—') AS disease, coalesce(e.tier, '—') AS tier, r.sex,
       extract(year FROM age(CAST(:on AS date), r.birth_date))::int AS age
FROM certification c JOIN recipient r ON r.id = c.recipient_id
LEFT JOIN LATERAL (SELECT x.tier FROM assessment x JOIN application a ON a.id = x.application_id
  WHERE a.recipient_id = c.recipient_id AND x.tier IS NOT NULL AND a.id <= c.application_id ORDER BY a.id DESC LIMIT 1) e ON true
LEFT JOIN LATERAL (SELECT x.disease_number FROM application_disease x JOIN application a ON a.id = x.application_id
  WHERE a.recipient_id = c.recipient_id AND a.id <= c.application_id
  ORDER BY a.id DESC, x.is_main DESC NULLS LAST, x.position LIMIT 1) d ON true
WHERE c.certification = '1' AND NOT c.is_cancelled AND :on BETWEEN c.valid_from AND coalesce(c.ended_on, c.valid_to)""")
_KINDS: Final = text("""
SELECT application_kind AS code, count(*) AS number FROM application
WHERE acceptance_date BETWEEN :first AND :last GROUP BY 1 ORDER BY length(application_kind), 1""")
_DECIDED: Final = "coalesce(d.sign_off_date, v.review_result_date, a.acceptance_date)"
_JOINED: Final = """
FROM certification c JOIN application a ON a.id = c.application_id
LEFT JOIN decision d ON d.application_id = a.id AND d.is_current LEFT JOIN review v ON v.application_id = a.id"""
_RESULTS: Final = text(f"""
SELECT a.application_kind AS kind, c.certification AS code, count(*) AS number {_JOINED}
WHERE {_DECIDED} BETWEEN :first AND :last GROUP BY 1, 2 ORDER BY length(a.application_kind), 1, 2""")
_REFUSALS: Final = text(f"""
SELECT c.refusal_reason {_JOINED} WHERE c.refusal_reason IS NOT NULL AND {_DECIDED} BETWEEN :first AND :last""")
_MONTHS: Final = text(f"""
SELECT to_char({_DECIDED}, 'YYYY-MM') AS month, count(*) AS number {_JOINED}
WHERE {_DECIDED} BETWEEN :first AND :last GROUP BY 1""")


def _monthly(session: Session, span: dict[str, date], year: int) -> tuple[tuple[str, int], ...]:
    found = dict(session.execute(_MONTHS, span).tuples().all())
    months = [f"{year + (month > 12)}-{(month - 1) % 12 + 1:02}" for month in range(FIRST_MONTH, FIRST_MONTH + 12)]
    return tuple((month, found.get(month, 0)) for month in months)


def _counted(values: Any, key: Any = None) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return tuple(sorted(counts.items(), key=(lambda pair: key(pair[0])) if key else None))


def _coded(values: Any, words: dict[str, str]) -> tuple[tuple[str, int], ...]:
    return tuple((words.get(code, code), count) for code, count in _counted(values))


def _aged(ages: list[int]) -> tuple[tuple[str, int], ...]:
    return tuple((f"{low}–{high}" if high < 200 else f"{low}–", sum(low <= age <= high for age in ages)) for low, high in AGES)


def _number(label: str) -> tuple[int, str]:
    first = label.split(" ")[0]
    return (int(first) if first.isdigit() else 0, label)
