"""試用の事務所: a few hundred people on the ledger and papers waiting at every step, with their scans."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from procedures.actor import Actor, full_name
from procedures.batches import batches, give
from procedures.comparison import open_differences, settle
from procedures.keying import claim, sheet_of, submit
from procedures.lookup import choices_of
from procedures.reception import Arrival, receive
from procedures.scans import Cabinet
from seeds.codes import load_demo_masters
from seeds.conversion import convert, next_resident, recipient_number
from seeds.demo_cases import GOALS, load_cases
from seeds.demo_claims import load_claims
from seeds.demo_kinds import PAPERS as OTHER_PAPERS
from seeds.demo_kinds import load_kinds
from seeds.demo_payments import load_payments
from seeds.demo_receipts import load_receipts
from seeds.papers import paper
from seeds.residents import FACILITIES, Resident, residents
from seeds.users import DEMO_SOURCE, has_demo_city, load_demo_users

PEOPLE: Final = 300
JAPAN: Final = ZoneInfo("Asia/Tokyo")
# How many papers came to each step; the second clerk of the last two groups misread what _misread says.
WAITING: Final = (("first", 4), ("second", 3), ("settling", 2), ("registered", 4))
PAPERS: Final = sum(count for _, count in WAITING)


def load_demo(session: Session, settings: Settings) -> None:
    """Make the demo accounts, people and waiting papers; what is there already stays as it is."""
    load_demo_users(session)
    if has_demo_city(session):
        return
    on = settings.fixed_today or datetime.now(JAPAN).date()
    load_demo_masters(session)
    known = list(residents(PEOPLE, 0, on, next_resident(session)))
    convert(session, known, DEMO_SOURCE)
    cabinet = Cabinet(settings.data_dir / "scans", settings.keys())
    applicants = list(residents(PAPERS, 77, on, first=900_001))
    steps = [step for step, count in WAITING for _ in range(count)]
    for place, (who, step) in enumerate(zip(applicants, steps, strict=True)):
        old = known[place * 7 + 3] if place % 3 == 2 and known[place * 7 + 3].state == "certified" else None
        _arrive(session, cabinet, who, old, step, on - timedelta(days=(PAPERS - place) % 9 + 1))
    _give_a_pile(session)
    more = residents(len(GOALS), 78, on, first=910_001)
    load_cases(session, settings, on, [new_application(who, on) for who in more])
    others = residents(len(OTHER_PAPERS), 79, on, first=920_001)
    load_kinds(session, settings, on, [new_application(who, on) for who in others])
    load_demo_masters(session)
    load_claims(session, settings, on)
    load_payments(session, settings, on)
    load_receipts(session, settings, on)


def _arrive(session: Session, cabinet: Cabinet, who: Resident, old: Resident | None, step: str, on: date) -> None:
    """One paper at the counter, keyed as far as *step* says; *old* renews instead of applying anew."""
    kind, answers = ("renewal", _renewal(old, on)) if old else ("new_application", new_application(who, on))
    actors = _actors(session)
    sheet = receive(session, actors["clerk1"], Arrival(kind, on, (old or who).counter, "1", ("01", "02", "03"),
                                                       batch=f"{on:%Y%m%d}"))
    form = sheet_of(sheet)
    answers = {name: text for name, text in answers.items() if name in {field.name for field in form.fields()}}
    sheet.scan_id = cabinet.store(session, paper(form, answers, choices_of(session, form, on))).id
    turns = {"first": (), "second": (("clerk1", answers),),
             "settling": (("clerk1", answers), ("clerk2", _misread(answers))),
             "registered": (("clerk1", answers), ("clerk2", _misread(answers)))}[step]
    now = datetime.combine(on, time(10), JAPAN)
    for clerk, typed in turns:
        keying = claim(session, actors[clerk], sheet.id, now)
        now += timedelta(seconds=48 + sheet.id % 9)
        result = submit(session, actors[clerk], keying.id, typed, (), f"demo-{keying.id}", now, on)
        assert not result.faults, result.faults
        now += timedelta(minutes=7)
    if step == "registered":
        _settle(session, actors["clerk3"], sheet.id, answers, now)
    session.flush()


def _give_a_pile(session: Session) -> None:
    """The pile with most papers to key is contract1's; every other one is out of her reach."""
    users = {user.username: user for user in session.scalars(select(User).where(User.username.in_(("contract1", "manager1"))))}
    fullest = max(batches(session), key=lambda batch: (batch.waiting, batch.name))
    give(session, Actor(users["manager1"].id, full_name(users["manager1"]), "試用"), fullest.name, users["contract1"].id)


def _settle(session: Session, actor: Actor, sheet_id: int, answers: Mapping[str, str], now: datetime) -> None:
    """The third clerk looks at the paper and takes what stands there."""
    _, shown = open_differences(session, actor, sheet_id, now.date())
    decisions = {each.field.name: ("a" if each.a == answers.get(each.field.name) else "b", "") for each in shown}
    assert not settle(session, actor, sheet_id, decisions, now, now.date())


def _actors(session: Session) -> dict[str, Actor]:
    users = session.scalars(select(User).where(User.username.in_(("clerk1", "clerk2", "clerk3"))))
    return {user.username: Actor(user.id, full_name(user), "試用") for user in users}


def new_application(who: Resident, on: date) -> dict[str, str]:
    """様式第1号 as this person would fill it in."""
    return {
        "application.application_date": _day(on), **_person(who), **_insurance(who),
        "application_disease.0.disease_number": who.disease, "application_disease.0.is_main": "1",
        "clinical_form.physician": "見本 医師", "clinical_form.department": "01",
        "application.diagnosed_date": _day(on - timedelta(days=12)), "assessment.ventilator": "0",
        "application_facility.0.facility_number": FACILITIES[0],
        "household_member.0.member_name": who.name, "household_member.0.member_relationship": "00",
        "household_member.0.member_birth_date": _day(who.birth)}


def _renewal(who: Resident, on: date) -> dict[str, str]:
    return {**new_application(who, on), "application.written_recipient_number": recipient_number(who) or ""}


def _person(who: Resident) -> dict[str, str]:
    return {"patient.patient_name_kana": who.kana, "patient.patient_name": who.name,
            "patient.patient_birth_date": _day(who.birth), "patient.patient_sex": who.sex,
            "patient.patient_postal_code": who.postal_code, "patient.patient_address": f"埼玉県{who.address}",
            "patient.patient_phone": who.phone}


def _insurance(who: Resident) -> dict[str, str]:
    if not who.insurer:
        return {"insurance.insurance_kind": who.insurance_kind}
    return {"insurance.insurance_kind": who.insurance_kind, "insurance.insurer_number": who.insurer,
            "insurance.insured_number": who.symbol, "insurance.insured_name": who.name,
            "insurance.insured_relationship": "00", "insurance.insured_or_dependent": "1",
            "application.agreed_to_insurer_inquiry": "1"}


def _misread(answers: Mapping[str, str]) -> dict[str, str]:
    """What a hurried eye makes of it: two digits of the telephone exchanged, one stroke of the address lost."""
    phone = answers["patient.patient_phone"]
    return {**answers, "patient.patient_phone": phone[:-2] + phone[-1] + phone[-2],
            "patient.patient_address": answers["patient.patient_address"].replace("丁目", "ー", 1)}


def _day(day: date) -> str:
    return day.strftime("%Y%m%d")
