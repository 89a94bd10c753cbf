"""認定の一生: papers of every kind for a person who is certified, as far as a test needs them."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from config import DEMO_CITY
from models.application import Application
from models.certification import Certification
from models.recipient import Recipient
from procedures.acceptance import accept
from procedures.actor import Actor
from procedures.assessment import Circumstances, TaxFigures, assess, household_of
from procedures.certification import CERTIFIED, Proposal, draft, sign_off
from procedures.city import city_of
from procedures.keying import claim, submit
from procedures.reception import Arrival, receive
from procedures.review import review_documents
from tests.office import NEW_APPLICATION, NOW, ON

CITY = city_of(DEMO_CITY)
Actors = Mapping[str, Actor]


def paper(session: Session, actors: Actors, kind: str, answers: Mapping[str, str], on: date = ON) -> Application:
    """A paper of *kind*, keyed by two clerks who agree."""
    sheet = receive(session, actors["clerk1"], Arrival(kind, on, "07"))
    for name in ("clerk1", "clerk2"):
        keying = claim(session, actors[name], sheet.id, NOW)
        result = submit(session, actors[name], keying.id, answers, (), f"life-{keying.id}", NOW, on)
        assert result.faults == {}, result.faults
    return session.query(Application).filter_by(sheet_id=sheet.id).one()


def taxed(session: Session, actors: Actors, application: Application, levy: int = 94_600,
          circumstances: Circumstances | None = None) -> None:
    """Everybody is taxed, the patient by *levy* yen."""
    tax = [TaxFigures(member.id, "1", levy if member.member_relationship == "00" else 0)
           for member in household_of(session, application.id)]
    assess(session, actors["reviewer1"], application.id, tax, circumstances or Circumstances(), CITY, NOW)


def signed(session: Session, actors: Actors, application: Application, on: date = ON) -> Certification:
    """From the assessed case to the certification."""
    review_documents(session, actors["reviewer1"], application.id, "1", None, on)
    draft(session, actors["reviewer1"], application.id, Proposal(CERTIFIED), CITY, on)
    made = sign_off(session, actors["manager1"], application.id, on)
    assert made is not None
    return made


def certified_person(session: Session, actors: Actors, **other: str) -> Recipient:
    """Somebody certified from 2026-11-10 to 2027-09-30 with a cap of 10,000 yen."""
    application = paper(session, actors, "new_application", NEW_APPLICATION | other)
    taxed(session, actors, application)
    signed(session, actors, application)
    return session.get_one(Recipient, application.recipient_id)


def change(session: Session, actors: Actors, person: Recipient, contents: str, on: date = ON, **other: str) -> Application:
    """変更申請書 of a certified person."""
    return paper(session, actors, "change_application", {
        "application.application_date": on.strftime("%Y%m%d"),
        "application.written_recipient_number": str(person.recipient_number),
        "application.change_contents": contents} | other, on)


def notice(session: Session, actors: Actors, person: Recipient, contents: str, **other: str) -> Application:
    """変更届 of a certified person, accepted."""
    wanted = {name: text for name, text in NEW_APPLICATION.items() if name.startswith("patient.")}
    made = paper(session, actors, "change_notice", {
        "application.application_date": "R8.11.20", "application.written_recipient_number": str(person.recipient_number),
        "application.change_contents": contents} | wanted | other)
    return accept(session, actors["reviewer1"], made.id, ON)


def loss(session: Session, actors: Actors, person: Recipient, day: str = "20261120") -> Application:
    """返納・資格喪失届, drafted and signed off."""
    made = paper(session, actors, "loss", {
        "application.written_recipient_number": str(person.recipient_number), "loss.loss_reason": "05",
        "loss.loss_date": day})
    draft(session, actors["reviewer1"], made.id, Proposal(""), CITY, ON)
    sign_off(session, actors["manager1"], made.id, ON)
    return made
