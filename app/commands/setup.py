"""準備の命令: the steps of ``run``, one by one, for production."""

import sys

import click
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from app.clock import now
from app.database import migrate as bring_to_head
from app.database import running_database
from config import Settings
from procedures import enrolment
from procedures.actor import SYSTEM
from procedures.city import city_of
from procedures.passwords import choose, judge
from procedures.refusal import Refused
from procedures.users import Account, add
from rules.door import limits_of, password_policy_of
from seeds import load_all


@click.command()
def migrate() -> None:
    """データベースを最新の版にし、その版の役割・コード表・様式を読み込む; 二度目は何も変わらない."""
    with running_database(Settings.from_environment()) as settings:
        bring_to_head(str(settings.database_url))
        _load(str(settings.database_url))
    click.echo("データベースは最新です。", err=True)


@click.command("load-codes")
def load_codes() -> None:
    """役割・コード表・様式を読み込む; 市が変えた行は変わらない."""
    with running_database(Settings.from_environment()) as settings:
        _load(str(settings.database_url))
    click.echo("コード表を読み込みました。", err=True)


def _load(url: str) -> None:
    """A version brings its roles' rights, codes and sheets: without them its screens would be empty for those they are meant for."""
    engine = create_engine(url)
    with Session(engine) as session:
        load_all(session)
        session.commit()
    engine.dispose()


@click.command("create-admin")
@click.option("--username", prompt="利用者名", help="利用者名")
@click.option("--family-name", prompt="姓", help="姓")
@click.option("--given-name", prompt="名", help="名")
@click.option("--password", prompt="パスワード", hide_input=True, confirmation_prompt=True, help="決まりの文字数以上 (初めは15)")
def create_admin(username: str, family_name: str, given_name: str, password: str) -> None:
    """最初の管理者を作る; 権限管理だけができ、受給者の情報は見えない."""
    account = Account(username, family_name, given_name, ("admin",))
    with running_database(Settings.from_environment()) as settings:
        engine, words = create_engine(str(settings.database_url)), city_of(settings.city_file).context_words
        with Session(engine) as session:
            load_all(session)
            try:
                judge(username, password, password_policy_of(now().date()), words)
                user, temporary = add(session, SYSTEM, account, now())
                choose(session, SYSTEM, user, temporary, password, password, now(), words=words)
                code = enrolment.issue_at_console(session, user, now())
            except enrolment.AdministratorsCan:
                code = ""
            except Refused as refusal:
                click.echo(refusal.message, err=True)
                sys.exit(3)
            session.commit()
        engine.dispose()
    click.echo("管理者を作りました。", err=True)
    _tell(code)


@click.command("enrol-code")
@click.option("--username", prompt="利用者名", help="利用者名")
def enrol_code(username: str) -> None:
    """読取装置の登録コードをサーバーで出す; 画面で出せる管理者が二人いないときだけ."""
    with running_database(Settings.from_environment()) as settings:
        engine = create_engine(str(settings.database_url))
        with Session(engine) as session:
            user = session.scalar(select(User).where(User.username == username))
            try:
                if user is None:
                    raise Refused("その利用者はいません。利用者名を確かめてください。")
                code = enrolment.issue_at_console(session, user, now())
            except Refused as refusal:
                click.echo(refusal.message, err=True)
                sys.exit(3)
            session.commit()
        engine.dispose()
    _tell(code)


def _tell(code: str) -> None:
    if code:
        minutes = round(limits_of(now().date()).code.total_seconds() / 60)
        click.echo(f"読取装置の登録コード ({minutes}分以内に、ログインの画面で入力): {code}")
