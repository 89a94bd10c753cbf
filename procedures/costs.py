"""医療費の申告: what each month cost, and what the windows of 軽症高額 and 高額かつ長期 make of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models.application import Application
from models.benefit import BenefitMonth
from models.certification import Certification
from models.journal import Action
from models.review import CostMonth
from procedures import journal, known
from procedures.actor import Actor
from procedures.model_row import Stale
from procedures.refusal import Refused
from rules.special_cases import Costs, Judged, judge, met_on
from rules.tier import CODES, Tier

MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
SOURCES = {"ledger": "自己負担上限額管理票", "statement": "医療費申告書・領収書"}


@dataclass(frozen=True)
class Cost:
    """一月の医療費 in yen (10割, meals left out): of 難病 and, before or beside it, of 小慢."""

    total_yen: int = 0
    child_yen: int = 0


class NotAMonth(Refused):
    """A month or an amount that is none."""

    message = "診療年月は 2026-04 のように、医療費総額は0以上の整数で入力してください。"


def costs_version(session: Session, application_id: int) -> str:
    """版: the newest line of the months of one application; every save makes new ones."""
    return str(session.scalar(select(func.max(CostMonth.id)).where(CostMonth.application_id == application_id)) or 0)


def note_costs(session: Session, actor: Actor, application_id: int, months: Mapping[str, Cost], source: str,
               seen: str | None = None) -> None:
    """医療費を登録する: the months of one application are these; what they were before stays in the history. NotAMonth, Stale."""
    if source not in SOURCES or any(not MONTH.fullmatch(month) or min(cost.total_yen, cost.child_yen) < 0
                                    for month, cost in months.items()):
        raise NotAMonth
    application = session.get_one(Application, application_id, with_for_update=True)
    if seen is not None and costs_version(session, application_id) != seen:
        raise Stale
    session.execute(delete(CostMonth).where(CostMonth.application_id == application_id))
    session.add_all(CostMonth(application_id=application_id, month=month, total_yen=cost.total_yen,
                              child_yen=cost.child_yen, source=source) for month, cost in sorted(months.items()))
    journal.record(session, actor, Action.CHANGED, application, detail={"cost_months": len(months)})
    session.flush()


def costs_of(session: Session, application_id: int) -> dict[str, Cost]:
    """月ごとの医療費総額, by month."""
    return {row.month: Cost(row.total_yen, row.child_yen) for row in session.execute(
        select(CostMonth.month, CostMonth.total_yen, CostMonth.child_yen).where(
            CostMonth.application_id == application_id).order_by(CostMonth.month))}


def known_costs(session: Session, application: Application) -> dict[str, Cost]:
    """分かっている医療費総額 by month: what papers declare and what receipts say, the larger where both speak of a month.

    Receipts hold what was claimed with the certificate, without meals; a paper may know of more, never of less.
    """
    found = costs_of(session, application.id)
    for month, yen in from_receipts(session, application).items():
        paper = found.get(month, Cost())
        found[month] = replace(paper, total_yen=max(yen, paper.total_yen))
    return dict(sorted(found.items()))


def from_receipts(session: Session, application: Application) -> dict[str, int]:
    """レセプトによる医療費総額 by month of the person of *application*, meals left out."""
    return dict(session.execute(select(BenefitMonth.treatment_month, BenefitMonth.medical_yen).where(
        BenefitMonth.recipient_id == application.recipient_id).order_by(BenefitMonth.treatment_month)).tuples().all())


def judged(session: Session, application: Application) -> Judged | None:
    """判定: both windows with their reasons, from papers and receipts; None where no month is known."""
    months = known_costs(session, application)
    if not months:
        return None
    assessment = known.assessed(session, application)
    tier = next((tier for tier in Tier if assessment and CODES[tier] == assessment.tier), Tier.GENERAL_1)
    first = session.scalar(select(func.min(Certification.valid_from)).where(
        Certification.recipient_id == application.recipient_id, Certification.certification == "1"))
    return judge(application.application_date, application.onset_month, Costs(
        {month: cost.total_yen for month, cost in months.items() if cost.total_yen},
        {month: cost.child_yen for month, cost in months.items() if cost.child_yen},
        f"{first:%Y-%m}" if first else None), tier)


def criterion_met(session: Session, application: Application) -> date | None:
    """軽症高額の要件を満たした日 of this application; None where its months do not meet it."""
    return met_on(application.acceptance_date, application.onset_month,
                  {month: cost.total_yen for month, cost in known_costs(session, application).items()})
