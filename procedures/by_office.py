"""職権: what the office begins without a paper, with its reason; and what ends without a result (取下げ)."""

from datetime import date

from sqlalchemy.orm import Session

from models.application import Application
from models.certification import Loss
from models.journal import Action
from models.recipient import Recipient
from procedures import journal, recipient
from procedures.actor import Actor
from procedures.loss import NothingToLose, held_on
from procedures.progress import BY_OFFICE, LOST, move
from procedures.reception import acceptance_number
from procedures.refusal import Refused

SERIES = "S"  # 申請受理番号: what no counter received
METHOD = "9"  # 申請方法区分: 職権


class NoReason(Refused):
    """What the office begins by itself needs a written reason."""

    message = "職権の理由を入力してください。後から見る人に、なぜ始めたかが分かるように書きます。"


def open_change(session: Session, actor: Actor, recipient_id: int, why: str, on: date) -> Application:
    """職権変更を起こす: a change without a paper; it is assessed, drafted and signed off like any other. NoReason."""
    return _open(session, actor, recipient_id, BY_OFFICE, why, on)


def open_loss(session: Session, actor: Actor, recipient_id: int, loss_reason: str, day: date, why: str,
              on: date) -> Application:
    """職権の喪失を起こす: reason and day wait for a draft and a signature. NoReason, NothingToLose."""
    if held_on(session, recipient_id, day) is None:
        raise NothingToLose("その日に有効な認定がありません。喪失日を確かめてください。")
    application = _open(session, actor, recipient_id, LOST, why, on)
    session.add(Loss(application_id=application.id, loss_reason=loss_reason, loss_date=day))
    session.flush()
    return application


def withdraw(session: Session, actor: Actor, application_id: int, why: str, on: date) -> Application:
    """取り下げる: the case ends without a result; nothing it said counts any more. NoReason, OutOfOrder."""
    if not why.strip():
        raise NoReason("取下げの理由を入力してください。")
    application = session.get_one(Application, application_id, with_for_update=True)
    move(application, "withdrawn")
    application.remarks = "\n".join(filter(None, (application.remarks, f"取下げ: {why.strip()}")))[:400]
    journal.record(session, actor, Action.DECIDED, application, detail={"withdrawn": True})
    session.flush()
    if application.recipient_id:
        recipient.refresh(session, application.recipient_id, on=on)
    return application


def _open(session: Session, actor: Actor, recipient_id: int, kind: str, why: str, on: date) -> Application:
    if not why.strip():
        raise NoReason
    person = session.get_one(Recipient, recipient_id)
    application = Application(
        recipient_id=person.id, office_reason=why.strip(), application_kind=kind, application_date=on,
        acceptance_date=on, acceptance_number=acceptance_number(session, on, SERIES), application_method=METHOD,
        counter=person.counter, written_recipient_number=person.recipient_number)
    session.add(application)
    session.flush()
    journal.record(session, actor, Action.RECEIVED, application, detail={"by_office": True})
    return application
