"""今日の仕事: what waits and how old it is, by step and by clerk, and which certificates run out when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, Integer, Row, and_, case, cast, func, select
from sqlalchemy.orm import Session

from models.application import Application
from models.certification import Decision
from models.inquiry import Inquiry
from models.recipient import Recipient
from models.reimbursement import PaymentDecision, ReimbursementClaim
from models.renewal import RenewalSeason
from models.sheet import Keying, ReceivedSheet
from procedures.reimbursement_progress import OPEN
from procedures.renewal import seasons
from procedures.work import counts

# 日数: how long something may wait before it is soon, and before it is late.
SOON, LATE = 7, 14
SPANS = (30, 60, 90)
TREND_DAYS = 30
SHEET_STEPS = ("waiting_first", "first", "waiting_second", "second", "settling", "returned")
CASE_STEPS = ("registered", "assessed", "board", "reviewed", "drafted", "held", "certified", "accepted")


@dataclass(frozen=True)
class Waiting:
    """待っているもの: one step, how many wait, and how many days the oldest has waited."""

    step: str
    count: int
    oldest_days: int

    @property
    def age(self) -> str:
        return "late" if self.oldest_days > LATE else "soon" if self.oldest_days > SOON else "fresh"


@dataclass(frozen=True)
class Work:
    """今日の仕事 as the start page shows it."""

    sheets: list[Waiting]
    cases: list[Waiting]
    claims: list[Waiting]
    clerks: Sequence[Row[Any]]
    expiring: dict[int, int]
    overdue: int
    months: list[tuple[str, int]]
    days: list[tuple[date, int, int]]
    to_do: dict[str, int]
    inquiries: tuple[int, int]  # waiting, overdue
    seasons: list[tuple[RenewalSeason, dict[str, int]]]

    @staticmethod
    def end(on: date, span: int) -> date:
        """The last day of a span that begins on the day *on*."""
        return on + timedelta(days=span)


def work(session: Session, on: date) -> Work:
    """Return 今日の仕事 on the day *on*."""
    expiring, overdue = _expiring(session, on)
    return Work(_sheets(session, on), _cases(session, on), _claims(session, on), _clerks(session), expiring, overdue, _months(session, on),
                _days(session, on), counts(session), _inquiries(session, on),
                [each for each in seasons(session, on) if each[0].ends_on >= on - timedelta(days=90)])


def _sheets(session: Session, on: date) -> list[Waiting]:
    return _waiting(session, ReceivedSheet.state, ReceivedSheet.received_date, SHEET_STEPS, on)


def _cases(session: Session, on: date) -> list[Waiting]:
    return _waiting(session, Application.state, Application.acceptance_date, CASE_STEPS, on)


def _claims(session: Session, on: date) -> list[Waiting]:
    return _waiting(session, ReimbursementClaim.state, ReimbursementClaim.acceptance_date, OPEN, on)


def _inquiries(session: Session, on: date) -> tuple[int, int]:
    """How many inquiries wait for an answer, and how many of them longer than they should."""
    row = session.execute(select(func.count(), func.count(case((Inquiry.due_on < on, 1)))).where(
        Inquiry.closed_on.is_(None))).one()
    return row[0], row[1]


def _waiting(session: Session, state: Any, since: Any, steps: tuple[str, ...], on: date) -> list[Waiting]:
    rows = {row.state: row for row in session.execute(
        select(state.label("state"), func.count().label("waiting"), func.min(since).label("oldest"))
        .where(state.in_(steps)).group_by(state))}
    return [Waiting(step, rows[step].waiting, (on - rows[step].oldest).days) for step in steps if step in rows]


def _clerks(session: Session) -> Sequence[Row[Any]]:
    """Who has what in her hands: drafts begun and not submitted, and proposals not signed off."""
    none = cast(0, Integer)
    from_sheets = (select(Keying.clerk_id.label("user_id"), func.count().label("keying"), none.label("drafts"))
                   .where(Keying.submitted_at.is_(None)).group_by(Keying.clerk_id))
    from_cases = (select(Decision.drafted_by, none, func.count())
                  .where(Decision.sign_off != "1").group_by(Decision.drafted_by))
    from_claims = (select(PaymentDecision.drafted_by, none, func.count())
                   .where(PaymentDecision.sign_off == "0", PaymentDecision.is_current).group_by(PaymentDecision.drafted_by))
    both = from_sheets.union_all(from_cases, from_claims).subquery()
    user = _users()
    return session.execute(
        select(func.concat_ws(" ", user.c.last_name, user.c.first_name).label("name"),
               func.sum(both.c.keying).label("keying"), func.sum(both.c.drafts).label("drafts"))
        .join(user, user.c.id == both.c.user_id).group_by(user.c.id, user.c.last_name, user.c.first_name)
        .order_by(user.c.id)).all()


def _users() -> Any:
    return Recipient.metadata.tables["ab_user"]


def _expiring(session: Session, on: date) -> tuple[dict[int, int], int]:
    ends = [on + timedelta(days=span) for span in SPANS]
    row = session.execute(select(
        *(func.count(case((and_(Recipient.valid_to >= on, Recipient.valid_to <= end), 1))) for end in ends),
        func.count(case((Recipient.valid_to < on, 1))),
    ).where(Recipient.state == "certified", Recipient.valid_to <= ends[-1])).one()
    return dict(zip(SPANS, row[:len(SPANS)], strict=True)), row[len(SPANS)]


def _months(session: Session, on: date) -> list[tuple[str, int]]:
    """How many certificates run out in each of the next twelve months."""
    month = func.to_char(Recipient.valid_to, "YYYY-MM")
    counted = dict(session.execute(
        select(month, func.count()).where(Recipient.state == "certified", Recipient.valid_to >= on.replace(day=1))
        .group_by(month)).tuples().all())
    following = [on.year * 12 + on.month - 1 + ahead for ahead in range(12)]
    names = [f"{each // 12}-{each % 12 + 1:02d}" for each in following]
    return [(name, counted.get(name, 0)) for name in names]


def _days(session: Session, on: date) -> list[tuple[date, int, int]]:
    """Sheets received and sheets registered on each of the last thirty days."""
    first = on - timedelta(days=TREND_DAYS - 1)
    registered = cast(func.timezone("Asia/Tokyo", ReceivedSheet.registered_at), Date)
    received = dict(session.execute(select(ReceivedSheet.received_date, func.count()).where(
        ReceivedSheet.received_date >= first).group_by(ReceivedSheet.received_date)).tuples().all())
    done = dict(session.execute(select(registered, func.count()).where(
        registered >= first).group_by(registered)).tuples().all())
    days = [first + timedelta(days=ahead) for ahead in range(TREND_DAYS)]
    return [(day, received.get(day, 0), done.get(day, 0)) for day in days]
