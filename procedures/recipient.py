"""受給者台帳: the only writer of the ledger row a person has; derived from her records, in the same transaction."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.application import Application
from models.certification import Certification
from models.disease import ApplicationDisease
from models.income import Assessment
from models.person import Patient
from models.recipient import Recipient
from procedures import known, pmh
from procedures.accumulation import refresh_caps
from procedures.known import DEAD_ENDS
from procedures.protection import is_protected
from procedures.provision import follow
from procedures.refusal import Refused
from rules.spelling import grams, search_key

CERTIFIED = "1"
# 認定区分 → 状態, where nothing later (loss, end of the period) says otherwise.
_STATE_OF_RESULT = {"0": "applying", "1": "certified", "2": "refused", "3": "held", "4": "withdrawn", "5": "refused"}


class UnknownRecipient(Refused):
    """The number on the paper belongs to nobody on the ledger."""

    message = "申請書の受給者番号が台帳にありません。原本の番号を確かめてください。"


def known_recipient(session: Session, number: str | None) -> Recipient | None:
    """台帳の人: whose 受給者番号 the paper names; None where it names none, UnknownRecipient where nobody has it."""
    if not number:
        return None
    person = session.scalar(select(Recipient).where(Recipient.recipient_number == number))
    if person is None:
        raise UnknownRecipient
    return person


def kana_key_of(name: str, kana: str | None) -> str:
    """検索用カナ: the folded kana, or the folded name where no kana is known."""
    return search_key(kana or name)


def grams_of(name: str, kana: str | None) -> list[str]:
    """検索用部分文字列 of name and kana, each once."""
    return list(dict.fromkeys([*grams(name), *grams(kana or "")]))


def find(session: Session, *, recipient_number: str | None, name: str, birth_date: date) -> Recipient | None:
    """Return the person already on the ledger: by 受給者番号 and birth date, else the only one of that name and day."""
    same_day = select(Recipient).where(Recipient.birth_date == birth_date)
    if recipient_number:
        known = session.scalars(same_day.where(Recipient.recipient_number == recipient_number)).one_or_none()
        if known is not None:
            return known
    key = search_key(name)
    alike = [each for each in session.scalars(same_day) if search_key(each.name) == key]
    return alike[0] if len(alike) == 1 else None


def open_for(session: Session, patient: Patient) -> Recipient:
    """Return a new ledger row for a person who is not on the ledger yet; *refresh* fills the rest."""
    recipient = Recipient(name=patient.patient_name, name_kana=patient.patient_name_kana,
                          birth_date=patient.patient_birth_date, sex=patient.patient_sex,
                          address=patient.patient_address, file_number=patient.patient_file_number,
                          kana_key=kana_key_of(patient.patient_name, patient.patient_name_kana),
                          grams=grams_of(patient.patient_name, patient.patient_name_kana))
    session.add(recipient)
    session.flush()
    return recipient


def refresh(session: Session, recipient_id: int, *, on: date | None = None) -> Recipient:
    """Derive the ledger row again from all records of the person; *on* is the day that decides what has run out.

    What other institutions may be told of her follows in the same transaction.
    """
    recipient = session.get_one(Recipient, recipient_id, with_for_update=True)
    for name, value in derived(session, recipient_id, on=on).items():
        setattr(recipient, name, value)
    session.flush()
    refresh_caps(session, recipient_id)
    follow(session, recipient)
    pmh.follow(session, recipient)
    return recipient


def derived(session: Session, recipient_id: int, *, on: date | None = None) -> dict[str, Any]:
    """Return what the records say the ledger row must hold; a test compares it with what it does hold."""
    case = _latest(session, recipient_id)
    current = _current(session, recipient_id)
    values: dict[str, Any] = {"state": _state(session, recipient_id, current, on)}
    values["is_withheld"] = is_protected(session, recipient_id)
    if case is not None:
        values |= _of_case(session, case)
    if current is not None:
        values |= {name: getattr(current, name) for name in
                   ("recipient_number", "payer_number", "valid_from", "valid_to")}
        values |= {"current_certification_id": current.id, **_judged(session, current.application_id)}
    return values


def _latest(session: Session, recipient_id: int) -> Application | None:
    """The newest application that says who the person is; a loss or a reissue may come without a patient section."""
    return session.scalars(
        select(Application).join(Patient, Patient.application_id == Application.id)
        .where(Application.recipient_id == recipient_id, Application.state.not_in(DEAD_ENDS))
        .order_by(Application.acceptance_date.desc(), Application.id.desc()).limit(1)).one_or_none()


def _current(session: Session, recipient_id: int) -> Certification | None:
    return session.scalars(
        select(Certification).where(Certification.recipient_id == recipient_id,
                                    Certification.certification == CERTIFIED, Certification.is_cancelled.is_(False))
        .order_by(Certification.valid_from.desc()).limit(1)).one_or_none()


def _of_case(session: Session, case: Application) -> dict[str, Any]:
    patient = session.scalars(select(Patient).where(Patient.application_id == case.id)).one()
    disease = session.scalars(
        select(ApplicationDisease.disease_number).where(ApplicationDisease.application_id == case.id)
        .order_by(ApplicationDisease.is_main.desc().nulls_last(), ApplicationDisease.position).limit(1)).one_or_none()
    tier = session.scalars(select(Assessment.tier).where(Assessment.application_id == case.id)).one_or_none()
    name, kana = patient.patient_name, patient.patient_name_kana
    told = {"disease_number": disease, "tier": tier, "file_number": patient.patient_file_number}
    return {"name": name, "name_kana": kana,
            "birth_date": patient.patient_birth_date, "sex": patient.patient_sex,
            "postal_code": patient.patient_postal_code, "address": patient.patient_address,
            "phone": patient.patient_phone, "counter": case.counter,
            "kana_key": kana_key_of(name, kana), "grams": grams_of(name, kana),
            **{key: value for key, value in told.items() if value is not None}}


def _judged(session: Session, application_id: int) -> dict[str, Any]:
    """Tier and cap that hold with a certification; a change that left them alone goes by the assessment before it."""
    found = known.assessed(session, session.get_one(Application, application_id))
    return {"copay_cap_yen": found.copay_cap_yen, "tier": found.tier} if found else {"copay_cap_yen": None}


def _state(session: Session, recipient_id: int, current: Certification | None, on: date | None) -> str:
    if current is None:
        result = session.scalars(
            select(Certification.certification).where(Certification.recipient_id == recipient_id)
            .order_by(Certification.id.desc()).limit(1)).one_or_none()
        return _STATE_OF_RESULT.get(result or "0", "applying")
    if current.ended_on is not None:
        return "lost"
    return "expired" if on is not None and current.valid_to is not None and current.valid_to < on else "certified"
