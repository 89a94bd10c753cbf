"""健康: what somebody who watches the office may know: what stands, what waits, how full it is; no word about anybody."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.job import JOB_STATES, Job
from models.worker_beat import WorkerBeat
from procedures import outward

WORKER_GONE: Final = timedelta(minutes=3)  # one chunk of a job may take as long (procedures.jobs.ABANDONED_AFTER)


@dataclass(frozen=True)
class State:
    """状態: counts of the moment."""

    jobs: dict[str, int]
    worker_ago: timedelta | None
    database_bytes: int
    sessions: int
    may_leave: bool


def beat(session: Session, now: datetime) -> None:
    """働き手の脈: the worker was here at *now*; the caller commits."""
    session.execute(insert(WorkerBeat).values(id=1, alive_at=now).on_conflict_do_update(
        index_elements=["id"], set_={"alive_at": now}))


def worker_ago(session: Session, now: datetime) -> timedelta | None:
    """How long ago the worker looked or finished a chunk; None where none ever did."""
    last = session.scalar(select(func.greatest(
        select(WorkerBeat.alive_at).scalar_subquery(), select(func.max(Job.alive_at)).where(Job.state == "running").scalar_subquery())))
    return None if last is None else now - last


def is_worked(session: Session, now: datetime) -> bool:
    """働き手がいるか: whether queued work is being done."""
    ago = worker_ago(session, now)
    return ago is not None and ago < WORKER_GONE


def state(session: Session, now: datetime) -> State:
    """状態: what the metrics and the status screen say."""
    counted = {row[0]: row[1] for row in session.execute(select(Job.state, func.count()).group_by(Job.state))}
    return State({name: counted.get(name, 0) for name in JOB_STATES}, worker_ago(session, now),
                 int(session.scalar(text("SELECT pg_database_size(current_database())")) or 0),
                 int(session.scalar(text("SELECT count(*) FROM login_session WHERE user_id IS NOT NULL")) or 0),
                 outward.is_open(session))
