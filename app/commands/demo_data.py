"""試用データの命令: synthetic people and receipts, the same ones for the same numbers, seed and day."""

import sys
from datetime import date, datetime
from time import monotonic

import click
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from app.clock import JAPAN
from app.database import migrate, running_database
from config import Settings
from models.installation import Installation
from seeds import load_all
from seeds.conversion import convert, next_resident
from seeds.receipts import add_receipts
from seeds.residents import residents
from seeds.users import load_demo_users

MOST_PEOPLE = 900_000  # six digits of the recipient number


@click.command("demo-data")
@click.option("--people", default=1000, show_default=True, type=click.IntRange(0, MOST_PEOPLE), help="人数")
@click.option("--receipts", default=0, show_default=True, type=click.IntRange(0), help="レセプトの件数")
@click.option("--seed", default=1, show_default=True, help="乱数の種 (同じ種からは同じ人)")
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="基準日 (既定は今日)")
def demo_data(people: int, receipts: int, seed: int, on: datetime | None) -> None:
    """架空の人とレセプトを作る; 同じ指定の二度目は何も変えない."""
    settings = Settings.from_environment()
    with running_database(settings) as running:
        migrate(str(running.database_url))
        engine = create_engine(str(running.database_url))
        with Session(engine) as session:
            _refuse_real_office(session)
            day = on.date() if on else settings.fixed_today or datetime.now(JAPAN).date()
            _load(session, people, receipts, seed, day)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        engine.dispose()


def _refuse_real_office(session: Session) -> None:
    mark = session.get(Installation, 1)
    is_empty = not session.scalar(text("SELECT EXISTS (SELECT 1 FROM ab_user)"))
    if mark is None and is_empty:
        session.add(Installation(id=1, is_demo=True))
    elif mark is None or not mark.is_demo:
        click.echo("このデータベースは試用モードで作られていません。架空の人は入れられません。", err=True)
        sys.exit(3)
    load_all(session)
    load_demo_users(session)


def _load(session: Session, people: int, receipts: int, seed: int, on: date) -> None:
    started = monotonic()
    source = f"demo-data people={people} seed={seed}"
    if people and not session.scalar(text("SELECT EXISTS (SELECT 1 FROM application WHERE conversion = :source)"),
                                     {"source": source}):
        convert(session, _shown(residents(people, seed, on, next_resident(session)), people), source)
        click.echo(f"{people:,} 人を作りました ({monotonic() - started:.0f} 秒)。", err=True)
    already = int(session.scalar(text("SELECT count(*) FROM benefit")))
    if receipts > already:
        add_receipts(session, receipts - already, seed, on)
        click.echo(f"レセプトを {receipts - already:,} 件作りました。", err=True)
    session.commit()


def _shown(people: object, count: int) -> object:
    """A bar on a terminal, a line now and then elsewhere."""
    if sys.stderr.isatty():
        with click.progressbar(people, length=count, file=sys.stderr, label="人") as bar:
            yield from bar
        return
    last = monotonic()
    for place, person in enumerate(people):
        if monotonic() - last > 3:
            last = monotonic()
            click.echo(f"{place:,} / {count:,} 人", err=True)
        yield person
