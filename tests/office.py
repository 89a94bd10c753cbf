"""事務所の人々と書類: what tests about keying, assessment and sign-off begin with."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone

from sqlalchemy.orm import Session

from models.application import Application
from models.sheet import Keying, ReceivedSheet
from procedures.actor import Actor
from procedures.keying import Submitted, claim, submit
from procedures.reception import Arrival, receive

ON = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=timezone(timedelta(hours=9)))

# 様式第1号 as somebody filled it in; every number has a valid check digit.
NEW_APPLICATION = {
    "application.application_date": "R8.11.20", "patient.patient_name_kana": "ヨシダ ハナコ",
    "patient.patient_name": "𠮷田 邉󠄏子", "patient.patient_birth_date": "S52.5.3", "patient.patient_sex": "2",
    "patient.patient_postal_code": "3300061", "patient.patient_address": "埼玉県さいたま市浦和区常盤6-4-4",
    "patient.patient_phone": "048-829-1111", "insurance.insurance_kind": "03", "insurance.insurer_number": "110015",
    "insurance.insured_number": "12・3456", "insurance.insured_name": "𠮷田 邉󠄏子", "insurance.insured_relationship": "00",
    "insurance.insured_or_dependent": "1", "application.agreed_to_insurer_inquiry": "1",
    "application_disease.0.disease_number": "6", "application_disease.0.is_main": "1",
    "clinical_form.physician": "見本 医師", "clinical_form.department": "01", "application.diagnosed_date": "R8.11.10",
    "assessment.ventilator": "0", "application_facility.0.facility_number": "1111012348",
    "household_member.0.member_name": "𠮷田 太郎", "household_member.0.member_relationship": "02",
    "household_member.0.member_birth_date": "S50.1.1",
}


def received(session: Session, actors: Mapping[str, Actor], kind: str = "new_application") -> ReceivedSheet:
    """A sheet that waits for its first keying."""
    return receive(session, actors["clerk1"], Arrival(kind, ON, "07"))


def keyed(session: Session, actor: Actor, sheet: ReceivedSheet, answers: Mapping[str, str] = NEW_APPLICATION,
          unreadable: tuple[str, ...] = ()) -> tuple[Keying, Submitted]:
    """One clerk keys the sheet and submits it."""
    keying = claim(session, actor, sheet.id, NOW)
    return keying, submit(session, actor, keying.id, answers, unreadable, f"key-{keying.id}", NOW, ON)


def registered(session: Session, actors: Mapping[str, Actor], answers: Mapping[str, str] = NEW_APPLICATION) -> Application:
    """An application that two clerks agreed on."""
    sheet = received(session, actors)
    for name in ("clerk1", "clerk2"):
        _, result = keyed(session, actors[name], sheet, answers)
        assert result.faults == {}
    return session.query(Application).filter_by(sheet_id=sheet.id).one()
