"""監査の命令: prove the journal here, or take it out as a file that an auditor proves on her own machine."""

import json
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.building import create_app
from app.commands.caller import caller, known
from app.database import running_database
from app.extensions import db
from app.sealing import is_migrated
from config import AUDITOR_ROLE, Settings
from exchange import journal_proof as verifier
from procedures.actor import Actor, full_name
from procedures.checkpoints import KEY_NAME, Checkpoints
from procedures.journal_proof import lines, prove, take
from procedures.refusal import Refused
from procedures.sealing import log_of

FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def audit() -> None:
    """操作記録を検証し、監査のために出力する."""


@audit.command("verify")
@click.option("--key", "key_file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="公開鍵のファイル (既定: 封印の控えの隣の seal.pub)")
def verify_journal(key_file: Path | None) -> None:
    """すべての記録と封印を確かめる; 壊れていれば最初の記録を示し、3 で終わる."""
    with running_database(Settings.from_environment()) as settings:
        _demand_migrated(settings)
        engine = create_engine(str(settings.database_url), hide_parameters=True,
                               connect_args={"options": f"-c role={AUDITOR_ROLE}"})
        with Session(engine) as session:
            kept = Checkpoints(settings.checkpoints / log_of(session))
            session.rollback()
            path = key_file or kept.folder / KEY_NAME
            keys = [bytes.fromhex(path.read_text())] if path.exists() else []
            verdict = prove(session, keys, kept.lines(), datetime.now(UTC))
        engine.dispose()
    click.echo(json.dumps(verdict, ensure_ascii=False))
    sys.exit(0 if verdict["ok"] else 3)


@audit.command()
@click.argument("file", type=FILE)
@click.option("--as", "username", help="利用者名 (既定: 試用では auditor1、本番ではこの端末の利用者)")
@click.option("--purpose", default="監査のための出力", show_default=True, help="目的 (操作記録に残る)")
def export(file: Path, username: str | None, purpose: str) -> None:
    """操作記録を封印とともに FILE に書き出し、検証の道具 journal_proof.py を隣に置く."""
    with running_database(Settings.from_environment()) as settings:
        _demand_migrated(settings)
        app = create_app(settings)
        with app.test_request_context():
            try:
                user = caller(username or ("auditor1" if known("auditor1") else None))
                if not app.appbuilder.sm.has_access("can_export", "Journal"):
                    raise Refused("この利用者は操作記録を出力できません。")
                take(db.session, Actor(user.id, full_name(user), "command", screen="audit export"), purpose)
                db.session.commit()
                count = _write(file)
            except Refused as refusal:
                click.echo(refusal.message, err=True)
                sys.exit(3)
            finally:
                db.session.remove()
                db.engine.dispose()
    click.echo(f"{count:,} 行を出力しました。{file.name} を journal_proof.py と公開鍵と控えで検証できます。", err=True)


def _write(file: Path) -> int:
    """The whole file or none: a full disk leaves no half journal under its name."""
    part, count = file.with_name(file.name + ".part"), 0
    try:
        with part.open("wb") as out:
            for line in lines(db.session, datetime.now(UTC)):
                out.write(line + b"\n")
                count += 1
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)
    shutil.copyfile(str(verifier.__file__), file.with_name("journal_proof.py"))
    return count


def _demand_migrated(settings: Settings) -> None:
    if not is_migrated(settings):
        click.echo("データベースが最新ではありません。先に ./nanbyo migrate を実行してください。", err=True)
        sys.exit(4)
