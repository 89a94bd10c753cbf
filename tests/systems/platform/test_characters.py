"""日本語資源: what the map leaves open is decided by two people, and given out signed in the next table."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from exchange.characters import BANK, CP932, JIS, PLAIN, read
from exchange.soap import Contract, SoapFault
from systems.platform import character_issue, characters, shrinking
from systems.platform.service_tables import Character, CharacterDecision, CharacterQuestion
from systems.platform.services import share_folder
from systems.platform.tables import COMMON
from tests.systems.platform.room import Browser, caller, soap

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(("letter", "destination", "instead"), [
    ("𠮷", CP932, "吉"), ("髙", JIS, "高"), ("两", CP932, None), ("\u4e02", CP932, None), ("\ue000", CP932, None),
    ("ヲ", BANK, None), ("\ue000", PLAIN, None)])
def test_a_letter_is_shrunk_by_rule_only_where_there_is_one_way(letter, destination, instead):
    found = shrinking.candidates(letter, destination)
    assert shrinking.rule(letter, destination) == instead
    assert instead is None or found == [instead]
    assert "?" not in found and letter not in found


def test_what_has_one_way_waits_for_nobody_and_what_has_none_waits_once(session):
    assert characters.ask(session, "𠮷", CP932, "core") is None
    assert characters.ask(session, "高", CP932, "core") is None
    waiting = characters.ask(session, "ヲ", BANK, "core")
    assert waiting is not None and characters.ask(session, "ヲ", BANK, "core") is waiting
    assert set(session.scalars(select(Character.letter))) >= {"𠮷", "高", "ヲ"}


def test_nobody_decides_her_own_proposal_and_each_decision_is_a_version_that_stays(session):
    question = characters.ask(session, "ヲ", BANK, "core")
    for instead, reason, code in (("?", "見本", "instead"), ("ヱ\ue000", "見本", "instead"), ("オ", " ", "reason")):
        with pytest.raises(SoapFault) as refused:
            characters.propose(session, question, instead, reason, "manager1")
        assert refused.value.code == code
    characters.propose(session, question, "オ", "銀行の取決め", "manager1")
    with pytest.raises(SoapFault) as refused:
        characters.decide(session, question, "manager1", agrees=True)
    assert refused.value.code == "same_person"
    assert characters.decide(session, question, "manager2", agrees=False) is None and question.state == "waiting"
    characters.propose(session, question, "オ", "銀行の取決め", "manager1")
    assert characters.decide(session, question, "manager2", agrees=True).number == 1
    characters.review(session, "ヲ", BANK, "manager1")
    characters.propose(session, question, "ウオ", "改めた取決め", "manager2")
    assert characters.decide(session, question, "numbers1", agrees=True).number == 2
    assert characters.all_decided(session)[BANK] == {"ヲ": "ウオ"}
    with pytest.raises(DBAPIError, match="only added"):
        session.execute(text("UPDATE platform.character_decision SET instead = 'ン'"))


def test_the_table_says_rules_and_decisions_signed_and_a_new_one_comes_only_of_a_new_decision(session, settings):
    key = character_issue.signing_key(settings)
    first = character_issue.issue(session, COMMON, key, NOW)
    made = read(first.content, key.public_key())
    assert made.written("𠮷田", CP932) == "吉田" and made.number == first.number
    assert character_issue.issue(session, COMMON, key, NOW) is None and not character_issue.is_behind(session)
    assert character_issue.table_of(session, caller(), {"手元の版": first.number})["署名ファイル"] is None
    session.add(CharacterDecision(letter="ヲ", destination=BANK, number=1, instead="オ", reason="見本", proposed_by="manager1",
                                  decided_by="manager2"))
    session.flush()
    assert character_issue.is_behind(session)
    second = character_issue.issue(session, COMMON, key, NOW)
    told = character_issue.table_of(session, caller(), {"手元の版": first.number})
    assert told["版"] == second.number == first.number + 1
    assert read(told["署名ファイル"].encode(), key.public_key()).written("ヲ", BANK) == "オ"
    assert character_issue.put_out(session, share_folder(settings)) and not character_issue.put_out(session, share_folder(settings))
    session.rollback()
    assert (settings.tls_dir / character_issue.PUBLIC_KEY).read_text() == key.public_key().public_bytes_raw().hex()


def test_the_core_asks_over_the_wire_and_the_screens_decide(app, engine):
    contract = Contract("characters")
    with pytest.raises(SoapFault) as refused:
        soap(app, contract, "MojiIrai", {"文字番号": "U+DC00", "出力先": "cp932"})
    assert refused.value.code == "letter"
    soap(app, contract, "MojiIrai", {"文字番号": "U+E000", "出力先": "cp932"}, "request-0002")
    first, second = Browser(app, "manager1"), Browser(app, "manager2")
    assert "U+E000" in first.get("/questions").get_data(as_text=True)
    with Session(engine) as session:
        place = session.scalars(select(CharacterQuestion.id).where(CharacterQuestion.letter == "\ue000")).one()
    assert "どの文字か" in first.post(f"/questions/{place}", instead="〓", reason="見本").get_data(as_text=True)
    assert "別の人の決定" in first.post(f"/questions/{place}", instead="吉", reason="戸籍の字").get_data(as_text=True)
    assert "別の人です" in first.post(f"/questions/{place}", agrees="yes").get_data(as_text=True)
    assert "U+E000" not in second.post(f"/questions/{place}", agrees="yes").get_data(as_text=True)
    assert Browser(app, "clerk1").get("/questions").status_code == 403


def test_a_letter_is_registered_with_its_number_and_picture(app):
    browser = Browser(app, "manager1")
    page = browser.post("/characters", letter="U+9089 U+E0110", mj_number="MJ026190", note="見本").get_data(as_text=True)
    assert "MJ026190" in page and "U+9089 U+E0110" in page
    assert "もう登録" in browser.post("/characters", letter="\u9089\U000e0110").get_data(as_text=True)
    assert "MJ000001" in browser.post("/characters", letter="辻", mj_number="X").get_data(as_text=True)
    one = browser.get("/characters/" + page.split('href="/characters/')[1].split('"')[0])
    assert "文字情報基盤" not in one.get_data(as_text=True) and "そのまま" in one.get_data(as_text=True)
    drawn = browser.get("/characters/" + page.split('href="/characters/')[1].split('"')[0] + "/picture")
    assert drawn.mimetype == "image/svg+xml" and b"<path" in drawn.data
