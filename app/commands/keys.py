"""鍵の命令: new keys for the numbering store, by two people; the worker seals everything anew while the office goes on."""

import sys

import click

from app import create_app
from app.clock import now
from app.commands.caller import caller
from app.database import running_database
from app.extensions import db
from config import Settings
from procedures import key_rotation, two_person
from procedures.actor import Actor, full_name
from procedures.keyring import Keyring
from procedures.refusal import Refused


@click.group()
def keys() -> None:
    """番号の保管の鍵."""


@keys.command()
@click.option("--as", "username", required=True, help="利用者名 (権限を管理する人)")
@click.option("--reason", default="", help="理由 (依頼するときに要る)")
def rotate(username: str, reason: str) -> None:
    """鍵を更新する: 一度目は依頼し、ほかの管理者が画面「二人での承認」で承認してから、もう一度行うと始まる."""
    with running_database(Settings.from_environment()) as settings:
        app = create_app(settings)
        with app.test_request_context():
            try:
                words, code = _rotate(settings, username, reason, app.appbuilder.sm.has_access)
                db.session.commit()
            except Refused as refusal:
                db.session.rollback()
                words, code = refusal.message, 3
            finally:
                db.session.remove()
                db.engine.dispose()
    click.echo(words, err=True)
    sys.exit(code)


def _rotate(settings: Settings, username: str, reason: str, may: object) -> tuple[str, int]:
    user = caller(username)
    if not may(*two_person.KINDS[two_person.ROTATE_KEYS].right):  # type: ignore[operator]  # of this kind it is there
        raise Refused("この利用者は鍵を更新できません。")
    actor = Actor(user.id, full_name(user), "command")
    try:
        job = key_rotation.begin(db.session, actor, Keyring(settings.keys(), settings.keyring), now())
    except two_person.NotConfirmed:
        two_person.ask(db.session, actor, two_person.ROTATE_KEYS, {}, reason)
        return "依頼しました。ほかの管理者が画面で承認してから、同じ命令をもう一度行ってください。", 3
    return f"新しい鍵 (第{job.params['version']}版) で封じ始めました。残りは仕事 {job.id} が封じ直します。", 0
