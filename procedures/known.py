"""いま分かっていること: what the office knows of a person at one application; a paper that asks for little repeats little."""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, tuple_
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.selectable import LateralFromClause

from models.application import Application
from models.disease import ApplicationDisease
from models.household import HouseholdMember
from models.income import Assessment
from models.items import Record
from procedures.progress import CHANGE, MILD

DISEASE_ADDED = "07"  # 変更内容
DEAD_ENDS = ("withdrawn", "refused")


def known(session: Session, model: type[Record] | Any, application: Application, *conditions: ColumnElement[bool]) -> Any:
    """最新の記録: the newest row of *model* among the person's applications up to this one; None where there is none."""
    return session.scalars(
        select(model).join(Application, Application.id == model.application_id)
        .where(*_up_to(application), *conditions)
        .order_by(Application.acceptance_date.desc(), Application.id.desc()).limit(1)).first()


def assessed(session: Session, application: Application) -> Assessment | None:
    """いまの判定: the newest assessment with a tier; the mere wishes of a paper are none."""
    found: Assessment | None = known(session, Assessment, application, Assessment.tier.is_not(None))
    return found


def assessed_at(application: Any) -> LateralFromClause:
    """いまの判定 beside every row of *application* (an alias of the table): the same, for a statement that asks for more."""
    each = aliased(Application)
    return (select(Assessment.tier, Assessment.reasons).join(each, each.id == Assessment.application_id)
            .where(*_up_to(application, each), Assessment.tier.is_not(None))
            .order_by(each.acceptance_date.desc(), each.id.desc()).limit(1).lateral("assessed"))


def household(session: Session, application: Application) -> list[HouseholdMember]:
    """いまの世帯員: the lines of the newest paper that says whose household it is."""
    newest = known(session, HouseholdMember, application, HouseholdMember.member_relationship.is_not(None))
    if newest is None:
        return []
    return list(session.scalars(select(HouseholdMember).where(
        HouseholdMember.application_id == newest.application_id).order_by(HouseholdMember.position)))


def diseases(session: Session, application: Application) -> list[str]:
    """病名: the 告示番号 that hold; a disease that is added stands beside those before it, any other paper replaces them."""
    numbers = _diseases_of(session, application.id)
    if numbers and not _adds(application):
        return numbers
    before = session.scalars(
        select(Application).join(ApplicationDisease, ApplicationDisease.application_id == Application.id)
        .where(*_up_to(application), Application.id != application.id)
        .order_by(Application.acceptance_date.desc(), Application.id.desc()).limit(1)).first()
    earlier = diseases(session, before) if before else []
    return list(dict.fromkeys((*earlier, *numbers)))


def _adds(application: Application) -> bool:
    return application.application_kind == CHANGE and DISEASE_ADDED in (application.change_contents or ())


def _diseases_of(session: Session, application_id: int) -> list[str]:
    return list(session.scalars(select(ApplicationDisease.disease_number).where(
        ApplicationDisease.application_id == application_id).order_by(ApplicationDisease.position)))


def _up_to(application: Any, each: Any = Application) -> tuple[ColumnElement[bool], ...]:
    """What *each* must be to count at *application*, a row or an alias of the table."""
    # 軽症高額 is applied for again after a refusal: what the refused paper told of the person stands.
    stands = and_(application.application_kind == MILD, each.state == "refused")
    return (each.recipient_id == application.recipient_id,
            or_(each.id == application.id, each.state.not_in(DEAD_ENDS), stands),
            tuple_(each.acceptance_date, each.id) <= tuple_(application.acceptance_date, application.id))
