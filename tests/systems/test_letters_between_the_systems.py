"""外字の往来: a letter that stops a file of the core is decided by two people at the platform, and the next file has it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.wire import Mouth
from exchange.characters import CP932, PLAIN
from models.neighbour import OutgoingMessage
from procedures.characters import LetterUndecided, rows_for, table, write_file
from systems.platform import characters
from systems.platform.service_tables import CharacterQuestion
from tests.systems.processes import town, until

PRIVATE = "\ue000"


@pytest.fixture(scope="module")
def running(database_url, tmp_path_factory):
    with town(database_url, tmp_path_factory.mktemp("town")) as made:
        made.start("platform")
        yield made


def test_a_letter_goes_there_and_comes_back_decided_and_signed(running, engine, settings, monkeypatch):
    monkeypatch.setenv("NANBYO_PLATFORM_URL", running.address("platform"))
    mouth, clock = Mouth(replace(settings, data_dir=running.folder)), [datetime.now(UTC)]

    def spoken():
        clock[0] += timedelta(minutes=1)
        mouth.speak(engine, clock[0])
        with Session(engine) as session:
            return table(session).number

    first = until(spoken)
    with Session(engine) as session:
        assert list(rows_for(session, CP932, ("氏名",), [("𠮷田",)])) == [["吉田"]], "one way is no question"
        with pytest.raises(LetterUndecided, match="1件目の「氏名」"):
            write_file(session, ("氏名",), [(f"{PRIVATE}田",)])
    spoken()
    with Session(engine) as session:
        assert session.scalars(select(OutgoingMessage.state).where(OutgoingMessage.operation == "MojiIrai")).all() == ["sent"]
        question = session.scalars(select(CharacterQuestion)).one()
        assert (question.letter, question.destination, question.asked_by) == (PRIVATE, PLAIN, "core")
        characters.propose(session, question, "𠮷", "戸籍の字", "manager1")
        characters.decide(session, question, "manager2", agrees=True)
        session.commit()
    until(lambda: spoken() > first)
    with Session(engine) as session:
        assert write_file(session, ("氏名",), [(f"{PRIVATE}田",)]) == "氏名\r\n𠮷田\r\n"


def test_a_table_of_somebody_elses_key_is_not_taken_over(running, engine, settings, monkeypatch, tmp_path):
    monkeypatch.setenv("NANBYO_PLATFORM_URL", running.address("platform"))
    (tmp_path / "other.pub").write_text("ab" * 32)
    monkeypatch.setenv("NANBYO_CHARACTER_KEY", str(tmp_path / "other.pub"))
    with Session(engine) as session:
        before = table(session).number
        question = characters.review(session, "\ue001", PLAIN, "manager1")
        characters.propose(session, question, "山", "見本", "manager1")
        characters.decide(session, question, "manager2", agrees=True)
        session.commit()
    peer = running.peer("characters", "platform", "core")
    until(lambda: int(peer.call("MojiHyo", "request-9001", "core", {"手元の版": before})["版"]) > before)
    Mouth(replace(settings, data_dir=running.folder)).speak(engine, datetime.now(UTC))
    with Session(engine) as session:
        assert table(session).number == before
