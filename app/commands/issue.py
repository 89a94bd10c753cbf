"""交付の命令: the certificates that wait, as PDFs in a folder with a manifest."""

import csv
import sys
from datetime import datetime
from pathlib import Path

import click

from app.building import create_app
from app.clock import now, today
from app.commands.caller import caller
from app.database import running_database
from app.extensions import db
from config import Settings
from procedures.actor import Actor, full_name
from procedures.city import City, city_of
from procedures.issue import issue as issue_one
from procedures.print_job import waiting
from procedures.refusal import Refused
from reports.paper import FontMissing, GlyphMissing, in_one

COMBINED = "certificates.pdf"


@click.group()
def issue() -> None:
    """受給者証を印刷する."""


@issue.command()
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="書き出すフォルダ")
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]), help="この日までに有効期間が始まるものだけ")
@click.option("--combined", is_flag=True, help="住所順の一つの PDF にする")
@click.option("--ids", default="", help="認定の番号をコンマで区切る (既定: 交付待ちのすべて)")
@click.option("--reason", default="", help="再印刷の理由 (交付済みのもの)")
@click.option("--as", "username", help="利用者名 (既定: 試用では manager1、本番ではこの端末の利用者)")
def certificates(out: Path, due: datetime | None, combined: bool, ids: str, reason: str, username: str | None) -> None:
    """交付待ちの受給者証を住所順に PDF にし、manifest.csv を添える; 一枚ごとに交付が記録される."""
    if not all(each.strip().isdigit() for each in ids.split(",") if ids):
        raise click.BadParameter("番号をコンマで区切ってください。", param_hint="--ids")
    with running_database(Settings.from_environment()) as settings:
        app = create_app(settings)
        with app.test_request_context():
            try:
                user = caller(username)
                if not app.appbuilder.sm.has_access("can_print", "Issue"):
                    raise Refused("この利用者は受給者証を印刷できません。")
                actor = Actor(user.id, full_name(user), "command",
                              sees_withheld=bool(app.appbuilder.sm.has_access("can_see_withheld", "Recipients")))
                wanted = [int(each) for each in ids.split(",")] if ids else waiting(
                    db.session, actor, due.date() if due else None)
                failed = _print(wanted, actor, city_of(settings.city_file), out, reason, combined)
            except Refused as refusal:
                click.echo(str(refusal.message), err=True)
                sys.exit(3)
            finally:
                db.session.remove()
                db.engine.dispose()
    click.echo(f"{len(wanted) - failed:,} 枚を印刷しました。", err=True)
    sys.exit(1 if failed else 0)


def _print(wanted: list[int], actor: Actor, city: City, out: Path, reason: str, combined: bool) -> int:
    """Issue one by one: what was printed stays issued when a later one fails; return how many failed."""
    out.mkdir(parents=True, exist_ok=True)
    failed, papers, part = 0, list[Path](), out / ".certificate.part"
    with (out / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
        manifest = csv.writer(file)
        manifest.writerow(("file", "certification_id", "recipient_number"))
        for number in wanted:
            try:
                printed = issue_one(db.session, actor, number, city, today(), now(), reason)
                path = out / f"certificate-{number}.pdf"
                part.write_bytes(printed.pdf)  # on the disk, but under no name of a paper before its journal row is
                db.session.commit()
                part.rename(path)
            except (Refused, GlyphMissing, FontMissing) as refusal:
                db.session.rollback()
                failed += 1
                click.echo(f"{number}: {refusal}", err=True)
                continue
            finally:
                part.unlink(missing_ok=True)
            papers.append(path)
            manifest.writerow((COMBINED if combined else path.name, number, printed.recipient_number))
    if combined and papers:  # at the end only: a killed run leaves every issued paper as a file of its own
        (out / COMBINED).write_bytes(in_one(path.read_bytes() for path in papers))
        for path in papers:
            path.unlink()
    return failed
