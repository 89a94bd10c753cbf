"""交付: the certificate on paper; every print leaves its row, a preview leaves its look in the journal."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.application import Application
from models.certification import Certificate, Certification
from models.disease import ApplicationDisease
from models.household import HouseholdMember
from models.income import Assessment
from models.insurance import Insurance
from models.journal import Action
from models.person import Applicant, Patient
from models.review import Review
from procedures import journal
from procedures.actor import Actor
from procedures.city import City
from procedures.lookup import codes_of, disease_names
from procedures.progress import move
from procedures.refusal import Refused
from reports.certificate import CertificateText, certificate_pdf

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
    journal.record(session, actor, Action.SAW, certification, detail={"preview": "certificate"})
    return certificate_pdf([text_of(session, certification, city, certification.issue_date or on)], city, now)


def issue(session: Session, actor: Actor, certification_id: int, city: City, on: date, now: datetime,
          reason: str = "", folded: bool = False) -> Printed:
    """交付する: the first print sets the 交付日; every later one is a reprint and has its reason."""
    certification = _certified(session, certification_id)
    is_reprint = certification.issue_date is not None
    if is_reprint and not reason.strip():
        raise NeedsReason
    if not is_reprint:
        certification.issue_date = on
        move(session.get_one(Application, certification.application_id), "issued")
    pdf = certificate_pdf([text_of(session, certification, city, certification.issue_date or on)], city, now, folded=folded)
    row = Certificate(
        certification_id=certification.id, recipient_id=certification.recipient_id, issue_date=certification.issue_date,
        is_reprint=is_reprint, reprint_reason=reason or None, printed_by=actor.user_id, printed_at=now,
        pdf_sha256=hashlib.sha256(pdf).hexdigest())
    session.add(row)
    session.flush()
    journal.record(session, actor, Action.PRINTED, row, reason=reason, detail={"reprint": is_reprint})
    session.flush()
    return Printed(pdf, row.id, str(certification.recipient_number))


def text_of(session: Session, certification: Certification, city: City, issue_date: date) -> CertificateText:
    """受給者証の文字: from the records of this application, in the words of the code lists."""
    def one(model: type[Patient | Insurance | Assessment | Review | Applicant]) -> object | None:
        return session.scalars(select(model).where(model.application_id == certification.application_id)).first()

    patient, insurance, assessment = one(Patient), one(Insurance), one(Assessment)
    review, applicant = one(Review), one(Applicant)
    if not isinstance(patient, Patient) or not isinstance(assessment, Assessment):
        raise NotCertified
    words = codes_of(session, {"sex", "tier", "relationship"}, issue_date)
    names = disease_names(session, issue_date)
    diseases = session.scalars(select(ApplicationDisease.disease_number).where(
        ApplicationDisease.application_id == certification.application_id).order_by(ApplicationDisease.position))
    others = session.execute(select(HouseholdMember.member_name, HouseholdMember.other_recipient_number).where(
        HouseholdMember.application_id == certification.application_id,
        HouseholdMember.other_recipient_number.is_not(None)))
    guardian = applicant if isinstance(applicant, Applicant) and _is_minor(patient.patient_birth_date, issue_date) else None
    return CertificateText(
        payer_number=str(certification.payer_number), recipient_number=str(certification.recipient_number),
        name=patient.patient_name, name_kana=patient.patient_name_kana or "", sex=words["sex"][patient.patient_sex],
        birth_date=patient.patient_birth_date, address=patient.patient_address,
        insured_number=getattr(insurance, "insured_number", None) or "",
        insurer_number=getattr(insurance, "insurer_number", None) or "",
        insurance_class=getattr(insurance, "insurance_class", None) or "",
        diseases=tuple(names[number] for number in diseases), facilities=city.facility_sentence,
        cap_yen=assessment.copay_cap_yen or 0, tier=words["tier"][str(assessment.tier)],
        ventilator=_word(assessment.ventilator), high_cost_long_term=_word(assessment.high_cost_long_term),
        mild_high_cost=_word(getattr(review, "mild_high_cost", None)),
        severe=_word(certification.was_severe),
        household="、".join(f"{name} {number}" for name, number in others),
        valid_from=_day(certification.valid_from), valid_to=_day(certification.valid_to), issue_date=issue_date,
        guardian_name=guardian.applicant_name if guardian else "",
        guardian_relationship=words["relationship"].get(guardian.applicant_relationship or "", "") if guardian else "",
        guardian_address=(guardian.applicant_address or "") if guardian else "")


def _certified(session: Session, certification_id: int) -> Certification:
    certification = session.get(Certification, certification_id, with_for_update=True)
    if certification is None or certification.certification != CERTIFIED:
        raise NotCertified
    return certification


def _is_minor(birth: date, on: date) -> bool:
    """18歳未満: the day before the birthday does not count here; the certificate goes by the birthday itself."""
    return (on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))) < 18


def _word(flag: bool | None) -> str:
    return "該当" if flag else "非該当"


def _day(value: date | None) -> date:
    if value is None:
        raise NotCertified
    return value
