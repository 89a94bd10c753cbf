"""試用の案件: one application in every state a case can have, an inquiry, a session of the board, a season, work to do."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import Settings
from models.application import Application
from models.person import Patient
from models.recipient import Recipient
from models.sheet import ReceivedSheet
from procedures import board
from procedures.acceptance import accept
from procedures.actor import Actor, full_name
from procedures.assessment import Circumstances, TaxFigures, assess, household_of
from procedures.by_office import open_change, open_loss, withdraw
from procedures.certification import CERTIFIED, HELD, REFUSED, Proposal, draft, sign_off
from procedures.city import City, city_of
from procedures.corrections import ask as ask_correction
from procedures.inquiries import ask
from procedures.keying import claim, submit
from procedures.reception import Arrival, receive
from procedures.renewal import open_season
from procedures.review import record_board_opinion, review_documents
from procedures.work import tell

JAPAN: Final = ZoneInfo("Asia/Tokyo")
# How far each case goes; the last step is where it waits (or ended).
GOALS: Final = ("assessed", "board", "reviewed", "drafted", "held", "certified", "refused", "withdrawn")


class Office:
    """試用の職員: who does what on which day."""

    def __init__(self, session: Session, settings: Settings, on: date) -> None:
        self.session, self.on = session, on
        self.now = datetime.combine(on, time(11), JAPAN)
        self.city: City = city_of(settings.city_file)
        users = session.scalars(select(User).where(User.username.in_(("clerk1", "clerk2", "reviewer1", "manager1"))))
        self.actors = {user.username: Actor(user.id, full_name(user), "試用") for user in users}

    def paper(self, kind: str, answers: Mapping[str, str], attachments: tuple[str, ...] = ("01", "02")) -> ReceivedSheet:
        """A paper that two clerks agreed on."""
        sheet = receive(self.session, self.actors["clerk1"], Arrival(kind, self.on, "07", "1", attachments))
        for clerk in ("clerk1", "clerk2"):
            keying = claim(self.session, self.actors[clerk], sheet.id, self.now)
            result = submit(self.session, self.actors[clerk], keying.id, answers, (), f"demo-{keying.id}",
                            self.now + timedelta(seconds=55), self.on)
            assert not result.faults, result.faults
        return sheet

    def keyed(self, kind: str, answers: Mapping[str, str]) -> Application:
        """The application of a paper that two clerks agreed on."""
        return self.session.scalars(select(Application).where(Application.sheet_id == self.paper(kind, answers).id)).one()

    def goes(self, application: Application, goal: str) -> None:
        """The case step by step as far as *goal*."""
        session, reviewer, manager = self.session, self.actors["reviewer1"], self.actors["manager1"]
        if goal == "withdrawn":
            withdraw(session, reviewer, application.id, "本人の申し出による", self.on)
            return
        tax = [TaxFigures(member.id, "1", 94_600 if member.member_relationship == "00" else 0)
               for member in household_of(session, application.id)]
        assess(session, reviewer, application.id, tax, Circumstances(), self.city, self.now)
        if goal == "assessed":
            ask(session, reviewer, application.id, "physician", "重症度分類の記載を確かめたい", self.on - timedelta(days=35))
            return
        to_board = goal in ("board", "refused")
        review_documents(session, reviewer, application.id, "2" if to_board else "1", None, self.on)
        if goal == "board":
            held = board.plan(session, reviewer, self.on + timedelta(days=14), "保健所 第1会議室")
            board.put_on(session, reviewer, held.id, [application.id])
        if goal in ("board", "reviewed"):
            return
        if goal == "refused":
            record_board_opinion(session, reviewer, application.id, "2", True, self.on)
        proposal = {"held": Proposal(HELD, "02"), "refused": Proposal(REFUSED, "02")}.get(goal, Proposal(CERTIFIED))
        draft(session, reviewer, application.id, proposal, self.city, self.on)
        if goal != "drafted":
            sign_off(session, manager, application.id, self.on)


def load_cases(session: Session, settings: Settings, on: date, papers: list[dict[str, str]]) -> None:
    """Make a case in every state from *papers*, and what else an office has on its desks."""
    office = Office(session, settings, on)
    for goal, answers in zip(GOALS, papers, strict=False):
        office.goes(office.keyed("new_application", answers), goal)
    certified = list(session.scalars(select(Recipient).where(
        Recipient.state == "certified", Recipient.valid_to > on + timedelta(days=60), Recipient.is_withheld.is_(False))
        .order_by(Recipient.id).limit(5)))
    reviewer = office.actors["reviewer1"]
    _notice(office, certified[0])
    open_change(session, reviewer, certified[1].id, "同じ世帯の受給者の認定が変わったため", on)
    tell(session, certified[2].id, "moved_within", "demo:1", on)
    tell(session, certified[3].id, "died", "demo:2", on)
    patient = session.scalars(select(Patient).join(Application, Application.id == Patient.application_id).where(
        Application.recipient_id == certified[2].id).order_by(Patient.id.desc())).first()
    if patient is not None:
        ask_correction(session, reviewer, "patient", patient.id, "patient_phone", "048-000-9999", "原本の読み違い", office.now)
    lost = open_loss(session, reviewer, certified[4].id, "02", on, "市外転出の届出による", on)
    draft(session, reviewer, lost.id, Proposal(""), office.city, on)
    sign_off(session, office.actors["manager1"], lost.id, on)
    _season(office)


def _notice(office: Office, person: Recipient) -> None:
    made = office.keyed("change_notice", {
        "application.application_date": f"{office.on:%Y%m%d}", "application.written_recipient_number": str(person.recipient_number),
        "application.change_contents": "02", "patient.patient_name": person.name,
        "patient.patient_name_kana": person.name_kana or "", "patient.patient_birth_date": f"{person.birth_date:%Y%m%d}",
        "patient.patient_sex": person.sex, "patient.patient_address": "埼玉県見本市見本区松町8番地",
        "patient.patient_postal_code": "3300061"})
    accept(office.session, office.actors["reviewer1"], made.id, office.on)


def _season(office: Office) -> None:
    """The season of the day on which most certifications end next."""
    ends_on = office.session.execute(
        select(Recipient.valid_to).where(Recipient.state == "certified", Recipient.valid_to > office.on)
        .group_by(Recipient.valid_to).order_by(func.count().desc(), Recipient.valid_to).limit(1)).scalar()
    if ends_on is not None:
        first = max(ends_on - timedelta(days=90), office.on)
        open_season(office.session, office.actors["manager1"], ends_on, min(first, ends_on),
                    min(first + timedelta(days=46), ends_on))
