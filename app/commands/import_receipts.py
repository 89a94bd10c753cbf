"""レセプト取込の命令: a payer's file, streamed, in one transaction; killed at any moment it left nothing and may be run again."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import click
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.commands.reports import page_of
from app.database import running_database
from app.receipt_place import bring_in
from config import Settings
from exchange.receipt_rows import Totals
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
                with Session(engine) as session:
                    report = bring_in(session, settings, file, datetime.now(UTC), form=form, given=given, dry_run=dry_run,
                                      progress=_shown(file.name))
                click.echo(json.dumps(report.as_json(), ensure_ascii=False) if as_json else page_of(report))
                clean = clean and report.is_clean
        except Refused as wrong:
            click.echo(wrong.message, err=True)
            sys.exit(2)
        finally:
            engine.dispose()
    sys.exit(0 if clean else 1)


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


