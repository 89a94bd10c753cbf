"""連携基盤 ④⑤⑥⑦の組立て: letters, printing, common login and the file share, beside what ① to ③ do."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from exchange.soap import Contract
from systems.frame.hands import Work
from systems.frame.server import Operation, Service, add_service, certificate_name
from systems.frame.settings import Settings, secret_of
from systems.platform import character_issue, character_pages, client_pages, printing, printing_pages
from systems.platform.identity import signing_key
from systems.platform.leaving import notice_the_ended, tell_one, teller
from systems.platform.login_pages import Door, login_pages
from systems.platform.share import SHARE
from systems.platform.tables import COMMON, SCHEMA

TIDY_EVERY: Final = timedelta(hours=1)
ASKERS: Final = frozenset({"core", "numberlink", "interconnect"})
MENU: Final = (*character_pages.MENU, *printing_pages.MENU, *client_pages.MENU)


def add_services(app: Flask, engine: Engine, settings: Settings) -> None:
    """Give *app* the contract and the pages of ④ to ⑦."""
    add_service(app, engine, Service(Contract("characters"), {
        "MojiIrai": Operation(character_issue.asked, ASKERS),
        "MojiHyo": Operation(character_issue.table_of, ASKERS, keeps_answer=False)}, COMMON.seen), certificate_name)
    app.register_blueprint(character_pages.character_pages())
    app.register_blueprint(printing_pages.printing_pages())
    app.register_blueprint(client_pages.client_pages())
    app.register_blueprint(login_pages(Door(engine, settings.address_of(SCHEMA), signing_key(settings.data_dir), secret_of(settings))))


def service_works(engine: Engine, settings: Settings) -> list[Work]:
    """What the hands do for ④ to ⑦."""
    return [_issuing(engine, settings), _telling(engine, settings),
            lambda: printing.send_one(engine, datetime.now(UTC)), lambda: printing.follow_one(engine, datetime.now(UTC)),
            _tidying(engine)]


def _telling(engine: Engine, settings: Settings) -> Work:
    """ログアウトを知らせる."""
    key, tell, issuer = signing_key(settings.data_dir), teller(settings), settings.address_of(SCHEMA)

    def work() -> bool:
        with Session(engine) as session:
            found = notice_the_ended(session)
            session.commit()
        return tell_one(engine, issuer, key, tell, datetime.now(UTC)) or found > 0
    return work


def _tidying(engine: Engine) -> Work:
    """印刷した文書を消す, when their week is over; looked at once an hour."""
    due = [datetime.now(UTC)]

    def work() -> bool:
        now = datetime.now(UTC)
        if now < due[0]:
            return False
        due[0] = now + TIDY_EVERY
        with Session(engine) as session:
            done = printing.empty_old(session, now)
            session.commit()
        return done > 0
    return work


def share_folder(settings: Settings) -> Path:
    """共有フォルダー: what the file server shows lies here."""
    return settings.data_dir / SHARE


def _issuing(engine: Engine, settings: Settings) -> Work:
    """表を配る: whenever something was decided, and at the start, when the rules may be newer ones."""
    first = [True]

    def work() -> bool:
        with Session(engine) as session:
            if not (first[0] or character_issue.is_behind(session)):
                return False
            made = character_issue.issue(session, COMMON, character_issue.signing_key(settings), datetime.now(UTC))
            session.commit()
            placed = character_issue.put_out(session, share_folder(settings))
            first[0] = False
        return made is not None or placed
    return work
