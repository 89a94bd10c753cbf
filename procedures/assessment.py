"""所得判定: from the household's tax to tier and monthly cap, with the reasons the law gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.application import Application
from models.household import HouseholdMember
from models.income import Assessment
from models.insurance import Insurance
from models.journal import Action
from models.person import Patient
from procedures import journal, recipient
from procedures.actor import Actor
from procedures.city import City
from procedures.progress import move
from procedures.refusal import Refused
from rules.apportionment import shares
from rules.copay_cap import Specials, cap_of
from rules.household import Member, counted
from rules.income_levy import normalised_levy
from rules.tier import CannotJudge, Household, Judged, tier_of

TAXED = ("1", "2")  # 課税区分: 所得割あり・均等割のみ
UNKNOWN = ("5", "9")  # 未申告・不明
SELF = "00"


@dataclass(frozen=True)
class TaxFigures:
    """一人の税: as on the certificate of tax; yen a year; *taxed_by* is the 市区町村番号 of 1 January."""

    member_id: int
    taxation: str | None
    income_levy_yen: int | None = None
    per_capita_levy_yen: int | None = None
    total_income_yen: int | None = None
    pension_yen: int | None = None
    other_income_yen: int | None = None
    taxed_by: str | None = None


@dataclass(frozen=True)
class Circumstances:
    """事情: what the office adds to the paper."""

    high_cost_long_term: bool = False
    ventilator: bool = False
    borderline_cap_yen: int | None = None
    borderline_meals_free: bool = False
    other_caps_yen: tuple[int, ...] = ()  # caps of the other recipients of the household, for 按分


class NotAssessable(Refused):
    """Something the tier depends on is missing."""


def household_of(session: Session, application_id: int) -> list[HouseholdMember]:
    """世帯員: the lines of the paper, the patient herself first; she is added where the paper does not repeat her."""
    members = list(session.scalars(select(HouseholdMember).where(
        HouseholdMember.application_id == application_id).order_by(HouseholdMember.position)))
    if not any(member.member_relationship == SELF for member in members):
        patient = session.scalars(select(Patient).where(Patient.application_id == application_id)).first()
        if patient is not None:
            own = HouseholdMember(application_id=application_id, position=-1, member_name=patient.patient_name,
                                  member_birth_date=patient.patient_birth_date, member_sex=patient.patient_sex,
                                  member_relationship=SELF)
            session.add(own)
            session.flush()
            members.insert(0, own)
    return members


def assess(session: Session, actor: Actor, application_id: int, figures: Sequence[TaxFigures],
           circumstances: Circumstances, city: City, on: date, now: datetime) -> Assessment:
    """判定する: tier, cap and reasons stand in the assessment; NotAssessable says what is missing."""
    application = session.get_one(Application, application_id, with_for_update=True)
    members = {member.id: member for member in household_of(session, application_id)}
    for each in figures:
        _note(members[each.member_id], each, on)
    insurance = session.scalars(select(Insurance).where(Insurance.application_id == application_id)).first()
    if insurance is None:
        raise NotAssessable("医療保険の記入がない申請です。変更申請では前の判定を使ってください。")
    keys, why = counted(insurance.insurance_kind, insurance.insured_or_dependent == "1", tuple(
        Member(member.id, member.member_relationship == SELF, member.member_name == insurance.insured_name)
        for member in members.values()))
    for member in members.values():
        member.is_counted = member.id in keys
    household = _household(insurance.insurance_kind, [members[key] for key in keys], list(members.values()), city,
                           application.application_date)
    try:
        judged = tier_of(household, application.application_date)
    except CannotJudge as problem:
        raise NotAssessable(problem.message) from None
    assessment = _store(session, application, judged, household, circumstances, why)
    assessment.assessed_by, assessment.assessed_at = actor.user_id, now
    move(application, "assessed")
    journal.record(session, actor, Action.ASSESSED, application, detail={"tier": assessment.tier})
    session.flush()
    if application.recipient_id:
        recipient.refresh(session, application.recipient_id)
    return assessment


def _note(member: HouseholdMember, figures: TaxFigures, on: date) -> None:
    member.tax_year = on.year if on.month >= 7 else on.year - 1  # 7月から翌年6月までがその年度 (愛知県 別表2)
    member.member_taxation, member.member_income_levy_yen = figures.taxation, figures.income_levy_yen
    member.per_capita_levy_yen, member.total_income_yen = figures.per_capita_levy_yen, figures.total_income_yen
    member.pension_yen, member.taxed_by = figures.pension_yen, figures.taxed_by
    if figures.other_income_yen is not None:
        member.other_income_yen = figures.other_income_yen


def _household(insurance_kind: str, members: list[HouseholdMember], everybody: list[HouseholdMember],
               city: City, on: date) -> Household:
    if insurance_kind in ("08", "09"):
        return Household(on_welfare=True)
    if not members or any(member.member_taxation is None for member in members):
        raise NotAssessable("数える世帯員の課税区分がありません。全員の課税区分を入力してください。")
    patient = next((member for member in everybody if member.member_relationship == SELF), None)
    levies = sum(normalised_levy(member.member_income_levy_yen or 0, _is_scaled(member, city), on) for member in members)
    return Household(
        taxed=any(member.member_taxation in TAXED for member in members),
        income_levy_yen=levies, income_unknown=any(member.member_taxation in UNKNOWN for member in members),
        patient_income_yen=_income(patient) if patient else None)


def _is_scaled(member: HouseholdMember, city: City) -> bool:
    """Whether this member was taxed at the designated-city rate: by this city on 1 January, as far as we know."""
    return city.is_designated_city and (member.taxed_by or city.municipality) == city.municipality


def _income(member: HouseholdMember) -> int | None:
    parts = (member.total_income_yen, member.pension_yen, member.other_income_yen)
    return None if all(part is None for part in parts) else sum(part or 0 for part in parts)


def _store(session: Session, application: Application, judged: Judged, household: Household,
           circumstances: Circumstances, why: str) -> Assessment:
    assessment = session.scalars(select(Assessment).where(Assessment.application_id == application.id)).first()
    if assessment is None:
        assessment = Assessment(application_id=application.id)
        session.add(assessment)
    cap, cap_reasons = cap_of(judged.tier, Specials(
        ventilator=circumstances.ventilator, high_cost_long_term=circumstances.high_cost_long_term,
        borderline_cap_yen=circumstances.borderline_cap_yen), application.application_date)
    reasons = [why, *judged.reasons, *cap_reasons]
    if circumstances.other_caps_yen:
        plain, cap = cap, shares((cap, *circumstances.other_caps_yen), application.application_date)[0]
        reasons.append(f"同じ世帯の受給者と按分し、{plain:,}円を{cap:,}円とする (施行令1条)")
    assessment.tier, assessment.copay_cap_yen, assessment.reasons = judged.tier.code, cap, reasons
    assessment.income_levy_yen, assessment.income_yen = judged.levy_yen, household.patient_income_yen
    assessment.taxation = None if household.taxed is None else "1" if household.taxed else "3"
    assessment.income_unknown = household.income_unknown
    assessment.ventilator, assessment.high_cost_long_term = circumstances.ventilator, circumstances.high_cost_long_term
    assessment.is_apportioned = bool(circumstances.other_caps_yen)
    assessment.borderline = circumstances.borderline_cap_yen is not None
    assessment.borderline_meals_free = circumstances.borderline_meals_free
    assessment.borderline_previous_tier = judged.tier.code if assessment.borderline else None
    return assessment
