"""レセプトの命令: the month totals counted anew from every receipt, as the nightly proof that the kept ones are right."""

import json
import sys

import click
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.database import running_database
from config import Settings
from procedures.accumulation import prove
from procedures.actor import SYSTEM


@click.group()
def receipts() -> None:
    """登録したレセプトを確かめる (取込は import receipts)."""


@receipts.command("recompute")
@click.option("--dry-run", is_flag=True, help="比べるだけで、何も直さない")
def recompute_months(dry_run: bool) -> None:
    """月の合計をすべてのレセプトから数え直し、いまの合計と比べる; 違いがあれば直し (--dry-run では直さず)、1 で終わる."""
    with running_database(Settings.from_environment()) as settings:
        engine = create_engine(str(settings.database_url), hide_parameters=True)
        with Session(engine) as session:
            proof = prove(session, SYSTEM)
            if dry_run:
                session.rollback()
            else:
                session.commit()
        engine.dispose()
    click.echo(json.dumps({"months": proof.months, "differing": proof.differing, "equal": proof.differing == 0,
                           "mended": bool(proof.differing) and not dry_run}))
    sys.exit(1 if proof.differing else 0)
