"""支払の命令: the transfer file of a day's run, once two people have decided it, with its journal beside it."""

import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import click

from app.building import create_app
from app.carriers import payment_files
from app.clock import now, today
from app.commands.caller import caller
from app.database import is_current, running_database
from app.extensions import db
from config import Settings
from models.payment import PaymentBatch
from procedures import payment
from procedures.actor import Actor, full_name
from procedures.city import City, city_of
from procedures.payment_file import keep
from procedures.payment_papers import entries_csv
from procedures.refusal import Refused
from procedures.sealed_folder import settle


@click.command()
@click.option("--date", "on", required=True, type=click.DateTime(["%Y-%m-%d"]), help="振込指定日")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="振込データを書き出すファイル")
@click.option("--make", "wish", flag_value="make", help="支払回を作る (承認は別の人)")
@click.option("--release", "wish", flag_value="release", help="ほかの人が作った支払回を承認する")
@click.option("--as", "username", help="利用者名 (既定: 試用では manager1、本番ではこの端末の利用者)")
def pay(on: datetime, out: Path | None, wish: str | None, username: str | None) -> None:
    """振込データ (総合振込 120バイト) と仕訳を書き出す; 同じ日の二度目は同じファイルで、二重に支払わない.

    支払回は画面か --make で作り、別の人が画面か --release で承認する。承認されるまで --out は何も書かない。
    """
    if wish is None and out is None:
        raise click.UsageError("--out FILE か、--make、--release のどれかを指定してください。")
    if out is not None and not out.parent.is_dir():
        raise click.BadParameter("書き出すフォルダがありません。", param_hint="--out")
    with running_database(Settings.from_environment()) as settings:
        app = create_app(settings)
        with app.test_request_context():
            try:
                if not is_current(db.session.connection()):
                    click.echo("データベースが最新ではありません。./nanbyo migrate を実行してください。", err=True)
                    sys.exit(4)
                _act(settings, on.date(), out, wish, username, app.appbuilder.sm.has_access)
            except Refused as refusal:
                db.session.rollback()
                click.echo(refusal.message, err=True)
                sys.exit(3)
            finally:
                db.session.remove()
                db.engine.dispose()


def _act(settings: Settings, on: date, out: Path | None, wish: str | None, username: str | None,
         may: Callable[[str, str], bool]) -> None:
    user = caller(username)
    actor, city = Actor(user.id, full_name(user), "command"), city_of(settings.city_file)
    verb = {"make": "make", "release": "release", None: "take"}[wish]
    if not may(f"can_{verb}", "Payments"):
        raise Refused("この利用者は支払のこの操作を行えません。")
    if wish == "make":
        batch = payment.make(db.session, actor, city, on, today(), now())
        db.session.commit()
        click.echo(f"支払回 {batch.number}: {batch.order_count:,} 件 {batch.total_yen:,} 円を作りました。別の人の承認を待ちます。", err=True)
    elif wish == "release":
        batch = payment.release(db.session, actor, _found(on), today(), now())
        db.session.commit()
        keep(db.session, payment_files(settings), batch)
        click.echo(f"支払回 {batch.number}: {batch.order_count:,} 件 {batch.total_yen:,} 円を承認しました。", err=True)
    if out is not None:
        _write(actor, city, _found(on), out)


def _found(on: date) -> int:
    batch = payment.batch_on(db.session, on)
    if batch is None:
        raise Refused(f"{on} の支払回がありません。画面の「支払」か --make で作り、別の人が承認してください。")
    return batch.id


def _write(actor: Actor, city: City, batch_id: int, out: Path) -> None:
    """The decision to hand over is committed first; then both files lie there whole."""
    batch = db.session.get_one(PaymentBatch, batch_id)
    before = batch.sent_at
    content = payment.hand_over(db.session, actor, batch_id, "taken", now())
    entries = entries_csv(db.session, actor, batch_id, city)
    db.session.commit()
    settle(out, content)
    settle(out.with_name(f"{out.name}.journal.csv"), entries)
    if before is not None:
        click.echo(f"この支払回は {before:%Y-%m-%d %H:%M} に渡し済みです。同じ内容を書き出しました。", err=True)
    click.echo(f"支払回 {batch.number}: {batch.order_count:,} 件 {batch.total_yen:,} 円を書き出しました。", err=True)
