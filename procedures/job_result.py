"""仕事の結果の受け取り: a finished file goes out once its row names everybody whose papers are in it."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.job import Job
from models.journal import Action
from procedures import journal, print_job, renewal
from procedures.actor import Actor

# Of each kind of work with papers of persons: whose they are.
WHOM: Final = {
    print_job.KIND: text("SELECT DISTINCT recipient_id FROM certification WHERE id = ANY(:ids)"),
    renewal.KIND: text("SELECT recipient_id FROM renewal_notice WHERE season_id = :season AND position = ANY(:places)"),
}


def fetch(session: Session, actor: Actor, job: Job) -> None:
    """受け取る: journalled with everybody the file names; the caller commits before a byte leaves."""
    people = list(session.scalars(WHOM[job.kind], job.params)) if job.kind in WHOM else []
    journal.record(session, actor, Action.EXPORTED, job, detail={"job": job.kind, "rows": job.done, "recipients": people})
