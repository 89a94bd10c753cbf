"""案件: the applications that wait at one step, and what an officer must see of one of them to decide."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, func, or_, select, true
from sqlalchemy.orm import Session

from models.application import Application
from models.certification import Certification, Decision, Loss
from models.income import Assessment
from models.insurance import ClinicalForm, Insurance
from models.journal import Action
from models.person import Applicant, Patient
from models.recipient import Recipient
from models.review import Review
from procedures import journal, known
from procedures.actor import Actor
from procedures.checklist import Line, checklist
from procedures.drafting import decision_of
from procedures.lookup import codes_of, disease_names
from procedures.refusal import Refused
from rules.parameters import figures


class NoSuchCase(Refused):
    """There is no such application."""

    message = "その申請はありません。一覧から選び直してください。"


@dataclass(frozen=True)
class Case:
    """一件: the records of one application and the words of its codes."""

    application: Application
    person: Recipient | None
    patient: Patient | None
    applicant: Applicant | None
    insurance: Insurance | None
    clinical_form: ClinicalForm | None
    assessment: Assessment | None
    review: Review | None
    decision: Decision | None
    certification: Certification | None
    diseases: tuple[str, ...]
    loss: Loss | None
    attachments: tuple[Line, ...]
    words: dict[str, dict[str, str]]


Step = tuple[str, tuple[str, ...]]  # a state, and the kinds of application for which it is this step


PAGE: Final = 100


def due_of(received: date) -> date:
    """処理期限: until when the city means to have decided what it received on that day (標準処理期間)."""
    return received + timedelta(days=figures("office_days", received)["decision"])


def counts_at(session: Session, steps: tuple[Step, ...]) -> dict[str, int]:
    """待っている件数 by 申請区分, of all that wait at these steps."""
    return {kind: count for kind, count in session.execute(
        select(Application.application_kind, func.count()).where(_at(steps)).group_by(Application.application_kind)
        .order_by(Application.application_kind)).tuples()}


def _at(steps: tuple[Step, ...]) -> ColumnElement[bool]:
    return or_(*((Application.state == state) & Application.application_kind.in_(kinds) for state, kinds in steps))


def waiting_at(session: Session, actor: Actor, steps: tuple[Step, ...], *, kind: str | None = None, page: int = 0,
               most: int = PAGE, newest_first: bool = False) -> list[Row[Any]]:
    """待っている申請, a page of them: oldest first, with the name of the person; whom the list showed is journalled."""
    rows = list(session.execute(select(
        Application.id, Application.acceptance_number, Application.acceptance_date, Application.application_kind,
        Application.state, Recipient.name, Decision.drafted_by, Certification.id.label("certification_id"),
        Certification.certification,
        Certification.issue_date, Decision.sent_back_reason, Application.recipient_id,
    ).join(Recipient, Recipient.id == Application.recipient_id)
        .outerjoin(Decision, (Decision.application_id == Application.id) & Decision.is_current)
        .outerjoin(Certification, Certification.application_id == Application.id)
        .where(_at(steps), Application.application_kind == kind if kind else true())
        .order_by(*((Application.id.desc(),) if newest_first else (Application.acceptance_date, Application.id)))
        .offset(page * most).limit(most)))
    journal.record(session, actor, Action.LISTED, detail={
        "states": [state for state, _ in steps], "rows": len(rows), "recipients": [row.recipient_id for row in rows]})
    return rows


def case_of(session: Session, actor: Actor, application_id: int, on: date, language: str = "ja") -> Case:
    """一件を見る: everything about the application; that it was seen is journalled."""
    application = session.get(Application, application_id)
    if application is None:
        raise NoSuchCase

    def one(model: Any) -> Any:
        return session.scalars(select(model).where(model.application_id == application_id)).first()

    def newest(model: Any) -> Any:
        return known.known(session, model, application)

    names = disease_names(session, on)
    journal.record(session, actor, Action.SAW, application)
    return Case(
        application, session.get(Recipient, application.recipient_id), newest(Patient), one(Applicant),
        newest(Insurance), one(ClinicalForm), one(Assessment), one(Review), decision_of(session, application_id),
        one(Certification), tuple(f"{number} {names.get(number, '')}" for number in known.diseases(session, application)),
        one(Loss), tuple(checklist(session, application)),
        codes_of(session, {"attachment", "change_content", "loss_reason", "reissue_reason", "tax_adjustment", "sex", "relationship", "insurance_kind", "taxation", "tier", "document_review",
                           "review_result", "certification", "refusal_reason", "hold_reason", "application_kind"}, on,
                 language))
