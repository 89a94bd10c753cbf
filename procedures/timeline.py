"""経過: all that happened with one person in one order, newest first: applications, results, papers, money, loss."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Date, Integer, Select, String, bindparam, cast, func, literal, null, select, union_all
from sqlalchemy.orm import Session, aliased

from models.application import Application
from models.certification import Certificate, Certification, Decision, Loss
from models.income import Assessment
from models.letter import Letter
from models.reimbursement import ReimbursementClaim
from models.renewal import RenewalNotice
from models.review import Review


@dataclass(frozen=True)
class Event:
    """出来事: one dated thing of one case; *code* is read with the code list *codes*."""

    on: date
    kind: str
    application_id: int | None
    text: str
    codes: str | None
    code: str | None
    until: date | None
    since: date | None = None
    cap_yen: int | None = None
    ended: date | None = None
    is_cancelled: bool = False
    reasons: tuple[str, ...] = ()
    document: str | None = None  # 文書番号 of a letter


def events(session: Session, recipient_id: int) -> list[Event]:
    """Return 経過 of one person in one statement."""
    rows = session.execute(_EVENTS, {"person": recipient_id})
    found = [Event(row.day, row.kind, row.application_id, row.said or "", row.codes, row.code, row.until,
                   document=row.document) for row in rows]
    periods = _periods(session, recipient_id)
    return [replace(each, **periods[each.application_id]) if each.kind == "certification" and each.application_id in periods
            else each for each in found]


def _periods(session: Session, recipient_id: int) -> dict[int, dict[str, Any]]:
    """Of each certification: from when, with which cap, and whether a change or a loss ended or annulled it."""
    rows = session.execute(_PERIODS, {"person": recipient_id})
    return {row.application_id: {"since": row.valid_from, "ended": row.ended_on, "is_cancelled": row.is_cancelled,
                                 "cap_yen": row.copay_cap_yen, "reasons": (*(row.reasons or ()), *(row.of_the_cap or ()))}
            for row in rows}


@dataclass(frozen=True)
class _Source:
    """Which day of which record is an event, and what is said of it."""

    kind: str
    model: Any
    day: Any
    said: Any = None
    codes: str | None = None
    code: Any = None
    until: Any = None
    document: Any = None


_SIGNED = select(Decision.sign_off_date).where(
    Decision.application_id == Certification.application_id, Decision.is_current).correlate(Certification).scalar_subquery()
_SOURCES = (
    _Source("application", Application, Application.acceptance_date, Application.acceptance_number,
            "application_kind", Application.application_kind),
    _Source("assessment", Assessment, cast(Assessment.assessed_at, Date), None, "tier", Assessment.tier),
    _Source("review", Review, Review.review_result_date, None, "review_result", Review.review_result),
    _Source("draft", Decision, Decision.draft_date),
    _Source("sign_off", Decision, Decision.sign_off_date, None, "sign_off", Decision.sign_off),
    _Source("certification", Certification, func.coalesce(Certification.issue_date, _SIGNED, Certification.valid_from),
            Certification.recipient_number,
            "certification", Certification.certification, Certification.valid_to),
    _Source("loss", Loss, Loss.loss_date, None, "loss_reason", Loss.loss_reason),
)


_PERSON = bindparam("person", type_=Integer)


def _about(source: _Source) -> Select[Any]:
    own = source.model.id if source.model is Application else source.model.application_id
    statement = _row(source, own).select_from(source.model)
    if source.model is not Application:
        statement = statement.join(Application, Application.id == source.model.application_id)
    return statement.where(Application.recipient_id == _PERSON)


def _row(source: _Source, application: Any) -> Select[Any]:
    return select(
        source.day.label("day"), literal(source.kind).label("kind"), application.label("application_id"),
        cast(source.said, String).label("said"), cast(literal(source.codes), String).label("codes"),
        cast(source.code, String).label("code"), cast(source.until, Date).label("until"),
        cast(source.document, String).label("document"),
        literal(_PLACES.index(source.kind)).label("place"))


_PLACES = ("application", "assessment", "review", "draft", "sign_off", "certification", "certificate", "letter", "renewal_notice", "claim", "loss")


def _claims() -> Select[Any]:
    source = _Source("claim", ReimbursementClaim, ReimbursementClaim.acceptance_date,
                     ReimbursementClaim.acceptance_number, "claim_reason", ReimbursementClaim.claim_reason)
    return _row(source, null()).where(ReimbursementClaim.recipient_id == _PERSON)


def _certificates() -> Select[Any]:
    source = _Source("certificate", Certificate, Certificate.issue_date, Certificate.reprint_reason)
    return _row(source, null()).where(Certificate.recipient_id == _PERSON)


def _letters() -> Select[Any]:
    source = _Source("letter", Letter, Letter.dated, Letter.kind, document=Letter.document_number)
    return _row(source, Letter.application_id).where(Letter.recipient_id == _PERSON, Letter.is_reprint.is_(False))


def _renewals() -> list[Select[Any]]:
    """The season's letters: when the person was written to, reminded, and when a letter came back."""
    days = (("更新案内を印刷", cast(func.timezone("Asia/Tokyo", RenewalNotice.printed_at), Date)),
            ("勧奨通知を印刷", RenewalNotice.reminded_on), ("更新案内が返戻", RenewalNotice.came_back_on))
    return [_row(_Source("renewal_notice", RenewalNotice, day, literal(said)), null()).where(
        RenewalNotice.recipient_id == _PERSON) for said, day in days]


def _all_events() -> Select[Any]:
    whole = union_all(*(_about(each) for each in _SOURCES), _claims(), _certificates(), _letters(), *_renewals()).subquery()
    return select(whole).where(whole.c.day.is_not(None)).order_by(
        whole.c.day.desc(), whole.c.application_id.desc().nulls_last(), whole.c.place.desc())


def _all_periods() -> Select[Any]:
    own = aliased(Assessment)
    judged = (select(own.id).join(Application, Application.id == own.application_id)
              .where(Application.recipient_id == _PERSON, own.tier.is_not(None),
                     Application.id <= Certification.application_id)
              .order_by(Application.id.desc()).limit(1).scalar_subquery())
    return select(
        Certification.application_id, Certification.valid_from, Certification.ended_on, Certification.is_cancelled,
        Certification.reasons, Assessment.copay_cap_yen, Assessment.reasons.label("of_the_cap")).outerjoin(
        Assessment, Assessment.id == judged).where(
        Certification.recipient_id == _PERSON, Certification.certification == "1")


# Built once: fifteen selects put together anew cost more than the database needs to answer them.
_EVENTS, _PERIODS = _all_events(), _all_periods()
