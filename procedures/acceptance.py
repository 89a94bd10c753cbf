"""届出の受理: a change notice or a reissue is checked by one officer; what the certificate says decides about a new one."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.application import Application
from models.certification import Certification, Recall
from models.journal import Action
from models.recipient import Recipient
from procedures import journal, recipient
from procedures.actor import Actor
from procedures.progress import REISSUE, move
from procedures.refusal import Refused

# 変更内容 that the certificate prints: 氏名・住所・医療保険・按分対象者・指定医療機関・保護者.
PRINTED = frozenset({"01", "02", "04", "05", "11", "14", "15"})


class NoCertificate(Refused):
    """There is no certificate that could be printed again."""

    message = "有効な認定がないため、受給者証を交付できません。受給者番号と状態を確かめてください。"


def needs_certificate(application: Application) -> bool:
    """受給者証を差し替えるか: a reissue always, a notice where what it changes is printed."""
    return application.application_kind == REISSUE or bool(PRINTED.intersection(application.change_contents or ()))


def accept(session: Session, actor: Actor, application_id: int, on: date) -> Application:
    """受理する: the notice counts from now on; it ends here, or waits for the new certificate. NoCertificate."""
    application = session.get_one(Application, application_id, with_for_update=True)
    move(application, "accepted")
    if needs_certificate(application):
        held = holding(session, int(application.recipient_id or 0), on)
        if not held:
            raise NoCertificate
        if application.application_kind != REISSUE or application.reissue_reason != "1":  # what is lost cannot come back
            session.add_all(Recall(certification_id=each.id, recipient_id=each.recipient_id, asked_on=on,
                                   reason="受給者証の差替えのため") for each in held if each.issue_date or each is held[0])
    else:
        session.flush()
        move(application, "closed")
    journal.record(session, actor, Action.REVIEWED, application, detail={"accepted": True})
    session.flush()
    recipient.refresh(session, int(application.recipient_id or 0), on=on)
    return application


def holding(session: Session, recipient_id: int, on: date) -> list[Certification]:
    """有効な認定: what holds on the day *on*, and what holds later (the renewed one in the months before it begins)."""
    rows = session.scalars(select(Certification).where(
        Certification.recipient_id == recipient_id, Certification.certification == "1",
        Certification.is_cancelled.is_(False)).order_by(Certification.valid_from))
    return [row for row in rows if (row.ended_on or row.valid_to or on) >= on]


def recalls(session: Session, actor: Actor, most: int = 200) -> list[tuple[Recall, Recipient]]:
    """返却を待つ受給者証, the oldest first; whom the list showed is journalled."""
    found = [(recall, person) for recall, person in session.execute(
        select(Recall, Recipient).join(Recipient, Recipient.id == Recall.recipient_id)
        .where(Recall.returned_on.is_(None)).order_by(Recall.asked_on, Recall.id).limit(most))]
    journal.record(session, actor, Action.LISTED, detail={
        "recalls": len(found), "recipients": [person.id for _, person in found]})
    return found


def came_back(session: Session, actor: Actor, recall_id: int, on: date) -> None:
    """返却された: the old certificate is in the office."""
    recall = session.get_one(Recall, recall_id, with_for_update=True)
    if recall.returned_on is not None:
        raise Refused("この受給者証はもう返却されています。")
    recall.returned_on = on
    journal.record(session, actor, Action.CHANGED, recall, detail={"returned": True})
    session.flush()
