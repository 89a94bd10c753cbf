"""端から端まで: one person, from the row of the register that arrives by SFTP to the records both sides keep of what was told of her.

Four real processes; between each two of them, and between the core and them, somebody listens to every byte.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from exchange.file_door import HOST_KEY, Door, key_files
from exchange.information import digest_of
from exchange.integrated_number import is_integrated_number
from exchange.neighbours import variable_of
from models.application import Application
from models.income import Assessment
from models.neighbour import IntegratedNumber, NetworkInquiry, NetworkRecord, Provision
from models.recipient import Recipient
from procedures import given, network_inquiry, work
from procedures.assessment import Circumstances, TaxFigures, assess, household_of
from procedures.integrated_numbers import NotAgreedByTwo, register_number
from procedures.network_inquiry import Question
from procedures.protection import protect
from procedures.vault import numbers_of
from tests.life import CITY, signed
from tests.office import NOW, ON, registered
from tests.register_files import m11, resident, tax
from tests.systems.interconnect.test_with_the_network import ask_as, both_sides, outcome
from tests.systems.processes import town, until
from tests.systems.relay import Relays, carries_a_number, hops
from tests.systems.walk import Office, first_set, next_set, records, same_answer_every_time

FILE_NUMBER = m11(4)
HER_ROW = {"氏名": "𠮷田　邉󠄏子", "生年月日": "1977-05-03", "性別": "2"}
SYSTEMS = ("platform", "interconnect", "numberlink", "simulator")
TIER_AND_CAP = ("C2", 20_000)  # 一般所得Ⅱ
HOPS = {("core", "numberlink"), ("core", "platform"), ("core", "interconnect"), ("numberlink", "interconnect"), ("numberlink", "simulator"),
        ("interconnect", "simulator"), ("simulator", "interconnect"), ("simulator", "platform")}
WELFARE, OTHER_CITY, NOBODY_MAY = 0, 1, 3  # 26 by the prefecture, 56の2 by a city, 26 by a city: not on the list


@dataclass
class Walk:
    """What was seen on the way, in its order."""

    office: Office
    relays: Relays
    folder: Path
    application: int = 0
    person: int = 0
    seen: dict[str, Any] = field(default_factory=dict)

    @property
    def engine(self) -> Engine:
        return self.office.engine

    @property
    def exchanged(self) -> list[str]:
        """The processing numbers of the four acts about her that were permitted."""
        (asked,), = records(self.engine, "SELECT processing_number FROM numberlink.inquiry WHERE reference = :at", at=self.seen["inquiry"].reference)
        return [asked, self.seen["asked", WELFARE][0], self.seen["asked", OTHER_CITY][0], self.seen["held"][0]]


@pytest.fixture(scope="module")
def walk(database_url, engine, settings, tmp_path_factory):
    """The whole way, walked once."""
    with town(database_url, tmp_path_factory.mktemp("town")) as made, pytest.MonkeyPatch.context() as environment:
        relays = Relays(made.tls_dir, made.ports)
        made.environment |= {variable_of(name): relays.address(name) for name in SYSTEMS}
        for name in (*map(variable_of, SYSTEMS), "NANBYO_PLATFORM_SFTP", "NANBYO_PLATFORM_FTPS"):
            environment.setenv(name, made.environment[name])
        told = same_answer_every_time(made.folder)
        made.workers = 1
        with relays.at_work():
            made.start(*SYSTEMS)
            gone = Walk(Office(engine, settings, made, relays), relays, made.folder)
            gone.seen["answer"] = told
            for step in (the_paper_and_the_row, the_number, the_question, the_certification, what_others_ask, the_records):
                step(gone)
            yield gone


def the_paper_and_the_row(walk: Walk) -> None:
    """Two clerks key the application; the register's row arrives and finds her; then she moves."""
    with Session(walk.engine) as session:
        application = registered(session, walk.office.actors)
        session.commit()
        walk.application, walk.person = application.id, application.recipient_id
        walk.seen["linked before"] = session.get_one(Recipient, walk.person).file_number
        walk.seen["acceptance"] = application.acceptance_number
    tls_dir = walk.office.town.tls_dir
    until((tls_dir / HOST_KEY).exists)
    first_set(walk.folder, residents=[resident(4, **HER_ROW), resident(5)], taxes=[tax(5)])
    walk.seen["first set"] = walk.office.brings("residents", "taxes")
    host, port = walk.office.town.environment["NANBYO_PLATFORM_SFTP"].split(":")
    next_set(Door(host, int(port), "juki", key_files(tls_dir, "juki")[0], tls_dir / HOST_KEY),
             resident(4, 2, **HER_ROW, 住所="見本市見本区転居先２番地", 最新異動区分="03", 最新異動日="2026-11-20"))
    walk.seen["second set"] = walk.office.brings("residents")
    with Session(walk.engine) as session:
        walk.seen["linked"] = session.get_one(Recipient, walk.person).file_number
        walk.seen["work"] = [(each.person.id, each.item.kind) for each in work.waiting(session, walk.office.actors["reviewer1"], ON)]
        session.commit()


def the_number(walk: Walk) -> None:
    """個人番号記載票 keyed twice; handed on by her whom two let see numbers; the number becomes a code."""
    actors = walk.office.actors
    with Session(walk.engine) as session:
        walk.office.number_keyed_twice(session, walk.seen["acceptance"])
        [(_line, kept)] = numbers_of(session, walk.person)
        with pytest.raises(NotAgreedByTwo):
            register_number(session, actors["clerk1"], walk.person, kept.id)
        register_number(session, actors["numbers1"], walk.person, kept.id)
        session.commit()
    known = walk.office.speaks_until(lambda session: session.scalar(select(IntegratedNumber).where(
        IntegratedNumber.file_number == FILE_NUMBER, IntegratedNumber.number.is_not(None))))
    walk.seen["number"] = known.number
    walk.seen["code"] = until(lambda: records(walk.engine, "SELECT code FROM interconnect.identifier WHERE addressee_number = :number "
                                              "AND state = '取得済'", number=known.number))


def the_question(walk: Walk) -> None:
    """照会 120: another city says what she was taxed; the figures stand in her line, and make the tier."""
    reviewer = walk.office.actors["reviewer1"]
    with Session(walk.engine) as session:
        asked = network_inquiry.ask(session, reviewer, walk.application, Question(None, 0, "112038", "特定医療費の所得判定のため"), CITY, ON)
        session.commit()
        number = asked.id
    inquiry = walk.office.speaks_until(lambda session: session.scalar(select(NetworkInquiry).where(
        NetworkInquiry.id == number, NetworkInquiry.answered_at.is_not(None))))
    walk.seen["inquiry"] = inquiry
    with Session(walk.engine, expire_on_commit=False) as session:
        walk.seen["line"] = network_inquiry.file_tax(session, reviewer, number, walk.office.clock)
        lines = household_of(session, walk.application)
        figures = [TaxFigures(each.id, each.member_taxation, each.member_income_levy_yen, each.per_capita_levy_yen, each.total_income_yen,
                              each.pension_yen, taxed_by=each.taxed_by) if each.tax_source else TaxFigures(each.id, "1", 0) for each in lines]
        assess(session, reviewer, walk.application, figures, Circumstances(), CITY, NOW)
        session.commit()
        walk.seen["source"] = walk.seen["line"].tax_source


def the_certification(walk: Walk) -> None:
    """Signed off; what may be told of her lies in 中間サーバ as a replica, and once more when she is protected."""
    with Session(walk.engine, expire_on_commit=False) as session:
        walk.seen["certification"] = signed(session, walk.office.actors, session.get_one(Application, walk.application))
        walk.seen["tier"] = session.scalars(select(Assessment).where(Assessment.application_id == walk.application)).one()
        walk.seen["cap"] = session.get_one(Recipient, walk.person).copay_cap_yen
        session.commit()
    walk.seen["replica"] = registered_version(walk, 1)


def what_others_ask(walk: Walk) -> None:
    """Under 26 by itself, off the list not at all; protected, only once two people looked."""
    town, number = walk.office.town, walk.seen["number"]
    for question in (WELFARE, OTHER_CITY, NOBODY_MAY):
        asked = ask_as(town, walk.engine, number, question)
        walk.seen["asked", question] = asked, outcome(walk.engine, asked)
    with Session(walk.engine) as session:
        protect(session, walk.office.actors["manager1"], walk.person, ON, "申出書")
        session.commit()
    walk.seen["protected replica"] = registered_version(walk, 2)
    held = ask_as(town, walk.engine, number, WELFARE)
    walk.seen["held"] = held, outcome(walk.engine, held), both_sides(walk.engine, held)
    there = walk.office.peer("interconnect", "interconnect")
    for turn, who in enumerate(("clerk1", "manager1")):
        walk.seen["released", turn] = there.call("TKY_TeikyoKaito", f"release-{turn:06}", who, {"処理通番": held, "承認": True})["提供状態"]
    until(lambda: records(walk.engine, "SELECT 1 FROM simulator.question WHERE processing_number = :held AND state = '回答済'", held=held))


def the_records(walk: Walk) -> None:
    """An auditor fetches what 中間サーバ recorded about her."""
    with Session(walk.engine) as session:
        given.fetch(session, walk.office.actors["auditor1"], walk.person)
        session.commit()
    walk.seen["fetched"] = walk.office.speaks_until(lambda session: session.scalars(select(NetworkRecord).where(
        NetworkRecord.recipient_id == walk.person)).all())


def registered_version(walk: Walk, version: int) -> tuple[Any, ...]:
    """The replica once *version* of what may be told lies there: digest, held for a person, and our own digest."""
    ours = walk.office.speaks_until(lambda session: session.scalar(select(Provision.digest).where(
        Provision.recipient_id == walk.person, Provision.number == version, Provision.state == "registered")))
    (found,) = until(lambda: records(
        walk.engine, "SELECT digest, needs_a_person FROM interconnect.replica WHERE addressee_number = :number AND version = :version",
        number=walk.seen["number"], version=version))
    return (*found, ours)


def test_a_new_row_of_the_register_arrives_by_sftp_and_becomes_the_offices_work(walk):
    seen = walk.seen
    assert seen["linked before"] is None and seen["linked"] == FILE_NUMBER
    assert seen["first set"] == {"residents": (2, 0, 0), "taxes": (1, 0, 0)} and seen["second set"] == {"residents": (1, 0, 0)}
    assert seen["work"] == [(walk.person, "moved_within")]


def test_her_number_becomes_an_integrated_number_and_a_code(walk):
    assert is_integrated_number(walk.seen["number"])
    assert walk.seen["code"] == records(walk.engine, "SELECT code FROM simulator.code_request WHERE code IS NOT NULL")


def test_what_the_other_city_said_she_was_taxed_makes_her_tier(walk):
    seen = walk.seen
    levy = int(seen["answer"].content["項目"][1]["値"])
    assert (seen["inquiry"].state, seen["inquiry"].digest) == ("answered", digest_of(seen["answer"].content))
    assert (seen["line"].member_income_levy_yen, seen["line"].taxed_by) == (levy, "112038")
    assert seen["source"].startswith("情報照会 2026年度 112038") and seen["tier"].income_levy_yen == levy
    assert (seen["tier"].tier, seen["cap"]) == TIER_AND_CAP


def test_her_certification_lies_as_a_replica_as_we_told_it(walk):
    for name, needs_a_person in (("replica", False), ("protected replica", True)):
        theirs, is_held, ours = walk.seen[name]
        assert theirs == ours and is_held is needs_a_person


def test_what_the_list_permits_is_answered_by_itself_and_what_it_does_not_is_refused_and_kept(walk):
    assert [walk.seen["asked", each][1] for each in (WELFARE, OTHER_CITY, NOBODY_MAY)] == ["回答済", "回答済", "拒否"]
    refused = walk.seen["asked", NOBODY_MAY][0]
    assert records(walk.engine, "SELECT kind FROM interconnect.alarm WHERE subject = :number", number=refused) == [("list",)]
    assert both_sides(walk.engine, refused) == [[], []]


def test_a_protected_person_is_held_and_released_by_two(walk):
    _number, state, meanwhile = walk.seen["held"]
    assert state == "保留" and meanwhile == [[], []]
    assert [walk.seen["released", turn] for turn in (0, 1)] == ["決裁待", "提供済"]


def test_both_sides_recorded_every_act_once_and_alike_and_the_office_has_them(walk):
    for number in walk.exchanged:
        ours, theirs = both_sides(walk.engine, number)
        assert ours == theirs and len(ours) == 1
    everything = ("SELECT processing_number, inquirer, provider, asked_at, provided_at, office_code, procedure_code, information_code, "
                  "item_codes->'codes', is_withheld FROM {}.disclosure ORDER BY processing_number")
    ours, theirs = (records(walk.engine, everything.format(side)) for side in ("interconnect", "simulator"))
    assert ours == theirs and sorted(each[0] for each in ours) == sorted(walk.exchanged)
    assert ours == sorted((each.serial, each.inquirer_code, each.provider_code, each.asked_at, each.provided_at, each.office_code,
                           each.procedure_code, each.information_code, each.item_codes, each.is_withheld) for each in walk.seen["fetched"])


def test_every_line_between_the_systems_was_listened_to_and_none_was_folded_so_that_a_number_could_hide(walk):
    assert hops(walk.relays.lines) == HOPS
    for line in walk.relays.lines:
        for raw in (line.said, line.answered):
            assert not re.search(rb"(?i)\r\n(content|transfer)-encoding:", raw)


def test_no_message_but_the_numbering_and_the_gateways_carries_a_number(walk):
    """Both directions of every line; the two that must carry it show that the listener would have seen it elsewhere."""
    carrying = {(line.caller, line.system, operation) for line in walk.relays.lines
                for operation, raw in line.requests if carries_a_number(raw)}
    assert carrying == {("core", "numberlink", "Fuban"), ("numberlink", "simulator", "FugoIrai")}
    assert [line.system for line in walk.relays.lines if carries_a_number(bytes(line.answered))] == []


def test_no_file_that_was_carried_or_kept_holds_a_number(walk):
    """What went through the file doors lies at both ends of them."""
    kept = [path for path in walk.folder.rglob("*") if path.is_file()]
    assert {"JUKI_ATENA_ALL_20261123_0001.csv", "JUKI_ATENA_DIF_20261123_0002.csv", "ZEI_JUMINZEI_ALL_20261123_0001.csv"} <= {
        path.name for path in kept if "platform" in path.parts}
    assert [path.name for path in kept if carries_a_number(path.read_bytes())] == []
