"""有効期間の起案: from when until when an application would be certified, beside what the person has already."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.addressee import Addressee
from models.application import Application
from models.certification import Certification
from models.recipient import Recipient
from models.review import Review
from procedures.costs import criterion_met
from procedures.progress import BY_OFFICE, CHANGE, MILD, NEW, RENEWAL, TRANSFER_IN
from procedures.refusal import Refused
from rules.validity import Period, Received, period_of

CERTIFIED = "1"
KINDS = {NEW: "new", RENEWAL: "renewal", CHANGE: "change", TRANSFER_IN: "transfer_in", MILD: "mild_high_cost",
         BY_OFFICE: "change"}
REASONS = {"1": "clinical_form_delay", "2": "worsening", "3": "disaster", "9": "other"}


class NothingToChange(Refused):
    """A change needs a certification that runs."""

    message = "変更する認定がありません。有効な認定のある受給者かを確かめ、なければ新規として受け付けてください。"


class EffectAfterTheEnd(Refused):
    """A change that would take effect when nothing is certified any more."""

    message = "変更の効力が生じる日には、いまの有効期間が終わっています。更新の申請とあわせて判定してください。"


class CriterionNotMet(Refused):
    """軽症高額 without three costly months."""

    message = "登録した月ごとの医療費では、軽症高額の要件を満たしません (法7条1項2号)。申請の台紙の医療費を確かめてください。"


def period_for(session: Session, application: Application) -> Period:
    """有効期間: beside what the person is certified for already; NothingToChange, EffectAfterTheEnd, CriterionNotMet."""
    kind, on = KINDS.get(application.application_kind, "new"), application.acceptance_date
    review = session.scalars(select(Review).where(Review.application_id == application.id)).first()
    by_cost = kind == "mild_high_cost" or bool(review and review.mild_high_cost)
    met = criterion_met(session, application) if by_cost else None
    if kind == "mild_high_cost" and met is None:
        raise CriterionNotMet
    last = last_certified(session, int(application.recipient_id or 0), on)
    if kind == "change" and (last is None or last < on):
        raise NothingToChange

    def until(previous_to: date | None) -> Period:
        return period_of(Received(
            kind, on, diagnosed=application.diagnosed_date, criterion_met_on=met, previous_to=previous_to,
            unavoidable_reason=REASONS.get(application.retroactive_reason or ""), moved_in_on=_moved_in_on(session, application)))

    period = until(last)
    if kind == "change" and last is not None and period.valid_from > last:  # it takes effect in the period that follows
        following = running(session, int(application.recipient_id or 0), period.valid_from, period.valid_from)
        if not following:
            raise EffectAfterTheEnd
        period = until(following[0].valid_to)
    return period


def last_certified(session: Session, recipient_id: int, on: date) -> date | None:
    """いまの、または最後の有効期間の終わり of a person as seen on the day *on*; None where she never was certified."""
    rows = session.scalars(select(Certification).where(
        Certification.recipient_id == recipient_id, Certification.certification == CERTIFIED,
        Certification.is_cancelled.is_(False), Certification.valid_from <= on)).all()
    return max((row.ended_on or row.valid_to or on for row in rows), default=None)


def _moved_in_on(session: Session, application: Application) -> date | None:
    """住民となった日 by the register's newest state of the person."""
    person = session.get_one(Recipient, application.recipient_id)
    return session.scalars(select(Addressee.resident_from).where(Addressee.file_number == person.file_number).order_by(
        Addressee.history_number.desc()).limit(1)).first() if person.file_number else None


def running(session: Session, recipient_id: int, start: date, end: date) -> list[Certification]:
    """有効な認定 of a person that hold on any day from *start* to *end*, the earliest first."""
    rows = session.scalars(select(Certification).where(
        Certification.recipient_id == recipient_id, Certification.certification == CERTIFIED,
        Certification.is_cancelled.is_(False), Certification.valid_from <= end).order_by(Certification.valid_from))
    return [row for row in rows if (row.ended_on or row.valid_to or start) >= start]
