"""起案・決裁: one person proposes, another decides; what was signed stays, a held case is drafted anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.application import Application
from models.certification import Decision
from models.journal import Action
from models.recipient import Recipient
from procedures import journal
from procedures.actor import Actor, full_name
from procedures.model_row import demand_seen
from procedures.progress import LOST, move
from procedures.refusal import Overstepped, Refused


class DraftersOwn(Overstepped):
    """The drafter does not sign off."""

    message = "起案した人は決裁できません。ほかの決裁者に回してください。"


class NothingToSign(Refused):
    """No draft waits for sign-off."""

    message = "決裁を待つ起案がありません。一覧を開き直してください。"


def decision_of(session: Session, application_id: int) -> Decision | None:
    """いまの起案 of an application; None where nothing was drafted."""
    return session.scalars(select(Decision).where(
        Decision.application_id == application_id, Decision.is_current)).first()


def put_up(session: Session, actor: Actor, application: Application, content: Mapping[str, Any], on: date) -> Decision:
    """起案する: *content* waits for a signature; the draft of an earlier hold stays as it was signed."""
    decision = decision_of(session, application.id)
    if decision is not None and decision.sign_off == "1":
        decision.is_current = False
        session.flush()
        decision = None
    if decision is None:
        decision = Decision(application_id=application.id, draft="1", sign_off="0", drafted_by=actor.user_id)
        session.add(decision)
    decision.draft, decision.draft_date = "1", on
    decision.drafted_by = actor.user_id  # type: ignore[assignment]  # only a person drafts; the column refuses none
    decision.sign_off, decision.proposal, decision.sent_back_reason = "0", dict(content), None
    move(application, "drafted")
    journal.record(session, actor, Action.DRAFTED, application, detail={"certification": content["certification"]})
    session.flush()
    return decision


def sign(session: Session, actor: Actor, application_id: int, on: date, seen: str | None = None) -> tuple[Application, dict[str, Any]]:
    """決裁する: the draft that was *seen* carries its second name; DraftersOwn, NothingToSign, DraftChanged."""
    application, decision = _waiting(session, actor, application_id)
    demand_seen(decision, seen)
    decision.sign_off, decision.sign_off_date, decision.signed_by = "1", on, actor.user_id
    session.flush()
    return application, dict(decision.proposal or {})


def send_back(session: Session, actor: Actor, application_id: int, reason: str) -> None:
    """差し戻す: the draft goes back to its drafter with the reason."""
    if not reason.strip():
        raise Refused("差戻しの理由を入力してください。")
    application, decision = _waiting(session, actor, application_id)
    decision.draft, decision.sign_off, decision.sent_back_reason = "2", "2", reason
    move(application, "registered" if application.application_kind == LOST else "reviewed")
    journal.record(session, actor, Action.SENT_BACK, application)
    session.flush()


@dataclass(frozen=True)
class Drafted:
    """決裁待ちの一件: what the signature would make of the person, beside what holds now."""

    application: Application
    person: Recipient
    decision: Decision
    drafter: str


def drafts_of(session: Session, actor: Actor, application_ids: Sequence[int]) -> list[Drafted]:
    """決裁待ちの起案 among these that this signer did not draft, the oldest first; whom they name is journalled."""
    rows = session.execute(
        select(Application, Recipient, Decision, User).join(Recipient, Recipient.id == Application.recipient_id)
        .join(Decision, (Decision.application_id == Application.id) & Decision.is_current)
        .join(User, User.id == Decision.drafted_by)
        .where(Application.id.in_(application_ids), Application.state == "drafted", Decision.drafted_by != actor.user_id)
        .order_by(Application.acceptance_date, Application.id)).all()
    journal.record(session, actor, Action.LISTED, detail={
        "drafts": len(rows), "recipients": [row.Recipient.id for row in rows]})
    return [Drafted(application, person, decision, full_name(user)) for application, person, decision, user in rows]


def _waiting(session: Session, actor: Actor, application_id: int) -> tuple[Application, Decision]:
    application = session.get_one(Application, application_id, with_for_update=True)
    decision = decision_of(session, application_id)
    if decision is None or application.state != "drafted":
        raise NothingToSign
    if decision.drafted_by == actor.user_id:
        raise DraftersOwn
    return application, decision
