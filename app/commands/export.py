"""出力の命令: a list as a file, for a user who may see and export it; journalled like on the screen."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click
from flask import Flask
from flask_appbuilder.security.sqla.models import User

from app.building import create_app
from app.clock import now, today
from app.commands.caller import caller
from app.database import running_database
from app.extensions import db
from config import Settings
from procedures import desk as desks
from procedures import export as exporting
from procedures import spreadsheet
from procedures.actor import Actor, full_name
from procedures.refusal import Refused
from views.list_page import Place
from views.record_view import RecordView


@click.command()
@click.argument("name", metavar="LIST")
@click.option("--format", "form", type=click.Choice(["csv", "csv_cp932", "xlsx"]), default="csv", show_default=True)
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="書き出すファイル")
@click.option("--as", "username", help="利用者名 (既定: 試用では manager1、本番ではこの端末の利用者)")
@click.option("--purpose", default="コマンドによる出力", show_default=True, help="目的 (操作記録に残る)")
def export(name: str, form: str, out: Path, username: str | None, purpose: str) -> None:
    """一覧 LIST (recipients, applications, insurance …) を、見てよい利用者として出力する."""
    with running_database(Settings.from_environment()) as settings:
        app = create_app(settings)
        with app.test_request_context():
            try:
                rows = _export(app, name, form, out, caller(username), purpose)
            except exporting.NeedsSecondPerson as needs:
                db.session.rollback()
                click.echo(needs.ask(db.session, _actor(caller(username))), err=True)
                db.session.commit()
                sys.exit(3)
            except Refused as refusal:
                click.echo(refusal.message, err=True)
                sys.exit(3)
            finally:
                db.session.remove()
                db.engine.dispose()
        click.echo(f"{rows:,} 件を出力しました。", err=True)


def _actor(user: User) -> Actor:
    return Actor(user.id, full_name(user), "command")


def _export(app: Flask, name: str, form: str, out: Path, user: User, purpose: str) -> int:
    views = {view.listing.name.rsplit("/", 1)[-1]: view for view in app.appbuilder.baseviews
             if isinstance(view, RecordView)}
    if name not in views:
        click.echo("一覧の名前: " + ", ".join(sorted(views)), err=True)
        sys.exit(2)
    view, manager = views[name], app.appbuilder.sm
    noun = view.class_permission_name
    if not (manager.has_access("can_read", noun) and manager.has_access("can_export", noun)):
        raise Refused("この利用者はこの一覧を出力できません。")
    listing = view.listing
    desk = desks.desk(db.session, user.id, listing.name, listing.columns, None, today())
    asked = Place().question(listing, desk, sees_withheld=manager.has_access("can_see_withheld", "Recipients"))
    taken = exporting.take(db.session, _actor(user), listing, asked, desk,
                           format=form, purpose=purpose, now=now())
    db.session.commit()
    body: Iterator[bytes] = (iter([spreadsheet.as_xlsx(db.session, taken)]) if form == "xlsx"
                             else spreadsheet.as_csv(db.session, taken))
    with out.open("wb") as file:
        file.writelines(body)
    return taken.rows
