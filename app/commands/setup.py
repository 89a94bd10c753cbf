"""準備の命令: the steps of ``run``, one by one, for production."""

import sys

import click
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.clock import now
from app.database import migrate as bring_to_head
from app.database import running_database
from config import Settings
from procedures.actor import SYSTEM
from procedures.passwords import SHORTEST, choose, judge
from procedures.refusal import Refused
from procedures.users import Account, add
from seeds import load_all


@click.command()
def migrate() -> None:
    """データベースを最新の版にする; 二度目は何も変わらない."""
    with running_database(Settings.from_environment()) as settings:
        bring_to_head(str(settings.database_url))
    click.echo("データベースは最新です。", err=True)


@click.command("load-codes")
def load_codes() -> None:
    """役割・コード表・様式を読み込む; 市が変えた行は変わらない."""
    with running_database(Settings.from_environment()) as settings:
        engine = create_engine(str(settings.database_url))
        with Session(engine) as session:
            load_all(session)
            session.commit()
        engine.dispose()
    click.echo("コード表を読み込みました。", err=True)


@click.command("create-admin")
@click.option("--username", prompt="利用者名", help="利用者名")
@click.option("--family-name", prompt="姓", help="姓")
@click.option("--given-name", prompt="名", help="名")
@click.option("--password", prompt="パスワード", hide_input=True, confirmation_prompt=True, help=f"{SHORTEST}文字以上")
def create_admin(username: str, family_name: str, given_name: str, password: str) -> None:
    """最初の管理者を作る; 権限管理だけができ、受給者の情報は見えない."""
    account = Account(username, family_name, given_name, ("admin",))
    with running_database(Settings.from_environment()) as settings:
        engine = create_engine(str(settings.database_url))
        with Session(engine) as session:
            load_all(session)
            try:
                judge(username, password)
                user, temporary = add(session, SYSTEM, account, now())
                choose(session, SYSTEM, user, temporary, password, password)
            except Refused as refusal:
                click.echo(refusal.message, err=True)
                sys.exit(3)
            session.commit()
        engine.dispose()
    click.echo("管理者を作りました。", err=True)
