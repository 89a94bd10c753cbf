"""仕事: asked for inside a business transaction, taken by one worker at a time, done in chunks, stopped and resumed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from sqlalchemy import case, or_, select, text
from sqlalchemy.orm import Session

from models.job import Job
from models.journal import Action
from procedures import journal
from procedures.actor import Actor
from procedures.refusal import Overstepped, Refused

CHANNEL: Final = "nanbyo_job"
ABANDONED_AFTER: Final = timedelta(minutes=3)  # a worker that did not finish a chunk in this time is gone
MOST_ATTEMPTS: Final = 4
FIRST_WAIT: Final = timedelta(seconds=10)
MOST_FAULTS: Final = 200
KEPT_FOR: Final = timedelta(days=7)  # a certificate not fetched in a week is printed again, with its reason


class NotYours(Overstepped):
    """The job is somebody else's or is not there."""

    message = "この仕事は見つかりません。仕事の一覧を開き直してください。"


class NotPossibleNow(Refused):
    """The job is in a state that does not allow it."""

    message = "この仕事にはいまその操作ができません。状態を確かめてください。"


class Handler(Protocol):
    """仕事のやり方: one kind of work, cut into chunks."""

    def plan(self, session: Session, job: Job) -> int:
        """How many rows there are to do; asked once, at the first start."""
        ...

    def step(self, session: Session, job: Job) -> int:
        """Do the next chunk after ``job.done + job.failed`` and return how many rows it did; faults go to *job*."""
        ...

    def finish(self, session: Session, job: Job) -> str | None:
        """Put the result together; return the name of its file, if it has one."""
        ...


@dataclass(frozen=True)
class Progress:
    """進み具合: percent, rows a second, seconds left; None where nothing can be said yet."""

    percent: int
    rate: float | None
    seconds_left: int | None


def ask_for(session: Session, actor: Actor, kind: str, params: Mapping[str, Any]) -> Job:
    """仕事を頼む: it exists if the caller commits, and a waiting worker hears of it then."""
    job = Job(kind=kind, params=dict(params), requested_by=actor.user_id)
    session.add(job)
    session.flush()
    session.execute(text("SELECT pg_notify(:channel, :id)"), {"channel": CHANNEL, "id": str(job.id)})
    journal.record(session, actor, Action.ADMINISTERED, job, detail={"job": kind, "act": "asked"})
    return job


def take(session: Session, now: datetime) -> Job | None:
    """仕事を取る: the oldest one that waits or whose worker is gone; nobody else gets it. The caller commits."""
    job = session.scalars(select(Job).where(or_(
        (Job.state == "waiting") & or_(Job.not_before.is_(None), Job.not_before <= now), (Job.state == "running") & (Job.alive_at < now - ABANDONED_AFTER)))
        .order_by(Job.id).limit(1).with_for_update(skip_locked=True)).one_or_none()
    if job is not None:
        job.state, job.alive_at, job.started_at = "running", now, job.started_at or now
        session.flush()
    return job


def work(session: Session, job_id: int, handler: Handler, now: Callable[[], datetime]) -> str:
    """仕事をする: chunk after chunk, each its own transaction, until done, stopped or failed; return the state."""
    job = session.get_one(Job, job_id)
    if job.total == 0:
        job.total = handler.plan(session, job)
        session.commit()
    while job.state == "running" and job.done + job.failed < job.total:
        job = session.get_one(Job, job_id, with_for_update=True, populate_existing=True)
        if job.state != "running":
            break
        job.done += handler.step(session, job)
        job.alive_at, job.attempts = now(), 0
        session.commit()
        session.refresh(job)
    if job.state == "running":
        job.result = handler.finish(session, job)
        job.state, job.finished_at = "done", now()
    session.commit()
    return job.state


def give_up(session: Session, job_id: int, kind_of_fault: str, now: datetime) -> None:
    """仕事をあきらめる: what was committed stays; the message names the kind of fault and nothing of its content."""
    job = session.get_one(Job, job_id, with_for_update=True, populate_existing=True)
    job.state, job.finished_at = "failed", now
    job.message = kind_of_fault
    session.flush()


def stumble(session: Session, job_id: int, kind_of_fault: str, now: datetime) -> str:
    """つまずく: a passing fault (disk, connection) is tried again after 10, 40, 160, 640 s, then given up; return the state."""
    job = session.get_one(Job, job_id, with_for_update=True, populate_existing=True)
    if job.attempts >= MOST_ATTEMPTS:
        give_up(session, job_id, kind_of_fault, now)
    elif job.state == "running":
        job.state, job.not_before, job.message = "waiting", now + FIRST_WAIT * 4 ** job.attempts, kind_of_fault
        job.attempts += 1
    session.flush()
    return job.state


def fault(job: Job, row: int, message: str) -> None:
    """できなかった一件: counted, and the first ones are named by their number."""
    job.failed += 1
    if len(job.faults) < MOST_FAULTS:
        job.faults = [*job.faults, {"row": row, "message": message}]


def change_state(session: Session, actor: Actor, job_id: int, wish: str) -> Job:
    """一時停止・再開・中止: takes effect after the chunk at hand; NotYours, NotPossibleNow."""
    job = own(session, actor, job_id, lock=True)
    if job.state not in _FROM[wish]:
        raise NotPossibleNow
    job.state, job.attempts, job.not_before = {"pause": "paused", "resume": "waiting", "cancel": "cancelled"}[wish], 0, None
    journal.record(session, actor, Action.ADMINISTERED, job, detail={"job": job.kind, "act": wish})
    session.execute(text("SELECT pg_notify(:channel, :id)"), {"channel": CHANNEL, "id": str(job.id)})
    session.flush()
    return job


def everybodys(session: Session, most: int = 100) -> list[Job]:
    """全員の仕事, those that need somebody first; for administrators, who see kinds and counts and nobody's content."""
    return list(session.scalars(select(Job).order_by(case(*(
        (Job.state == state, place) for place, state in enumerate(("failed", "running", "waiting", "paused"))), else_=9),
        Job.id.desc()).limit(most)))


def steer(session: Session, actor: Actor, job_id: int, wish: str) -> Job:
    """やり直す・取りやめる: an administrator puts a job that was given up in the queue again, or ends one; NotPossibleNow."""
    job = session.get(Job, job_id, with_for_update=True, populate_existing=True)
    if job is None:
        raise NotYours
    if job.state not in _FROM[wish]:
        raise NotPossibleNow
    job.state, job.attempts, job.not_before = {"resume": "waiting", "cancel": "cancelled"}[wish], 0, None
    session.flush()
    journal.record(session, actor, Action.ADMINISTERED, job, detail={"job": job.kind, "act": wish})
    session.execute(text("SELECT pg_notify(:channel, :id)"), {"channel": CHANNEL, "id": str(job.id)})
    return job


def sweep(session: Session, remove: Callable[[str], None], now: datetime) -> int:
    """結果の後始末: files nobody fetches any more are gone, their jobs say so; return how many."""
    old = list(session.scalars(select(Job).where(Job.result.is_not(None), Job.finished_at < now - KEPT_FOR)))
    for job in old:
        remove(str(job.result))
        job.result = None
    session.flush()
    return len(old)


def own(session: Session, actor: Actor, job_id: int, *, lock: bool = False) -> Job:
    """自分の仕事; NotYours for anybody else's."""
    job = session.get(Job, job_id, with_for_update=lock or None, populate_existing=lock)
    if job is None or job.requested_by != actor.user_id:
        raise NotYours
    return job


def jobs_of(session: Session, actor: Actor, most: int = 50) -> list[Job]:
    """自分の仕事の一覧, the latest first."""
    return list(session.scalars(select(Job).where(Job.requested_by == actor.user_id).order_by(Job.id.desc()).limit(most)))


def progress(job: Job, now: datetime) -> Progress:
    """How far *job* is and how long it will take at the pace so far."""
    handled = job.done + job.failed
    percent = handled * 100 // job.total if job.total else 0
    seconds = (now - job.started_at).total_seconds() if job.started_at else 0
    if job.state != "running" or not handled or seconds <= 0:
        return Progress(percent, None, None)
    return Progress(percent, handled / seconds, round((job.total - handled) * seconds / handled))


_FROM: Final = {"pause": ("waiting", "running"), "resume": ("paused", "failed"),
                "cancel": ("waiting", "running", "paused", "failed")}
