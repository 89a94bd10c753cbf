"""起案・決裁・認定: one person proposes, another decides, and the certification follows in the same transaction."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.application import Application
from models.certification import Certification, Decision, Notice
from models.income import Assessment
from models.journal import Action
from models.recipient import Recipient
from models.review import Review
from procedures import journal, recipient
from procedures.actor import Actor
from procedures.city import City
from procedures.progress import move
from procedures.refusal import Refused
from procedures.series import next_number
from rules.numbers import with_check_digit
from rules.tier import Tier
from rules.validity import Received, period_of

CERTIFIED, REFUSED, HELD, DEFECT = "1", "2", "3", "5"  # 認定区分
KINDS = {"1": "new", "2": "renewal", "3": "change", "5": "transfer_in", "8": "mild_high_cost"}
REASONS = {"1": "clinical_form_delay", "2": "worsening", "3": "disaster", "9": "other"}
STATE_AFTER = {CERTIFIED: "certified", REFUSED: "refused", HELD: "held", DEFECT: "refused"}


class NoBoardOpinion(Refused):
    """A refusal without the board's opinion (法7条2項)."""

    message = "不認定には審査会の意見が必要です (法7条2項)。先に審査会へ付議してください。"


class NotAssessedYet(Refused):
    """There is no tier and no cap yet."""

    message = "所得判定がありません。先に判定してください。"


class DraftersOwn(Refused):
    """The drafter does not sign off."""

    message = "起案した人は決裁できません。ほかの決裁者に回してください。"


class NothingToSign(Refused):
    """No draft waits for sign-off."""

    message = "決裁を待つ起案がありません。一覧を開き直してください。"


class Overlapping(Refused):
    """The person is certified for part of this period already."""

    message = "この期間には、すでに有効な認定があります。変更として起案するか、前の認定を確かめてください。"


@dataclass(frozen=True)
class Proposal:
    """起案の内容: the result and, for a refusal or a hold, why."""

    certification: str
    reason: str | None = None
    remarks: str | None = None


def draft(session: Session, actor: Actor, application_id: int, proposal: Proposal, city: City, on: date) -> Decision:
    """起案する: what would be certified stands in the decision, for the signer to see; nothing is certified yet."""
    application = session.get_one(Application, application_id, with_for_update=True)
    if proposal.certification == REFUSED and not _board_said_no(session, application_id):
        raise NoBoardOpinion
    content: dict[str, Any] = {"certification": proposal.certification, "reason": proposal.reason,
                               "remarks": proposal.remarks}
    if proposal.certification == CERTIFIED:
        content |= _certified_content(session, application, city)
    decision = session.scalars(select(Decision).where(Decision.application_id == application_id)).first()
    if decision is None:
        decision = Decision(application_id=application_id, draft="1", sign_off="0", drafted_by=actor.user_id)
        session.add(decision)
    decision.draft, decision.draft_date = "1", on
    decision.drafted_by = actor.user_id  # type: ignore[assignment]  # only a person drafts; the column refuses none
    decision.sign_off, decision.proposal, decision.sent_back_reason = "0", content, None
    move(application, "drafted")
    journal.record(session, actor, Action.DRAFTED, application, detail={"certification": proposal.certification})
    session.flush()
    return decision


def sign_off(session: Session, actor: Actor, application_id: int, on: date) -> Certification:
    """決裁する: the draft is certified, refused or held; DraftersOwn, NothingToSign, Overlapping."""
    application, decision = _waiting(session, actor, application_id)
    content = dict(decision.proposal or {})
    decision.sign_off, decision.sign_off_date, decision.signed_by = "1", on, actor.user_id
    session.flush()
    certification = _certify(session, application, content)
    move(application, STATE_AFTER[str(content["certification"])])
    session.add(Notice(application_id=application_id, applicant_notice="1" if certification.certification == CERTIFIED
                       else "2", applicant_notice_date=None))
    journal.record(session, actor, Action.DECIDED, application, detail={"certification": content["certification"]})
    session.flush()
    recipient.refresh(session, int(certification.recipient_id), on=on)
    return certification


def send_back(session: Session, actor: Actor, application_id: int, reason: str) -> None:
    """差し戻す: the draft goes back to its drafter with the reason."""
    if not reason.strip():
        raise Refused("差戻しの理由を入力してください。")
    application, decision = _waiting(session, actor, application_id)
    decision.draft, decision.sign_off, decision.sent_back_reason = "2", "2", reason
    move(application, "reviewed")
    journal.record(session, actor, Action.SENT_BACK, application)
    session.flush()


def _waiting(session: Session, actor: Actor, application_id: int) -> tuple[Application, Decision]:
    application = session.get_one(Application, application_id, with_for_update=True)
    decision = session.scalars(select(Decision).where(Decision.application_id == application_id)).first()
    if decision is None or application.state != "drafted":
        raise NothingToSign
    if decision.drafted_by == actor.user_id:
        raise DraftersOwn
    return application, decision


def _certified_content(session: Session, application: Application, city: City) -> dict[str, Any]:
    assessment = session.scalars(select(Assessment).where(Assessment.application_id == application.id)).first()
    if assessment is None or assessment.tier is None:
        raise NotAssessedYet
    person = session.get_one(Recipient, application.recipient_id)
    period = period_of(Received(
        KINDS.get(application.application_kind, "new"), application.acceptance_date,
        diagnosed=application.diagnosed_date, unavoidable_reason=REASONS.get(application.retroactive_reason or ""),
        previous_to=person.valid_to))
    is_welfare = assessment.tier == Tier.WELFARE.code
    return {"valid_from": period.valid_from.isoformat(), "valid_to": period.valid_to.isoformat(),
            "reasons": list(period.reasons), "tier": assessment.tier, "copay_cap_yen": assessment.copay_cap_yen,
            "payer_number": city.payer_welfare if is_welfare else city.payer_general,
            "recipient_number": person.recipient_number}


def _certify(session: Session, application: Application, content: dict[str, Any]) -> Certification:
    certification = Certification(
        application_id=application.id, recipient_id=application.recipient_id,
        certification=content["certification"], certification_remarks=content.get("remarks"))
    if content["certification"] == CERTIFIED:
        certification.valid_from = date.fromisoformat(content["valid_from"])
        certification.valid_to = date.fromisoformat(content["valid_to"])
        certification.payer_number, certification.reasons = content["payer_number"], content["reasons"]
        certification.recipient_number = content["recipient_number"] or _new_recipient_number(session)
        _refuse_overlap(session, application, certification)
    elif content["certification"] in (REFUSED, DEFECT):
        certification.refusal_reason = content["reason"]
    else:
        certification.hold_reason = content["reason"]
    session.add(certification)
    session.flush()
    return certification


def _refuse_overlap(session: Session, application: Application, new: Certification) -> None:
    """Two periods of one person never overlap; the office ends the running one first."""
    running = session.scalars(select(Certification).where(
        Certification.recipient_id == application.recipient_id, Certification.certification == CERTIFIED,
        Certification.replaced_by.is_(None), Certification.valid_from <= new.valid_to,
        Certification.valid_to >= new.valid_from)).all()
    if running:
        raise Overlapping


def _new_recipient_number(session: Session) -> str:
    """受給者番号: the next of the city's gap-free series, six digits and the check digit."""
    return with_check_digit(f"{next_number(session, 'recipient_number'):06}")


def _board_said_no(session: Session, application_id: int) -> bool:
    review = session.scalars(select(Review).where(Review.application_id == application_id)).first()
    return review is not None and review.review_result == "2" and review.review_result_date is not None

