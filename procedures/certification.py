"""認定: what a draft would certify, and what a signature makes of it in one transaction."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.application import Application
from models.certification import Certificate, Certification, Decision, Notice, Recall
from models.journal import Action
from models.recipient import Recipient
from models.review import Review
from procedures import journal, known, recipient
from procedures.actor import Actor
from procedures.city import City
from procedures.drafting import DraftersOwn, NothingToSign, put_up, send_back, sign
from procedures.lookup import codes_of
from procedures.loss import LOSS, lose, loss_content
from procedures.period import period_for, running
from procedures.progress import BY_OFFICE, CHANGE, LOST, REGISTRATION_ONLY, move
from procedures.refusal import Refused
from procedures.review import DEFECTIVE
from procedures.series import next_number
from procedures.work import propose_shared_caps
from rules.era_date import era_text
from rules.numbers import with_check_digit
from rules.tier import Tier

__all__ = ["CERTIFIED", "DEFECT", "HELD", "REFUSED", "DraftersOwn", "NoBoardOpinion", "NoDefect", "NotAssessedYet", "NothingToSign",
           "Overlapping", "Proposal", "draft", "running", "send_back", "sign_off"]

CERTIFIED, REFUSED, HELD, DEFECT, REGISTERED = "1", "2", "3", "5", "6"  # 認定区分
STATE_AFTER = {CERTIFIED: "certified", REGISTERED: "certified", REFUSED: "refused", HELD: "held", DEFECT: "refused",
               LOSS: "closed"}
RESULTS = (CERTIFIED, REFUSED, HELD, DEFECT)
# 非認定理由 that need no medical judgement: who wrote the form, its age, where the person lives, another benefit, 書類不備.
FORMAL = ("05", "06", "07", "08", "10", "99")


class NoBoardOpinion(Refused):
    """A refusal without the board's opinion (法7条2項)."""

    message = "不認定には審査会の意見が必要です (法7条2項)。先に審査会へ付議してください。"


class NoDefect(Refused):
    """A rejection without the formal defect that the document review found."""

    message = "却下できるのは、書類審査で書類不備とした申請だけです (法7条2項)。内容の判断は審査会へ付議してください。"


class NotAssessedYet(Refused):
    """There is no tier and no cap yet."""

    message = "所得判定がありません。先に判定してください。"


class NoReasonGiven(Refused):
    """A refusal or a hold must say why."""

    message = "認定以外の結果には理由が必要です。理由を選んでください。"


class NoSuchResult(Refused):
    """The result is none of those one may draft."""

    message = "起案する結果を選んでください。"


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
    if application.application_kind == LOST:
        return put_up(session, actor, application, loss_content(session, application), on)
    if proposal.certification not in RESULTS:
        raise NoSuchResult
    if proposal.certification == REFUSED and not _board_said_no(session, application_id):
        raise NoBoardOpinion
    if proposal.certification == DEFECT and not _is_defective(session, application_id):
        raise NoDefect
    if proposal.certification != CERTIFIED and proposal.reason not in _reasons_for(proposal.certification, session, on):
        raise NoReasonGiven
    content: dict[str, Any] = {"certification": proposal.certification, "reason": proposal.reason,
                               "remarks": proposal.remarks}
    if proposal.certification == CERTIFIED and application.application_kind == REGISTRATION_ONLY:
        content["certification"] = REGISTERED
    elif proposal.certification == CERTIFIED:
        content |= _certified_content(session, application, city)
    return put_up(session, actor, application, content, on)


def results_open(session: Session, application_id: int) -> dict[str, str]:
    """起案できる結果: each result, with the reason why it cannot be drafted now (blank: it can)."""
    return {CERTIFIED: "", REFUSED: "" if _board_said_no(session, application_id) else NoBoardOpinion.message, HELD: "",
            DEFECT: "" if _is_defective(session, application_id) else NoDefect.message}


def sign_off(session: Session, actor: Actor, application_id: int, on: date, seen: str | None = None) -> Certification | None:
    """決裁する: the draft is certified, refused, held or (a loss) carried out; DraftersOwn, NothingToSign,
    DraftChanged where it is not the draft whose mark was *seen*, Overlapping."""
    application, content = sign(session, actor, application_id, on, seen)
    result = str(content["certification"])
    certification = None
    if result == LOSS:
        lose(session, application, content, on)
    else:
        certification = _certify(session, application, content, on)
    move(application, STATE_AFTER[result])
    _note_notice(session, application, result)
    journal.record(session, actor, Action.DECIDED, application, detail={"certification": result})
    session.flush()
    recipient.refresh(session, int(application.recipient_id or 0), on=on)
    if result == CERTIFIED:
        propose_shared_caps(session, application, on)
    return certification


def _certified_content(session: Session, application: Application, city: City) -> dict[str, Any]:
    assessment = known.assessed(session, application)
    if assessment is None:
        raise NotAssessedYet
    person = session.get_one(Recipient, application.recipient_id)
    period = period_for(session, application)
    is_welfare = assessment.tier == Tier.WELFARE.code
    payer = city.payer_welfare if is_welfare else city.payer_general
    reasons = list(period.reasons)
    if person.payer_number and person.payer_number != payer and person.state == "certified":
        reasons.append("生活保護とその他の間の変更のため、負担者番号が変わる (受給者証を差し替える)")
    return {"valid_from": period.valid_from.isoformat(), "valid_to": period.valid_to.isoformat(),
            "reasons": reasons, "tier": assessment.tier, "copay_cap_yen": assessment.copay_cap_yen,
            "payer_number": payer, "recipient_number": person.recipient_number}


def _certify(session: Session, application: Application, content: dict[str, Any], on: date) -> Certification:
    certification = session.scalars(select(Certification).where(
        Certification.application_id == application.id)).first()  # a case that was held has one already
    if certification is None:
        certification = Certification(application_id=application.id, recipient_id=application.recipient_id)
    certification.certification_remarks = content.get("remarks")
    certification.hold_reason = certification.refusal_reason = None
    replaced: list[Certification] = []
    if content["certification"] == CERTIFIED:
        certification.valid_from = date.fromisoformat(content["valid_from"])
        certification.valid_to = date.fromisoformat(content["valid_to"])
        certification.payer_number, certification.reasons = content["payer_number"], content["reasons"]
        certification.recipient_number = content["recipient_number"] or _new_recipient_number(session)
        replaced = _make_room(session, application, certification, on)
    elif content["certification"] in (REFUSED, DEFECT):
        certification.refusal_reason = content["reason"]
    elif content["certification"] == HELD:
        certification.hold_reason = content["reason"]
    certification.certification = content["certification"]
    if _gets_registration(session, application, content["certification"]):
        certification.registration_certificate = with_check_digit(f"{next_number(session, 'registration'):06}")
    session.add(certification)
    session.flush()
    for each in replaced:
        each.replaced_by = certification.id
    session.flush()
    return certification


def _make_room(session: Session, application: Application, new: Certification, on: date) -> list[Certification]:
    """Two periods of one person never overlap: a change ends the one that runs the day before, or annuls it."""
    overlapping = running(session, int(application.recipient_id or 0), _day(new.valid_from), _day(new.valid_to))
    if overlapping and application.application_kind not in (CHANGE, BY_OFFICE):
        raise Overlapping
    for each in overlapping:
        if _day(each.valid_from) < _day(new.valid_from):
            each.ended_on = _day(new.valid_from) - timedelta(days=1)
        else:
            each.is_cancelled = True
        if session.scalar(select(Certificate.id).where(Certificate.certification_id == each.id).limit(1)):
            session.add(Recall(certification_id=each.id, recipient_id=each.recipient_id, asked_on=on,
                               reason=f"変更の認定のため ({era_text(_day(new.valid_from))}から)"))
    session.flush()
    return overlapping


def _gets_registration(session: Session, application: Application, result: str) -> bool:
    """登録者証: for whom the diagnostic criteria are met and who asked for it, once in a life (法28条)."""
    if result == REGISTERED:
        return True
    review = session.scalars(select(Review).where(Review.application_id == application.id)).first()
    meets = result == CERTIFIED or bool(review and review.meets_diagnostic_criteria)
    has_one = session.scalar(select(Certification.id).where(
        Certification.recipient_id == application.recipient_id,
        Certification.registration_certificate.is_not(None)).limit(1))
    return bool(application.wants_registration_certificate) and meets and has_one is None and result != HELD


def _note_notice(session: Session, application: Application, result: str) -> None:
    """通知区分 (78・80): which notice is due; its day comes with the print."""
    is_change = application.application_kind in (CHANGE, BY_OFFICE)
    code = {CERTIFIED: "3" if is_change else "1", REFUSED: "4" if is_change else "2", DEFECT: "2", HELD: "6",
            LOSS: "5", REGISTERED: "9"}[result]
    notice = session.scalars(select(Notice).where(Notice.application_id == application.id)).first()
    if notice is None:
        notice = Notice(application_id=application.id)
        session.add(notice)
    notice.applicant_notice, notice.applicant_notice_date = code, None
    notice.facility_notice = "1" if result in (CERTIFIED, LOSS) else "0"
    notice.facility_notice_date = None


def _new_recipient_number(session: Session) -> str:
    """受給者番号: the next of the city's gap-free series, six digits and the check digit."""
    return with_check_digit(f"{next_number(session, 'recipient_number'):06}")


def _reasons_for(result: str, session: Session, on: date) -> set[str]:
    """理由 that may stand beside a result: a formal defect has only formal ones, a hold those of its own list."""
    lists = codes_of(session, {"refusal_reason", "hold_reason"}, on)
    if result == HELD:
        return set(lists["hold_reason"])
    return set(lists["refusal_reason"]).intersection(FORMAL) if result == DEFECT else set(lists["refusal_reason"])


def _is_defective(session: Session, application_id: int) -> bool:
    review = session.scalars(select(Review).where(Review.application_id == application_id)).first()
    return review is not None and review.document_review == DEFECTIVE


def _board_said_no(session: Session, application_id: int) -> bool:
    review = session.scalars(select(Review).where(Review.application_id == application_id)).first()
    return review is not None and review.review_result == "2" and review.review_result_date is not None


def _day(value: date | None) -> date:
    assert value is not None
    return value
