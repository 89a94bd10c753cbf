"""印刷の途中: a worker prints certificates until somebody ends it; the next one goes on, and each is issued once."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Final

from pypdf import PdfReader
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from config import DEMO_CITY
from models.job import Job
from procedures import jobs
from procedures.actor import Actor
from procedures.city import city_of
from procedures.print_job import PrintJob, ask_to_print
from procedures.sealed_folder import SealedFolder
from reports.paper import pdf_of_text

CITY = city_of(DEMO_CITY)
ON: Final = date(2026, 11, 24)
KEY: Final = bytes(32)
PAGES_EACH: Final = 1 + 11  # the certificate and the sheets of its months, November to September
# Printed once for good, each with the row of its look at a person, and only what is printed counts as issued.
_TWICE: Final = text("SELECT count(*) FROM (SELECT certification_id FROM certificate WHERE NOT is_reprint GROUP BY certification_id HAVING count(*) > 1) AS twice")
_UNTOLD: Final = text("""SELECT count(*) FROM certificate c WHERE (SELECT count(*) FROM journal_entry e
  WHERE e.action = 'printed' AND e.recipient_id = c.recipient_id) <> (SELECT count(*) FROM certificate o WHERE o.recipient_id = c.recipient_id)""")
_HALVES: Final = text("""SELECT count(*) FROM certification c JOIN application a ON a.id = c.application_id
  WHERE a.conversion IS NULL AND a.state IN ('certified', 'issued') AND ((a.state = 'issued') <> (c.issue_date IS NOT NULL)
    OR (c.issue_date IS NOT NULL) <> EXISTS (SELECT 1 FROM certificate p WHERE p.certification_id = c.id))""")


class OneByOne(PrintJob):
    """一枚ごとに確定する: so that somebody is also killed between two chunks of a few papers."""

    chunk = 1


def prints(session: Session, clock: Callable[[], datetime], begin: int, folder: Path) -> Iterator[str]:
    """Ask for everything that waits, take the job as the worker does, and do it to its end."""
    manager = session.execute(text("SELECT id FROM ab_user WHERE username = 'manager1'")).scalar_one()
    job = ask_to_print(session, Actor(manager, "manager1"))
    session.commit()
    yield f"asked {job.id}"
    taken = jobs.take(session, clock())
    session.commit()
    assert taken is not None
    jobs.work(session, taken.id, _way(folder, clock), clock)
    yield f"done {taken.id}"


def warm() -> None:
    """The printer of papers is in memory before anybody forks."""
    pdf_of_text("見本")


def make_good(session: Session, folder: Path) -> None:
    """Another worker finds the work of the dead one and does the rest."""
    late = datetime.now(UTC) + 2 * timedelta(days=1) + 2 * jobs.ABANDONED_AFTER  # beyond every jump of a clock
    taken = jobs.take(session, late)
    session.commit()
    if taken is not None:
        jobs.work(session, taken.id, _way(folder, lambda: late), lambda: late)


def printed(session: Session, told: list[str], folder: Path) -> tuple[int, int]:
    """The job that was told is done, all its papers are in one file and each was issued once, with its row in the journal."""
    lost, halves = 0, sum(session.execute(query).scalar_one() for query in (_TWICE, _UNTOLD, _HALVES))
    for number in {int(line.split()[1]) for line in told}:
        job = session.get(Job, number)
        if job is None or job.state != "done" or job.result is None or job.failed:
            lost += 1
            continue
        pages = len(PdfReader(BytesIO(_files(folder).read(job.result))).pages)
        halves += int(pages != PAGES_EACH * len(job.params["ids"]))
        halves += len(list(folder.rglob("*-part-*")))
    return lost, halves + len(session.scalars(select(Job.id).where(Job.state == "running")).all())


def _way(folder: Path, now: Callable[[], datetime]) -> PrintJob:
    return OneByOne(_files(folder), CITY, ON, now)


def _files(folder: Path) -> SealedFolder:
    return SealedFolder(folder / "jobs", b"job", KEY)
