"""隣のシステムとの通信: sent after the commit until answered, done once there, and no 個人番号 but on its one way."""

import re

import pytest
from sqlalchemy import select

from exchange.soap import SoapFault
from models.journal import JournalEntry
from models.neighbour import IntegratedNumber, NetworkInquiry, OutgoingMessage, Provision
from models.restored_copy import RestoredCopy
from procedures import integrated_numbers, network_inquiry, outbox
from procedures.integrated_numbers import NotAgreedByTwo, register_number
from procedures.number_reveal import NoSuchNumber
from procedures.protection import protect
from rules.numbers import valid
from tests.life import CITY, paper
from tests.numberlink import StandIn
from tests.office import NEW_APPLICATION, NOW, ON
from tests.procedures.neighbours import FILE_NUMBER, NUMBER, linked_person, spoken, with_number

TWELVE = re.compile(rb"(?<![0-9])[0-9]{12}(?![0-9])")


@pytest.fixture
def there():
    return StandIn()


@pytest.fixture
def person(session, actors):
    return linked_person(session, actors)


@pytest.fixture
def known(session, actors, person, there):
    """Her number was entered, agreed and handed on: she has an integrated number and a code."""
    register_number(session, actors["numbers1"], person.id, with_number(session, actors, person))
    spoken(session, there)
    return session.scalars(select(IntegratedNumber)).one()


def states(session):
    return {row.operation: row.state for row in session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id))}


def numbers_in(raw: bytes) -> list[bytes]:
    """Twelve digits that stand alone and pass the check of a 個人番号."""
    return [found for found in TWELVE.findall(raw) if valid("individual", found.decode())]


def test_a_person_is_made_known_numbered_and_gets_her_code(known, there):
    assert (known.file_number, known.number, known.has_individual_number, known.linkage_state) == (
        FILE_NUMBER, "900000000000000", True, "取得済")
    assert [operation for operation, _ in there.wire][:2] == ["AtenaToroku", "AtenaToroku"]


def test_only_who_two_let_see_numbers_hands_one_on_and_only_the_patients(session, actors, person):
    number = with_number(session, actors, person)
    with pytest.raises(NotAgreedByTwo):
        register_number(session, actors["manager1"], person.id, number)
    with pytest.raises(NoSuchNumber):
        register_number(session, actors["numbers1"], person.id, number + 1)


def test_no_message_but_the_numbering_carries_a_number(session, actors, person, known, there):
    """Every byte of both directions, through the whole life of an exchange."""
    application = paper(session, actors, "new_application", NEW_APPLICATION | {"patient.patient_name": "見本 四郎"})
    application.recipient_id = person.id
    network_inquiry.ask(session, actors["reviewer1"], application.id, network_inquiry.Question(
        None, 0, "112038", "特定医療費の所得判定のため"), CITY, ON)
    spoken(session, there, hours=3)
    operations = {operation for operation, _ in there.wire}
    assert {"AtenaToroku", "TogoAtenaShokai", "Fuban", "TeikyoToroku", "ShokaiYokyu", "ShokaiKekka"} <= operations
    assert {operation for operation, raw in there.wire if numbers_in(raw)} == {"Fuban"}
    assert [NUMBER.encode()] == [found for operation, raw in there.wire for found in numbers_in(raw)]


def test_the_search_for_numbers_sees_one_wherever_it_stands():
    assert numbers_in(b"<a>123456789018</a>") and numbers_in(f"番号{NUMBER}。".encode())
    assert not numbers_in(b"<a>123456789019</a>") and not numbers_in(b"<a>9123456789018</a>")


def test_a_neighbour_that_is_silent_is_asked_again_and_does_it_once(session, actors, person, there):
    there.is_silent = True
    spoken(session, there, rounds=3)
    waiting = session.scalars(select(OutgoingMessage).where(OutgoingMessage.operation == "AtenaToroku")).one()
    assert (waiting.state, waiting.fault, waiting.tries) == ("waiting", "silent", 3)
    there.is_silent, there.loses_answers = False, 2
    spoken(session, there, hours=2)
    assert states(session)["AtenaToroku"] == "sent"
    sent = [raw for operation, raw in there.wire if operation == "AtenaToroku" and b"Request" in raw]
    assert len(sent) == 3 and len(set(sent)) == 1, "the same words under the same id"
    assert len([each for each in there.answers.values() if b"AtenaTorokuResponse" in each]) == 1


def test_without_her_number_nothing_of_her_leaves_and_the_message_says_why(session, person, there):
    spoken(session, there, rounds=3)
    waiting = session.scalars(select(OutgoingMessage).where(OutgoingMessage.operation == "TeikyoToroku")).one()
    assert (waiting.state, waiting.fault, there.provided) == ("waiting", "no_number", [])


def test_a_refusal_of_theirs_ends_the_message_and_their_own_trouble_is_waited_out(session, actors, person, known, there):
    protect(session, actors["manager1"], person.id, ON, "申出書")
    there.faults["TeikyoToroku"] = SoapFault("store", "", "Server")
    spoken(session, there, hours=5, rounds=20)
    made = session.scalars(select(Provision).order_by(Provision.number.desc())).first()
    message = session.scalars(select(OutgoingMessage).where(OutgoingMessage.subject_id == made.id, OutgoingMessage.operation == "TeikyoToroku")).one()
    assert (message.state, message.tries, made.state) == ("given_up", 12, "failed")
    del there.faults["TeikyoToroku"]
    outbox.send_again(session, actors["admin1"], message.id)
    with pytest.raises(outbox.NotGivenUp):
        outbox.send_again(session, actors["admin1"], message.id)


def test_a_restored_copy_says_nothing_to_anybody(session, person, there):
    session.add(RestoredCopy(backup_made_at=NOW, backup_revision="0023", tables=1, rows=1, files=0))
    spoken(session, there, rounds=2)
    assert there.wire == []
    assert {row.fault for row in session.scalars(select(OutgoingMessage).where(
        OutgoingMessage.operation == "AtenaToroku"))} == {"restored_copy"}


def test_everything_that_left_is_in_the_journal_with_whom_it_is_about(session, person, known):
    left = session.scalars(select(JournalEntry).where(JournalEntry.action == "exported", JournalEntry.recipient_id == person.id)).all()
    assert {entry.detail["message"] for entry in left} >= {"AtenaToroku", "Fuban", "TeikyoToroku"}
    assert NUMBER not in str([entry.detail for entry in left])


def test_the_number_of_a_person_is_given_once_and_stays(session, known):
    assert integrated_numbers.known_as(session, FILE_NUMBER, known.recipient_id).id == known.id
    assert session.query(NetworkInquiry).count() == 0
