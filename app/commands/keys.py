"""鍵の命令: new keys for the numbering store, by two people; the worker seals everything anew while the office goes on."""

import dataclasses
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import click
from cryptography.exceptions import InvalidTag

from app.building import create_app
from app.carriers import payment_files
from app.clock import now
from app.commands.caller import caller
from app.commands.worker import results
from app.database import running_database
from app.extensions import db
from config import Settings
from procedures import health, key_rotation, two_person
from procedures.actor import Actor, full_name
from procedures.keyring import Keyring
from procedures.receipt_vault import ReceiptVault
from procedures.refusal import Refused
from procedures.scans import Cabinet
from procedures.sealed_folder import SealedFolder

REPLACEMENT: Final = {"act": "replace_key_file"}
STILL_THERE: Final = timedelta(seconds=10)  # a worker looks around every five


@click.group()
def keys() -> None:
    """番号の保管の鍵."""


@keys.command()
@click.option("--as", "username", required=True, help="利用者名 (権限を管理する人)")
@click.option("--reason", default="", help="理由 (依頼するときに要る)")
def rotate(username: str, reason: str) -> None:
    """鍵を更新する: 一度目は依頼し、ほかの管理者が画面「二人での承認」で承認してから、もう一度行うと始まる."""
    _by_two(lambda settings, may: _rotate(settings, username, reason, may))


@keys.command()
@click.argument("new", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "username", required=True, help="利用者名 (権限を管理する人)")
@click.option("--reason", default="", help="理由 (依頼するときに要る)")
def replace(new: Path, username: str, reason: str) -> None:
    """鍵のファイルを替える: 原本画像・レセプト・控えと番号の鍵束を、新しい鍵で封じ直す。二人の承認が要り、事務所は止めておく."""
    _by_two(lambda settings, may: _replace(settings, new, username, reason, may))


def _replace(settings: Settings, new: Path, username: str, reason: str, may: Any) -> tuple[str, int]:
    """Whoever is killed here begins again: what is under the new key already stays, and the agreement is used up at the end alone."""
    actor, after = _keeper_of_keys(username, may), dataclasses.replace(settings, key_file=new.resolve())
    if after.keyring.parent == settings.keyring.parent:
        raise Refused("新しい鍵のファイルは、いまの鍵とは別のフォルダーに置いてください。鍵束がその隣に作られます。")
    if (ago := health.worker_ago(db.session, now())) is not None and ago < STILL_THERE:
        raise Refused("事務所が動いています。gunicorn と ./nanbyo worker を止め、10秒後にもう一度行ってください。")
    try:
        two_person.use(db.session, actor, two_person.ROTATE_KEYS, REPLACEMENT, now())
    except two_person.NotConfirmed:
        two_person.ask(db.session, actor, two_person.ROTATE_KEYS, REPLACEMENT, reason)
        return "依頼しました。ほかの管理者が画面で承認してから、事務所を止めて、同じ命令をもう一度行ってください。", 3
    Keyring(settings.keys(), settings.keyring).hand_on(after.keys(), after.keyring)
    try:
        done = sum(ours.seal_anew(before) for ours, before in zip(_folders(after), _folders(settings), strict=True))
    except InvalidTag:
        raise Refused("どちらの鍵でも開けないファイルがあります。./nanbyo restore で控えから戻すか、管理者に連絡してください。まだ古い鍵のままです。") from None
    return f"{done:,} 件を新しい鍵で封じ直しました。NANBYO_KEYS を {new} にして始めてください。古い鍵は、古い控えを戻すために保管してください。", 0


def _folders(settings: Settings) -> tuple[SealedFolder, ...]:
    return (Cabinet(settings.data_dir / "scans", settings.keys()).files, ReceiptVault(settings.data_dir / "receipts", settings.keys()).files,
            payment_files(settings), results(settings))


def _keeper_of_keys(username: str, may: Any) -> Actor:
    user = caller(username)
    if not may(*two_person.KINDS[two_person.ROTATE_KEYS].right):
        raise Refused("この利用者は鍵を更新できません。")
    return Actor(user.id, full_name(user), "command")


def _rotate(settings: Settings, username: str, reason: str, may: Any) -> tuple[str, int]:
    actor = _keeper_of_keys(username, may)
    try:
        job = key_rotation.begin(db.session, actor, Keyring(settings.keys(), settings.keyring), now())
    except two_person.NotConfirmed:
        two_person.ask(db.session, actor, two_person.ROTATE_KEYS, {}, reason)
        return "依頼しました。ほかの管理者が画面で承認してから、同じ命令をもう一度行ってください。", 3
    return f"新しい鍵 (第{job.params['version']}版) で封じ始めました。残りは仕事 {job.id} が封じ直します。", 0


def _by_two(act: Callable[[Settings, Any], tuple[str, int]]) -> None:
    """Do it for this account in one transaction, say what became of it, and end accordingly."""
    with running_database(Settings.from_environment()) as settings:
        app = create_app(settings)
        with app.test_request_context():
            try:
                words, code = act(settings, app.appbuilder.sm.has_access)
                db.session.commit()
            except Refused as refusal:
                db.session.rollback()
                words, code = refusal.message, 3
            finally:
                db.session.remove()
                db.engine.dispose()
    click.echo(words, err=True)
    sys.exit(code)
