"""宛先: to whom a letter goes, by what is recorded of the case."""

from collections.abc import Callable
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.application import Application
from models.codes import Facility, Insurer
from models.facility import ApplicationFacility
from models.insurance import ClinicalForm, Insurance
from models.person import Applicant
from models.recipient import Recipient
from procedures import known
from procedures.refusal import Refused
from reports.letter import Address


class NobodyToWriteTo(Refused):
    """The addressee is not known."""

    message = "宛先が分かりません。医療機関・保険者の登録を確かめてください。"


def address_of(session: Session, application: Application, to: str) -> Address:
    """宛先: of the applicant, the facility, the insurer, the physician or the office. NobodyToWriteTo."""
    return _ADDRESSEES[to](session, application)


def to_applicant(session: Session, application: Application) -> Address:
    """申請者の宛先: whoever applied on paper, the recipient where nobody else did."""
    from_paper = known.known(session, Applicant, application) if application.sheet_id else None
    person = session.get_one(Recipient, application.recipient_id)
    if from_paper is not None and from_paper.applicant_address:
        return Address(from_paper.applicant_postal_code or person.postal_code or "", from_paper.applicant_address,
                       from_paper.applicant_name)
    return Address(person.postal_code or "", person.address, person.name)


def _to_facility(session: Session, application: Application) -> Address:
    used = known.known(session, ApplicationFacility, application)
    found = session.scalars(select(Facility).where(Facility.number == used.facility_number).order_by(
        Facility.valid_from.desc())).first() if used else None
    if found is None:
        raise NobodyToWriteTo
    return Address(found.postal_code or "", found.address or "", found.name, "御中")


def _to_insurer(session: Session, application: Application) -> Address:
    insurance = known.known(session, Insurance, application)
    found = session.scalars(select(Insurer).where(Insurer.number == insurance.insurer_number)).first() if insurance else None
    if found is None:
        raise NobodyToWriteTo
    return Address("", "", found.name, "御中")


def _to_physician(session: Session, application: Application) -> Address:
    form = known.known(session, ClinicalForm, application)
    if form is None or not form.physician:
        raise NobodyToWriteTo
    try:
        place = _to_facility(session, application)
    except NobodyToWriteTo:
        return Address("", "", form.physician, "先生")
    return Address(place.postal_code, f"{place.lines} {place.name}", form.physician, "先生")


def _to_office(session: Session, application: Application) -> Address:
    return Address("", "", "関係課長", "様")


_ADDRESSEES: Final[dict[str, Callable[[Session, Application], Address]]] = {
    "applicant": to_applicant, "facility": _to_facility, "insurer": _to_insurer, "physician": _to_physician,
    "office": _to_office}
