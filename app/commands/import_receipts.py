"""レセプト取込の命令: a payer's file, streamed, in one transaction; killed at any moment it left nothing and may be run again."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import click
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from app.clock import JAPAN
from app.commands.reports import page_of
from app.database import running_database
from app.receipt_place import place_of
from config import Settings
from exchange.receipt_rows import Totals
from models.receipt import ReceiptSet
from procedures.actor import SYSTEM
from procedures.import_report import Report
from procedures.receipt_formats import format_of, reading_of
from procedures.receipt_import import Incoming, import_receipts
from procedures.refusal import Refused

EVERY = 3.0  # seconds between two lines where no terminal shows a bar


@click.command("receipts")
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "form", default="", metavar="uke|csv|様式", help="ファイルの形式 (既定はファイルの先頭で見分ける)")
@click.option("--totals", nargs=3, type=int, default=None, metavar="件数 点数 金額", help="紙の請求書の合計 (控えがファイルにない様式)")
@click.option("--dry-run", is_flag=True, help="確かめるだけで、何も登録しない")
@click.option("--json", "as_json", is_flag=True, help="結果を JSON で出力する (1ファイル1行)")
def receipts(files: tuple[Path, ...], form: str, totals: tuple[int, int, int] | None, dry_run: bool, as_json: bool) -> None:
    """レセプト (UKE、国保連・広域連合の表) を取り込む."""
    settings = Settings.from_environment()
    given, clean = Totals(*totals) if totals else None, True
    with running_database(settings) as running:
        engine = create_engine(str(running.database_url), hide_parameters=True)
        try:
            for file in files:
                report = _import(Session(engine), settings, file, form, given, dry_run=dry_run)
                click.echo(json.dumps(report.as_json(), ensure_ascii=False) if as_json else page_of(report))
                clean = clean and report.is_clean
        except Refused as wrong:
            click.echo(wrong.message, err=True)
            sys.exit(2)
        finally:
            engine.dispose()
    sys.exit(0 if clean else 1)


def _import(session: Session, settings: Settings, file: Path, form: str, given: Totals | None, *, dry_run: bool) -> Report:
    now, place = datetime.now(UTC), place_of(settings)
    with session, file.open("rb") as source:
        name = form or format_of(source)
        reading = reading_of(session, name, source, now.astimezone(JAPAN).date(), given)
        sha256, size = place.vault.keep(source)
        try:
            report = import_receipts(session, SYSTEM, Incoming(file.name, sha256, size, name), reading, place, now,
                                     _shown(file.name))
            if not dry_run and report.read:
                session.commit()
        finally:
            session.rollback()
            if not session.scalar(select(ReceiptSet.id).where(ReceiptSet.sha256 == sha256)):
                place.vault.forget(sha256)
    return report


def _shown(name: str) -> Callable[[int], None]:
    """A line on a terminal that counts up, a line now and then elsewhere."""
    last = [monotonic()]

    def show(read: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{name}: {read:,} 件", nl=False, err=True)
        elif monotonic() - last[0] > EVERY:
            last[0] = monotonic()
            click.echo(f"{name}: {read:,} 件", err=True)
    return show


