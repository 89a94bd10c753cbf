"""連携基盤 ④⑤⑥⑦の組立て: letters, printing, common login and the file share, beside what ① to ③ do."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from exchange.soap import Contract
from systems.frame.hands import Work
from systems.frame.server import Operation, Service, add_service, certificate_name
from systems.frame.settings import Settings
from systems.platform import character_issue, character_pages
from systems.platform.tables import COMMON

ASKERS: Final = frozenset({"core", "numberlink", "interconnect"})
MENU: Final = (*character_pages.MENU,)


def add_services(app: Flask, engine: Engine, settings: Settings) -> None:
    """Give *app* the contract and the pages of ④ to ⑦."""
    add_service(app, engine, Service(Contract("characters"), {
        "MojiIrai": Operation(character_issue.asked, ASKERS),
        "MojiHyo": Operation(character_issue.table_of, ASKERS, keeps_answer=False)}, COMMON.seen), certificate_name)
    app.register_blueprint(character_pages.character_pages())


def service_works(engine: Engine, settings: Settings) -> list[Work]:
    """What the hands do for ④ to ⑦."""
    return [_issuing(engine, settings)]


def share_folder(settings: Settings) -> Path:
    """共有フォルダー: what the file server shows lies here."""
    return settings.data_dir / "share"


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
