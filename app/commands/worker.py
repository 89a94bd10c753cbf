"""仕事をする命令: takes queued jobs one after the other until it is told to stop."""

import logging
import signal
from datetime import datetime
from types import FrameType
from zoneinfo import ZoneInfo

import click
import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.carriers import exchange, make_good
from app.database import office_engine, running_database
from app.feed import Feed
from app.receipt_place import place_of
from app.wire import Mouth
from config import Settings
from models.journal import UNSEALED_CODE
from procedures import disposals, health, jobs, key_rotation, letter_job, print_job, receipt_job, renewal
from procedures.city import city_of
from procedures.renewal_print import RenewalJob
from procedures.scans import Cabinet
from procedures.sealed_folder import SealedFolder
from procedures.vault import Vault

log = logging.getLogger("nanbyo")
JAPAN = ZoneInfo("Asia/Tokyo")
LISTEN_SECONDS = 5.0  # also how long an abandoned job waits at most beyond its time


@click.command()
@click.option("--once", is_flag=True, help="待っている仕事を終えたら止まる")
def worker(once: bool) -> None:
    """待っている仕事 (一括印刷など) を順に行う; 止めても、続きから再開できる."""
    signal.signal(signal.SIGTERM, _leave)
    try:
        with running_database(Settings.from_environment()) as settings:
            engine = office_engine(settings)
            try:
                _work(engine, settings, once)
            finally:
                engine.dispose()
    except KeyboardInterrupt:
        click.echo("仕事を止めました。続きは次に始めたときに行います。", err=True)


def do_one(engine: Engine, settings: Settings) -> bool:
    """Take one job and do it to its end; False where none waits."""
    with Session(engine) as session:
        job = jobs.take(session, _now())
        session.commit()
        if job is None:
            return False
        number, kind = job.id, job.kind
        try:
            jobs.work(session, number, handler_of(kind, settings), _now)
        except (OSError, OperationalError) as passing:
            session.rollback()
            log.warning("job %s: %s", number, type(passing).__name__)
            jobs.stumble(session, number, type(passing).__name__, _now())
            session.commit()
        except Exception as fault:
            session.rollback()
            log.error("job %s: %s", number, type(fault).__name__)
            if getattr(getattr(fault, "orig", None), "sqlstate", None) == UNSEALED_CODE:
                return False  # nobody is printed while nothing is sealed; like any abandoned job it is taken up again
            jobs.give_up(session, number, type(fault).__name__, _now())
            session.commit()
    return True


def handler_of(kind: str, settings: Settings) -> jobs.Handler:
    """The way this kind of work is done; KeyError for one nobody knows."""
    return {print_job.KIND: _print_job, renewal.KIND: _renewal_job, letter_job.KIND: _letter_job, receipt_job.KIND: _receipt_job,
            disposals.JOB: _disposal_job, key_rotation.KIND: _rotation_job}[kind](settings)


def results(settings: Settings) -> SealedFolder:
    """Where finished work lies until it is fetched."""
    return SealedFolder(settings.data_dir / "jobs", b"job", settings.keys())


def _print_job(settings: Settings) -> jobs.Handler:
    return print_job.PrintJob(results(settings), city_of(settings.city_file), settings.fixed_today or _now().date(), _now)


def _letter_job(settings: Settings) -> jobs.Handler:
    return letter_job.LetterJob(results(settings), city_of(settings.city_file), settings.fixed_today or _now().date(), _now)


def _renewal_job(settings: Settings) -> jobs.Handler:
    return RenewalJob(results(settings), city_of(settings.city_file), settings.fixed_today or _now().date(), _now)


def _receipt_job(settings: Settings) -> jobs.Handler:
    return receipt_job.ReceiptJob(place_of(settings), _now)


def _disposal_job(settings: Settings) -> jobs.Handler:
    return disposals.DisposalJob(Cabinet(settings.data_dir / "scans", settings.keys()).files.remove)


def _rotation_job(settings: Settings) -> jobs.Handler:
    return key_rotation.RotationJob(Vault(settings.keys(), settings.keyring))


def _work(engine: Engine, settings: Settings, once: bool) -> None:
    plain = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as ear:
        ear.execute(f"LISTEN {jobs.CHANNEL}")
        make_good(engine, settings)
        mouth, feed = Mouth(settings), Feed(settings)
        while True:
            while do_one(engine, settings):
                pass
            exchange(engine, settings, _now())
            mouth.speak(engine, _now())
            feed.bring(engine, _now())
            with Session(engine) as session:
                health.beat(session, _now())
                jobs.sweep(session, results(settings).remove, _now())
                session.commit()
            if once:
                return
            for _notice in ear.notifies(timeout=LISTEN_SECONDS, stop_after=1):
                pass


def _now() -> datetime:
    return datetime.now(JAPAN)


def _leave(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
