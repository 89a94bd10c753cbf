"""取込の命令: files of other offices; each prints what became of every row."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from app.commands.import_receipts import receipts
from app.commands.reports import page_of
from app.database import office_engine, running_database
from config import Settings
from procedures.actor import SYSTEM
from procedures.city import city_of
from procedures.import_report import Report
from procedures.master_import import import_masters
from procedures.parameters import load_parameters
from procedures.register_import import TABLES, import_register

PATHS = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("import")
def import_() -> None:
    """他の機関のファイルを取り込む; 同じファイルを二度取り込んでも何も変わらない."""


def _command(kind: str, summary: str) -> None:
    @click.argument("files", metavar="FILE…", nargs=-1, required=True, type=PATHS)
    @click.option("--format", "form", type=click.Choice(["csv"]), default="csv", help="ファイルの形式")
    @click.option("--dry-run", is_flag=True, help="確かめるだけで、何も登録しない")
    @click.option("--json", "as_json", is_flag=True, help="結果を JSON で出力する (1ファイル1行)")
    def command(files: tuple[Path, ...], form: str, dry_run: bool, as_json: bool) -> None:
        reports = [_import(kind, file, dry_run=dry_run) for file in files]
        for report in reports:
            click.echo(json.dumps(report.as_json(), ensure_ascii=False) if as_json else page_of(report))
        sys.exit(0 if all(report.is_clean for report in reports) else 1)

    command.__doc__ = summary
    import_.command(kind)(command)


def _import(kind: str, file: Path, *, dry_run: bool) -> Report:
    with running_database(Settings.from_environment()) as settings:
        engine = office_engine(settings)
        with Session(engine) as session:
            if kind in TABLES:
                end = file.with_suffix(".end")
                load_parameters(session)  # what a new tax row would change is judged by the city's figures too
                report = import_register(session, SYSTEM, kind, file.name, file.read_bytes(),
                                         end.read_bytes() if end.exists() else None, city_of(settings.city_file),
                                         datetime.now(UTC))
            else:
                report = import_masters(session, SYSTEM, kind, file.name, file.read_bytes())
            if dry_run or (report.errors and not report.read):
                session.rollback()
            else:
                session.commit()
        engine.dispose()
    return report


_command("facilities", "指定医療機関の一覧 (CSV) を取り込む.")
_command("insurers", "保険者の一覧 (CSV) を取り込む.")
_command("municipalities", "市区町村の一覧 (CSV) を取り込む.")
_command("banks", "金融機関の一覧 (CSV) を取り込む.")
_command("branches", "金融機関の支店の一覧 (CSV) を取り込む.")
_command("diseases", "指定難病の一覧 (CSV) を取り込む.")
_command("residents", "住民情報 (宛名) のファイルを取り込む; 隣に .end が要る.")
_command("taxes", "住民税のファイルを取り込む; 隣に .end が要る.")
import_.add_command(receipts)
