"""交付: the certificate on paper; every print leaves its row, a preview leaves its look in the journal."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from models.application import Application
from models.certification import Certificate, Certification
from models.insurance import Insurance
from models.journal import Action
from models.person import Applicant, Patient
from models.review import Review
from procedures import journal, known
from procedures.acceptance import holding
from procedures.actor import Actor
from procedures.city import City
from procedures.lookup import codes_of, disease_names, name_of
from procedures.progress import NOTICES, move
from procedures.protection import demand_sight
from procedures.refusal import Refused
from reports.certificate import CertificateText, certificate_pdf
from reports.paper import in_one
from rules.household import is_minor

CERTIFIED = "1"


class NotCertified(Refused):
    """There is nothing to print."""

    message = "認定されていないため、受給者証はありません。"


class NeedsReason(Refused):
    """A reprint without its reason."""

    message = "再印刷の理由を入力してください。"


@dataclass(frozen=True)
class Printed:
    """印刷したもの."""

    pdf: bytes
    certificate_id: int
    recipient_number: str


def preview(session: Session, actor: Actor, certification_id: int, city: City, on: date, now: datetime) -> bytes:
    """確認用: the very paper that would be printed on the day *on*; nothing is issued by looking."""
    certification = _certified(session, certification_id)
    demand_sight(session, actor, certification.recipient_id)
    journal.record(session, actor, Action.SAW, certification, detail={"preview": "certificate"})
    text = text_of(session, certification, city, certification.issue_date or on, last_notice(session, certification))
    return certificate_pdf([text], city, now)


def preview_anew(session: Session, actor: Actor, application_id: int, city: City, on: date, now: datetime) -> bytes:
    """差替えの確認用: the certificates as they would be after this notice."""
    occasion = session.get_one(Application, application_id)
    replaced = _replaced(session, occasion, on)
    demand_sight(session, actor, replaced[0].recipient_id)
    journal.record(session, actor, Action.SAW, replaced[0], detail={"preview": "certificate"})
    return certificate_pdf([text_of(session, each, city, on, occasion) for each in replaced], city, now)


def issue(session: Session, actor: Actor, certification_id: int, city: City, on: date, now: datetime,
          reason: str = "", folded: bool = False) -> Printed:
    """交付する: the first print sets the 交付日; every later one is a reprint and has its reason."""
    certification = _certified(session, certification_id)
    demand_sight(session, actor, certification.recipient_id)
    is_reprint = certification.issue_date is not None
    if is_reprint and not reason.strip():
        raise NeedsReason
    if not is_reprint:
        certification.issue_date = on
        move(session.get_one(Application, certification.application_id), "issued")
    return _print(session, actor, certification, city, certification.issue_date or on, now, reason=reason,
                  folded=folded, is_reprint=is_reprint)


def issue_anew(session: Session, actor: Actor, application_id: int, city: City, on: date, now: datetime,
               folded: bool = False) -> Printed:
    """差し替える: after an accepted notice or reissue every certificate that holds is printed with what is known now."""
    occasion = session.get_one(Application, application_id, with_for_update=True)
    replaced = _replaced(session, occasion, on)
    demand_sight(session, actor, replaced[0].recipient_id)
    first = occasion.state == "accepted"
    move(occasion, "issued")
    made = [_print(session, actor, each, city, on, now, folded=folded, is_reprint=not first, occasion=occasion,
                   reason="" if first else "再印刷") for each in replaced]
    return made[0] if len(made) == 1 else replace(made[0], pdf=in_one(each.pdf for each in made))


def _replaced(session: Session, occasion: Application, on: date) -> list[Certification]:
    """What a notice has printed anew: the certificate that holds, and a later one that is out already. NotCertified."""
    held = holding(session, int(occasion.recipient_id or 0), on)
    if not held:
        raise NotCertified
    return [each for each in held if each is held[0] or each.issue_date]


def last_notice(session: Session, certification: Certification) -> Application | None:
    """後の届出: the newest accepted notice after this certification was applied for; what it said is printed too."""
    own = session.get_one(Application, certification.application_id)
    return session.scalars(select(Application).where(
        Application.recipient_id == certification.recipient_id, Application.application_kind.in_(NOTICES),
        Application.state.in_(("accepted", "issued", "closed")),
        tuple_(Application.acceptance_date, Application.id) > (own.acceptance_date, own.id))
        .order_by(Application.acceptance_date.desc(), Application.id.desc()).limit(1)).first()


def _print(session: Session, actor: Actor, certification: Certification, city: City, dated: date, now: datetime, *,
           reason: str, folded: bool, is_reprint: bool, occasion: Application | None = None) -> Printed:
    text = text_of(session, certification, city, dated, occasion or last_notice(session, certification))
    pdf = certificate_pdf([text], city, now, folded=folded)
    row = Certificate(
        certification_id=certification.id, recipient_id=certification.recipient_id, issue_date=dated,
        is_reprint=is_reprint, reprint_reason=reason or None, printed_by=actor.user_id, printed_at=now,
        pdf_sha256=hashlib.sha256(pdf).hexdigest(), occasion_id=occasion.id if occasion else None)
    session.add(row)
    session.flush()
    journal.record(session, actor, Action.PRINTED, row, reason=reason, detail={"reprint": is_reprint})
    session.flush()
    return Printed(pdf, row.id, str(certification.recipient_number))


def text_of(session: Session, certification: Certification, city: City, issue_date: date,
            occasion: Application | None = None) -> CertificateText:
    """受給者証の文字: what is known at this certification, or at the notice that asked for a new certificate."""
    at = occasion or session.get_one(Application, certification.application_id)
    patient, insurance, applicant = (known.known(session, model, at) for model in (Patient, Insurance, Applicant))
    assessment = known.assessed(session, session.get_one(Application, certification.application_id))
    review = known.known(session, Review, at, Review.mild_high_cost.is_not(None))
    if patient is None or assessment is None:
        raise NotCertified
    insurer = getattr(insurance, "insurer_number", None) or ""
    words = codes_of(session, {"sex", "tier", "relationship"}, issue_date)
    names = disease_names(session, issue_date)
    guardian = applicant if applicant is not None and is_minor(patient.patient_birth_date, issue_date) else None
    return CertificateText(
        payer_number=str(certification.payer_number), recipient_number=str(certification.recipient_number),
        name=patient.patient_name, name_kana=patient.patient_name_kana or "", sex=words["sex"][patient.patient_sex],
        birth_date=patient.patient_birth_date, address=patient.patient_address,
        insured_number=getattr(insurance, "insured_number", None) or "",
        insurer_number=insurer, insurer_name=(name_of(session, "insurer", insurer, issue_date) or "") if insurer else "",
        insurance_class=getattr(insurance, "insurance_class", None) or "",
        diseases=tuple(names[number] for number in known.diseases(session, at)), facilities=city.facility_sentence,
        cap_yen=assessment.copay_cap_yen or 0, tier=words["tier"][str(assessment.tier)],
        ventilator=_word(assessment.ventilator), high_cost_long_term=_word(assessment.high_cost_long_term),
        mild_high_cost=_word(getattr(review, "mild_high_cost", None)),
        severe=_word(certification.was_severe),
        household="、".join(f"{line.member_name} {line.other_recipient_number}" for line in known.household(session, at)
                           if line.other_recipient_number),
        valid_from=_day(certification.valid_from), valid_to=_day(certification.valid_to), issue_date=issue_date,
        guardian_name=guardian.applicant_name if guardian else "",
        guardian_relationship=words["relationship"].get(guardian.applicant_relationship or "", "") if guardian else "",
        guardian_address=(guardian.applicant_address or "") if guardian else "")


def _certified(session: Session, certification_id: int) -> Certification:
    certification = session.get(Certification, certification_id, with_for_update=True)
    if certification is None or certification.certification != CERTIFIED:
        raise NotCertified
    return certification


def _word(flag: bool | None) -> str:
    return "該当" if flag else "非該当"


def _day(value: date | None) -> date:
    if value is None:
        raise NotCertified
    return value
