"""所得判定: from the household's tax to tier and monthly cap, with the reasons the law gives."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.application import Application
from models.income import Assessment
from models.journal import Action
from models.recipient import Recipient
from procedures import journal, known, recipient
from procedures.actor import Actor
from procedures.city import City
from procedures.costs import judged as judged_costs
from procedures.household import Counting, NotAssessable, TaxFigures, count, household_of, note_tax
from procedures.model_row import Stale
from procedures.progress import demand, move
from rules.apportionment import known_caps, shares
from rules.copay_cap import Specials, borderline_steps, cap_of, meals_may_be_free
from rules.tier import CODES, CannotJudge, Judged, Tier, tier_of
from rules.ventilator import Findings, meets
from translations.wording import said

__all__ = ["Circumstances", "NotAssessable", "OtherCap", "TaxFigures", "assess", "carry_over", "household_of",
           "other_caps_of"]


@dataclass(frozen=True)
class OtherCap:
    """按分する相手: another recipient of the insurance household, with the monthly cap in yen before sharing (None: unknown)."""

    cap_yen: int | None
    recipient_number: str | None = None
    name: str = ""


@dataclass(frozen=True)
class Circumstances:
    """事情: what the office adds to the paper."""

    high_cost_long_term: bool = False
    ventilator: bool = False
    findings: Findings | None = None  # 人工呼吸器等の所見: where they are given, they decide
    borderline_cap_yen: int | None = None
    borderline_meals_free: bool = False
    others: tuple[OtherCap, ...] = ()  # the other recipients of the household, for 按分


def version_of(session: Session, application_id: int) -> str:
    """版: of every line of the household and of the assessment, as a page carries it."""
    lines = [(each.id, each.version) for each in household_of(session, application_id)]
    judged = session.scalar(select(Assessment.version).where(Assessment.application_id == application_id))
    return "-".join(f"{number}.{version}" for number, version in [*sorted(lines), (0, judged or 0)])


def assess(session: Session, actor: Actor, application_id: int, figures: Sequence[TaxFigures],
           circumstances: Circumstances, city: City, now: datetime, seen: str | None = None) -> Assessment:
    """判定する: tier, cap and reasons stand in the assessment; NotAssessable says what is missing, Stale what changed after *seen*."""
    application = session.get_one(Application, application_id, with_for_update=True)
    if seen is not None and seen != version_of(session, application_id):
        raise Stale
    demand(application, "assessed")
    note_tax(session, application, figures)
    counting = count(session, application, city)
    try:
        judged = tier_of(counting.household, application.application_date)
    except CannotJudge as problem:
        raise NotAssessable(problem.message) from None
    return _store(session, actor, application, judged, counting, circumstances, now)


def carry_over(session: Session, actor: Actor, application_id: int, circumstances: Circumstances,
               now: datetime) -> Assessment:
    """前の判定を引き継ぐ: the tier stays, the cap follows from what this paper changes; NotAssessable without one."""
    application = session.get_one(Application, application_id, with_for_update=True)
    before = known.assessed(session, application)
    if before is None:
        raise NotAssessable("引き継ぐ判定がありません。世帯員の税を入力して判定してください。")
    tier = next(tier for tier in Tier if CODES[tier] == before.tier)
    judged = Judged(tier, before.income_levy_yen or 0, (f"課税の状況に変更がないため、前の判定の{tier.label}を引き継ぐ",))
    made = _store(session, actor, application, judged, None, circumstances, now)
    made.taxation, made.income_yen, made.income_unknown = before.taxation, before.income_yen, before.income_unknown
    return made


def other_caps_of(session: Session, application_id: int) -> list[OtherCap]:
    """按分の相手: those the papers name by number, with the cap the ledger's newest assessment gives them before sharing."""
    found = []
    for line in household_of(session, application_id):
        if line.other_recipient_number is None:
            continue
        person = session.scalar(select(Recipient).where(Recipient.recipient_number == line.other_recipient_number))
        cap = _plain_cap(session, person) if person else None
        found.append(OtherCap(cap, line.other_recipient_number, line.member_name))
    return found


def _plain_cap(session: Session, person: Recipient) -> int | None:
    newest = session.scalars(
        select(Assessment).join(Application, Application.id == Assessment.application_id)
        .where(Application.recipient_id == person.id, Assessment.tier.is_not(None),
               Application.state.not_in(("withdrawn", "refused")))
        .order_by(Application.acceptance_date.desc(), Application.id.desc()).limit(1)).first()
    if newest is None:
        return person.copay_cap_yen
    return newest.plain_cap_yen if newest.plain_cap_yen is not None else newest.copay_cap_yen


def _store(session: Session, actor: Actor, application: Application, judged: Judged, counting: Counting | None,
           circumstances: Circumstances, now: datetime) -> Assessment:
    assessment = session.scalars(select(Assessment).where(Assessment.application_id == application.id)).first()
    if assessment is None:
        assessment = Assessment(application_id=application.id)
        session.add(assessment)
    _cap(assessment, application, judged, _weighed(session, application, circumstances), counting.reasons if counting else ())
    assessment.tier, assessment.income_levy_yen = judged.tier.code, judged.levy_yen
    if counting:
        household = counting.household
        assessment.income_yen, assessment.income_unknown = household.patient_income_yen, household.income_unknown
        assessment.taxation = None if household.taxed is None else "1" if household.taxed else "3"
    assessment.assessed_by, assessment.assessed_at = actor.user_id, now
    move(application, "assessed")
    journal.record(session, actor, Action.ASSESSED, application, detail={"tier": assessment.tier})
    session.flush()
    if application.recipient_id:
        recipient.refresh(session, application.recipient_id)
    return assessment


@dataclass(frozen=True)
class Weighed:
    """事情と、その理由: the circumstances as the rules take them, and why."""

    circumstances: Circumstances
    ventilator: bool
    reasons: tuple[str, ...]


def _weighed(session: Session, application: Application, circumstances: Circumstances) -> Weighed:
    """事情を確かめる: findings decide about the ventilator, the months of cost about 高額かつ長期; NotAssessable."""
    reasons, ventilator = [], circumstances.ventilator
    if circumstances.findings is not None:
        ventilator, why = meets(circumstances.findings)
        if ventilator or any(asdict(circumstances.findings).values()):
            reasons.append(why)
    if circumstances.high_cost_long_term:
        costs = judged_costs(session, application)
        if costs is None:
            reasons.append("高額かつ長期は、月ごとの医療費の登録がないため、申請書と添付書類の確認による")
        elif not costs.high_cost_long_term:
            raise NotAssessable("登録した月ごとの医療費では、高額かつ長期に当たりません。申請の台紙の医療費を確かめてください。")
        else:
            reasons.append(costs.reasons[1])
    return Weighed(circumstances, ventilator, tuple(reasons))


def _cap(assessment: Assessment, application: Application, judged: Judged, weighed: Weighed,
         first: tuple[str, ...]) -> None:
    """The monthly cap, its own specials first and the sharing last (施行令1条)."""
    on, circumstances = application.application_date, weighed.circumstances
    _demand_step(judged.tier, circumstances.borderline_cap_yen, on)
    plain, why = cap_of(judged.tier, Specials(
        ventilator=weighed.ventilator, high_cost_long_term=circumstances.high_cost_long_term,
        borderline_cap_yen=circumstances.borderline_cap_yen), on)
    if circumstances.borderline_meals_free and not meals_may_be_free(plain, on):
        raise NotAssessable("境界層の食費の免除は、上限額を0円にした後の段階です。証明書を確かめてください。")
    reasons, cap = [*first, *judged.reasons, *weighed.reasons, *why], plain
    assessment.ventilator, assessment.high_cost_long_term = weighed.ventilator, circumstances.high_cost_long_term
    assessment.ventilator_findings = asdict(circumstances.findings) if circumstances.findings else None
    if circumstances.others:
        cap = shares((plain, *_caps_of(circumstances.others, on)), on)[0]
        reasons.append(f"同じ世帯の受給者と按分し、{plain:,}円を{cap:,}円とする (施行令1条)")
    if circumstances.borderline_meals_free:
        reasons.append("境界層該当証明書により、入院時の食費の負担をなくす (告示426号)")
    assessment.plain_cap_yen, assessment.copay_cap_yen, assessment.reasons = plain, cap, reasons
    assessment.is_apportioned = bool(circumstances.others)
    assessment.other_caps = [{"recipient_number": each.recipient_number, "cap_yen": each.cap_yen}
                             for each in circumstances.others] or None
    assessment.borderline_cap_yen = circumstances.borderline_cap_yen
    assessment.borderline = circumstances.borderline_cap_yen is not None or circumstances.borderline_meals_free
    assessment.borderline_meals_free = circumstances.borderline_meals_free
    assessment.borderline_previous_tier = judged.tier.code if assessment.borderline else None


def _caps_of(others: Sequence[OtherCap], on: date) -> list[int]:
    """上限額 of the partners; one that stands in no table is a typing error."""
    caps, tables = [], known_caps(on)
    for each in others:
        if each.cap_yen not in tables:
            raise NotAssessable(said("按分する相手の上限額は、%(caps)s のどれかです。相手の受給者証を確かめてください。",
                                     caps="、".join(f"{cap:,}円" for cap in tables)))
        caps.append(each.cap_yen)
    return caps


def _demand_step(tier: Tier, cap: int | None, on: date) -> None:
    """境界層: the cap goes down step by step; an amount between two steps is a typing error."""
    steps = borderline_steps(tier, on)
    if cap is not None and cap not in steps:
        raise NotAssessable(said("境界層の上限額は、%(steps)s のどれかです。証明書を確かめてください。",
                                 steps="、".join(f"{step:,}円" for step in steps) or "—"))
