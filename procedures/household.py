"""世帯員: the lines of one application, carried over where its paper repeats nobody, with the tax of the right year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.application import Application
from models.codes import Municipality
from models.household import HouseholdMember
from models.income import TaxAdjustment
from models.insurance import Insurance
from models.person import Applicant, Patient
from procedures import known
from procedures.city import City
from procedures.lookup import in_force
from procedures.refusal import Refused
from rules.household import PARENTS, Member, counted, is_minor, whose_income
from rules.income_levy import Adjustment, normalised_levy
from rules.own_income import Year, income_of
from rules.tax_year import tax_year
from rules.tier import Household
from translations.wording import said

TAXED = ("1", "2")  # 課税区分: 所得割あり・均等割のみ
UNKNOWN = ("5", "9")  # 未申告・不明
SELF = "00"
WELFARE = ("08", "09")
_COPIED = ("member_file_number", "member_name", "member_birth_date", "member_sex", "member_relationship",
           "other_benefit", "other_recipient_number", "member_insurance")


class NotAssessable(Refused):
    """Something the tier depends on is missing."""


@dataclass(frozen=True)
class Credit:
    """調整の一件: one tax credit as typed from the certificate of tax."""

    kind: str
    amount_yen: int
    evidence: str


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
    insurance: str | None = None
    credits: tuple[Credit, ...] = ()


@dataclass(frozen=True)
class Counting:
    """数え方: what the rules make of the household, and why."""

    household: Household
    reasons: tuple[str, ...]


def household_of(session: Session, application_id: int) -> list[HouseholdMember]:
    """世帯員: the lines of the paper, the patient herself first; of a change whose paper names nobody, those before it."""
    application = session.get_one(Application, application_id)
    members = _lines(session, application_id)
    if not any(member.member_relationship for member in members):
        for old in known.household(session, application):
            session.add(HouseholdMember(application_id=application_id, position=100 + old.position,
                                        **{name: getattr(old, name) for name in _COPIED}))
        session.flush()
        members = _lines(session, application_id)
    if not any(member.member_relationship == SELF for member in members):
        patient = known.known(session, Patient, application)
        if patient is not None:
            session.add(HouseholdMember(application_id=application_id, position=-1, member_name=patient.patient_name,
                                        member_birth_date=patient.patient_birth_date, member_sex=patient.patient_sex,
                                        member_relationship=SELF))
            session.flush()
            members = _lines(session, application_id)
    return members


def _lines(session: Session, application_id: int) -> list[HouseholdMember]:
    return list(session.scalars(select(HouseholdMember).where(
        HouseholdMember.application_id == application_id).order_by(HouseholdMember.position)))


def note_tax(session: Session, application: Application, figures: Sequence[TaxFigures]) -> None:
    """税を記す: every line says its year, its figures and its credits; what it said before stays in the history."""
    members = {member.id: member for member in household_of(session, application.id)}
    for each in figures:
        member = members[each.member_id]
        if member.tax_source and _differs(member, each):
            member.tax_source = None  # what was typed over the register's figures is not the register's any more
        member.tax_year = tax_year(application.application_date)
        member.member_taxation, member.member_income_levy_yen = each.taxation, each.income_levy_yen
        member.per_capita_levy_yen, member.total_income_yen = each.per_capita_levy_yen, each.total_income_yen
        member.pension_yen, member.taxed_by = each.pension_yen, each.taxed_by
        member.member_insurance = each.insurance or member.member_insurance
        if each.other_income_yen is not None:
            member.other_income_yen = each.other_income_yen
        session.execute(delete(TaxAdjustment).where(TaxAdjustment.household_member_id == member.id))
        session.add_all(TaxAdjustment(household_member_id=member.id, kind=credit.kind, amount_yen=credit.amount_yen,
                                      evidence=credit.evidence) for credit in each.credits)
    session.flush()


def _differs(member: HouseholdMember, typed: TaxFigures) -> bool:
    return ((member.member_taxation, member.member_income_levy_yen, member.per_capita_levy_yen, member.total_income_yen,
             member.pension_yen) != (typed.taxation, typed.income_levy_yen, typed.per_capita_levy_yen,
                                     typed.total_income_yen, typed.pension_yen))


def count(session: Session, application: Application, city: City) -> Counting:
    """世帯を数える: who counts and what their tax comes to; NotAssessable says what is missing."""
    insurance = known.known(session, Insurance, application)
    if insurance is None:
        raise NotAssessable("医療保険の記入がありません。前の申請にも見つからないため、判定できません。")
    lines = [line for line in household_of(session, application.id) if line.member_relationship]
    patient = next((line for line in lines if line.member_relationship == SELF), None)
    on, birth = application.application_date, patient.member_birth_date if patient else None
    minor = birth is not None and is_minor(birth, on)
    guardian = _guardian(session, application, lines) if minor else None
    keys, why = counted(insurance.insurance_kind, insurance.insured_or_dependent == "1", tuple(
        Member(line.id, line is patient, line.member_name == insurance.insured_name, line is guardian,
               line.member_insurance) for line in lines), patient_is_minor=minor)
    for line in lines:
        line.is_counted = line.id in keys
    if insurance.insurance_kind in WELFARE:
        return Counting(Household(on_welfare=True), (why,))
    members = [line for line in lines if line.id in keys]
    if not members or any(line.member_taxation is None for line in members):
        raise NotAssessable("数える世帯員の課税区分がありません。全員の課税区分を入力してください。")
    levies, how = 0, []
    for line in members:
        taxed_yen = line.member_income_levy_yen or 0
        scaled = is_designated(session, city, line.taxed_by, on)
        counted_yen = normalised_levy(taxed_yen, scaled, on, _credits(session, line))
        levies += counted_yen
        if counted_yen != taxed_yen:
            how.append(f"所得割{taxed_yen:,}円は、指定都市の税率 (と税額控除) を調整して{counted_yen:,}円として数える (市の設定)"
                       if scaled else f"所得割{taxed_yen:,}円は、税額控除を調整して{counted_yen:,}円として数える")
    whose, income_reason = whose_income(birth, on) if birth else ("patient", "")
    earner = guardian if whose == "guardian" else patient
    taxed = any(line.member_taxation in TAXED for line in members)
    year = (f"{tax_year(on)}年度の市町村民税で判定する (7月から翌年6月までの申請)",)
    return Counting(Household(
        taxed=taxed, income_levy_yen=levies, income_unknown=any(line.member_taxation in UNKNOWN for line in members),
        patient_income_yen=_income(session, earner, on) if earner else None),
        (why, *year, *how, *(() if taxed or not income_reason else (income_reason,))))


def is_designated(session: Session, city: City, taxed_by: str | None, on: date) -> bool:
    """指定都市で課税されたか, by the municipality of 1 January; blank is this city. NotAssessable for a number of nobody."""
    if not taxed_by:
        return city.is_designated_city
    found = session.scalars(in_force(select(Municipality.is_designated_city).where(
        Municipality.number == taxed_by), Municipality, on)).first()
    if found is None:
        raise NotAssessable(said("1月1日の市区町村番号 %(number)s は一覧にありません。6桁の番号を確かめてください。", number=taxed_by))
    return bool(found)


def _guardian(session: Session, application: Application, lines: list[HouseholdMember]) -> HouseholdMember | None:
    """保護者: the line of the person who applies for the child, else the first parent on the paper."""
    applicant = known.known(session, Applicant, application)
    named = [line for line in lines if applicant is not None and line.member_name == applicant.applicant_name]
    return next(iter(named), next((line for line in lines if line.member_relationship in PARENTS), None))


def _credits(session: Session, line: HouseholdMember) -> list[Adjustment]:
    return [Adjustment(row.kind, row.amount_yen) for row in session.execute(
        select(TaxAdjustment.kind, TaxAdjustment.amount_yen).where(TaxAdjustment.household_member_id == line.id))]


def credits_of(session: Session, members: Sequence[HouseholdMember]) -> dict[int, list[TaxAdjustment]]:
    """調整: the credits of each line, by its number."""
    found: dict[int, list[TaxAdjustment]] = {member.id: [] for member in members}
    for each in session.scalars(select(TaxAdjustment).where(
            TaxAdjustment.household_member_id.in_(found)).order_by(TaxAdjustment.id)):
        found[each.household_member_id].append(each)
    return found


def age_reached(birth: date, on: date) -> int:
    """年齢 in whole years on the day *on*."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def _income(session: Session, member: HouseholdMember, on: date) -> int | None:
    return income_of(Year(member.total_income_yen, member.pension_yen, member.other_income_yen), _credits(session, member), on)
