"""一枚ずつの一括印刷: many papers as one PDF, each printed as if alone; what cannot be printed is named and stops nobody."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import date, datetime

from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import Session

from models.job import Job
from procedures.actor import Actor, full_name
from procedures.city import City
from procedures.jobs import fault
from procedures.refusal import Refused
from procedures.sealed_folder import SealedFolder
from reports.paper import FontMissing, GlyphMissing, in_one

CHUNK = 10  # about four seconds: a pause or a stop is heard soon enough


class PaperJob(ABC):
    """一括印刷のやり方: ``params["ids"]`` says of what, in which order; *name* ends the name of the file."""

    name: str
    chunk = CHUNK

    def __init__(self, files: SealedFolder, city: City, today: date, now: Callable[[], datetime]) -> None:
        self.files, self.city, self.today, self.now = files, city, today, now

    @abstractmethod
    def paper(self, session: Session, actor: Actor, job: Job, number: int) -> bytes:
        """One paper, printed for good."""

    def plan(self, session: Session, job: Job) -> int:
        """One row a paper."""
        return len(job.params["ids"])

    def step(self, session: Session, job: Job) -> int:
        """Print the next chunk."""
        user = session.get_one(User, job.requested_by)
        # Whom the asker may not see was left out when she asked.
        actor, printed = Actor(user.id, full_name(user), "job", sees_withheld=True), 0
        at = job.done + job.failed
        for number in job.params["ids"][at:at + self.chunk]:
            try:
                with session.begin_nested():
                    pdf = self.paper(session, actor, job, number)
            except (Refused, GlyphMissing, FontMissing) as refusal:
                fault(job, number, str(getattr(refusal, "message", refusal)))
                continue
            self.files.write(_part(job, number), pdf)
            printed += 1
        return printed

    def finish(self, session: Session, job: Job) -> str | None:
        """All papers in one file; the single ones go."""
        parts = [_part(job, number) for number in job.params["ids"] if self.files.path(_part(job, number)).exists()]
        if not parts:
            return None
        name = f"{job.id:010}-{self.name}.pdf"
        self.files.write(name, in_one(self.files.read(part) for part in parts))
        for part in parts:
            self.files.remove(part)
        return name


def _part(job: Job, number: int) -> str:
    return f"{job.id:010}-part-{number}.pdf"
