"""添付書類の確認: what this application needs by the city's list, what came with it, and what is missing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.application import Application, ApplicationAttachment
from models.codes import RequiredAttachment
from models.household import HouseholdMember
from models.income import Assessment
from models.insurance import Insurance
from models.journal import Action
from models.person import Applicant
from models.review import Review
from procedures import journal, known
from procedures.acceptance import needs_certificate
from procedures.actor import Actor
from procedures.refusal import Refused

# 必要になる場合, as the city's list names it.
CIRCUMSTANCES: Final = {
    "always": "いつも", "not_welfare": "生活保護等でないとき", "welfare": "生活保護等のとき", "shared": "按分する受給者がいるとき",
    "proxy": "本人以外が申請するとき", "mild_high_cost": "軽症高額のとき", "high_cost_long_term": "高額かつ長期のとき",
    "borderline": "境界層のとき", "disease_or_ventilator": "疾病の追加・変更、人工呼吸器等のとき",
    "welfare_started": "生活保護の開始・廃止のとき", "insurance_changed": "医療保険の変更のとき",
    "printed": "受給者証に載る変更のとき", "not_lost": "紛失以外のとき"}


class NoSuchAttachment(Refused):
    """The list has no such document."""

    message = "その添付書類は一覧にありません。画面を開き直してください。"


@dataclass(frozen=True)
class Line:
    """書類の一件: its code, whether it is required, and when it came (None: not yet)."""

    attachment: str
    is_required: bool
    received: date | None
    why: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether the applicant must be asked for it."""
        return self.is_required and self.received is None


def checklist(session: Session, application: Application) -> list[Line]:
    """添付書類の一覧: the required ones in the list's order, then whatever else came."""
    on = application.acceptance_date
    came = {each.attachment: each.received_date or on for each in application.attachments}
    rules = session.execute(select(RequiredAttachment.attachment, RequiredAttachment.circumstance).where(
        RequiredAttachment.application_kind == application.application_kind, RequiredAttachment.valid_from <= on,
        or_(RequiredAttachment.valid_to.is_(None), RequiredAttachment.valid_to >= on))
        .order_by(RequiredAttachment.attachment)).all()
    holds = {name: False for name in CIRCUMSTANCES} | circumstances(session, application)
    required = {row.attachment: row.circumstance for row in rules if holds.get(row.circumstance)}
    lines = [Line(code, True, came.get(code), CIRCUMSTANCES[why]) for code, why in required.items()]
    return [*lines, *(Line(code, False, day) for code, day in sorted(came.items()) if code not in required)]


def missing(session: Session, application: Application) -> list[str]:
    """足りない書類 by code."""
    return [line.attachment for line in checklist(session, application) if line.is_missing]


def note_arrival(session: Session, actor: Actor, application_id: int, attachment: str, on: date,
                 known_codes: Callable[[str], bool]) -> None:
    """書類が届いた: it stands with the application from the day *on*. NoSuchAttachment."""
    application = session.get_one(Application, application_id, with_for_update=True)
    if not known_codes(attachment):
        raise NoSuchAttachment
    if all(each.attachment != attachment for each in application.attachments):
        session.add(ApplicationAttachment(application_id=application.id, attachment=attachment, received_date=on))
        journal.record(session, actor, Action.RECEIVED, application, detail={"attachment": attachment})
        session.flush()
        session.expire(application, ["attachments"])


def circumstances(session: Session, application: Application) -> dict[str, bool]:
    """場合: which of the list's circumstances hold for this application."""
    def own(model: type[Insurance | Assessment | Review | Applicant]) -> object | None:
        return session.scalars(select(model).where(model.application_id == application.id)).first()

    insurance = known.known(session, Insurance, application)
    assessment, review = own(Assessment), own(Review)
    changes = set(application.change_contents or ())
    on_welfare = insurance is not None and insurance.insurance_kind in ("08", "09")
    shares = session.scalar(select(HouseholdMember.id).where(
        HouseholdMember.application_id == application.id, HouseholdMember.other_recipient_number.is_not(None)).limit(1))
    return {
        "always": True, "welfare": on_welfare, "not_welfare": not on_welfare, "shared": shares is not None,
        "proxy": own(Applicant) is not None, "mild_high_cost": bool(getattr(review, "mild_high_cost", None)),
        "high_cost_long_term": bool(getattr(assessment, "high_cost_long_term", None)) or "10" in changes,
        "borderline": bool(getattr(assessment, "borderline", None)),
        "disease_or_ventilator": bool(changes & {"07", "08", "09"}), "welfare_started": "13" in changes,
        "insurance_changed": "04" in changes, "printed": needs_certificate(application),
        "not_lost": application.reissue_reason != "1"}
