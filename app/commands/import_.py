"""取込の命令: files of other offices; each prints what became of every row."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.database import running_database
from config import Settings
from procedures.actor import SYSTEM
from procedures.import_report import Report
from procedures.master_import import import_masters
from procedures.register_import import TABLES, import_register

PATHS = click.Path(exists=True, dir_okay=False, path_type=Path)
MOST_SHOWN = 50


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
            click.echo(json.dumps(report.as_json(), ensure_ascii=False) if as_json else _page(report))
        sys.exit(0 if all(report.is_clean for report in reports) else 1)

    command.__doc__ = summary
    import_.command(kind)(command)


def _import(kind: str, file: Path, *, dry_run: bool) -> Report:
    with running_database(Settings.from_environment()) as settings:
        engine = create_engine(str(settings.database_url))
        with Session(engine) as session:
            if kind in TABLES:
                end = file.with_suffix(".end")
                report = import_register(session, SYSTEM, kind, file.name, file.read_bytes(),
                                         end.read_bytes() if end.exists() else None, datetime.now(UTC))
            else:
                report = import_masters(session, SYSTEM, kind, file.name, file.read_bytes())
            if dry_run or (report.errors and not report.read):
                session.rollback()
            else:
                session.commit()
        engine.dispose()
    return report


def _page(report: Report) -> str:
    lines = [f"{report.file}: 読込 {report.read:,} 件、登録 {report.accepted:,} 件、登録済み {report.already:,} 件、"
             f"保留 {report.held:,} 件、取り込めない行 {report.rejected:,} 件"]
    lines += [f"  {fault.line}行目 {fault.item}: {fault.message}" if fault.line else f"  {fault.message}"
              for fault in report.errors[:MOST_SHOWN]]
    if len(report.errors) > MOST_SHOWN:
        lines.append(f"  ほか {len(report.errors) - MOST_SHOWN:,} 件 (--json ですべて出力します)")
    return "\n".join(lines)


_command("facilities", "指定医療機関の一覧 (CSV) を取り込む.")
_command("insurers", "保険者の一覧 (CSV) を取り込む.")
_command("residents", "住民情報 (宛名) のファイルを取り込む; 隣に .end が要る.")
_command("taxes", "住民税のファイルを取り込む; 隣に .end が要る.")
