"""資格喪失: drafted and signed off like a certification; the period ends, what was printed stays and is called back."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.application import Application
from models.certification import Certification, Loss, Recall
from procedures.refusal import Refused
from translations.wording import said

LOSS = "loss"  # in a proposal: what the signature carries out is a loss


class NothingToLose(Refused):
    """There is no certification on that day."""


def loss_content(session: Session, application: Application) -> dict[str, Any]:
    """喪失の起案: reason and day as on the paper; NothingToLose where nothing is certified on that day."""
    loss = session.scalars(select(Loss).where(Loss.application_id == application.id)).one()
    certification = held_on(session, int(application.recipient_id or 0), loss.loss_date)
    if certification is None:
        raise NothingToLose(said("喪失日 %(day)s に有効な認定がありません。届出の日付と受給者を確かめてください。",
                                 day=loss.loss_date.isoformat()))
    return {"certification": LOSS, "loss_reason": loss.loss_reason, "loss_date": loss.loss_date.isoformat(),
            "certification_id": certification.id}


def lose(session: Session, application: Application, content: dict[str, Any], on: date) -> None:
    """喪失させる: the certification of that day ends with it, later ones never take effect, the certificate comes back."""
    day = date.fromisoformat(content["loss_date"])
    certification = held_on(session, int(application.recipient_id or 0), day)
    if certification is None:
        raise NothingToLose("喪失日に有効な認定がなくなっています。差し戻して確かめてください。")
    certification.ended_on = day
    for later in session.scalars(select(Certification).where(
            Certification.recipient_id == application.recipient_id, Certification.certification == "1",
            Certification.is_cancelled.is_(False), Certification.valid_from > day)):
        later.is_cancelled = True
    session.add(Recall(certification_id=certification.id, recipient_id=certification.recipient_id, asked_on=on,
                       reason="資格喪失のため"))
    session.flush()


def held_on(session: Session, recipient_id: int, day: date) -> Certification | None:
    """その日の認定 of a person; the database allows at most one."""
    rows = session.scalars(select(Certification).where(
        Certification.recipient_id == recipient_id, Certification.certification == "1",
        Certification.is_cancelled.is_(False), Certification.valid_from <= day))
    return next((row for row in rows if (row.ended_on or row.valid_to or day) >= day), None)
