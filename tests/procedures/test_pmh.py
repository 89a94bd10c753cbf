"""PMHへの登録: off until a revised assessment is recorded; then every change of a certificate is told once, and the number to nobody else."""

import logging
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from exchange.pmh import Registrar
from models.certification import Certification
from models.journal import JournalEntry
from models.neighbour import OutgoingMessage
from procedures import outbox, pmh
from procedures.parameters import BadRow, publish, read_typed
from procedures.protection import protect, unprotect
from procedures.recipient import refresh
from procedures.wire import deliver
from rules.parameters import figures, trial
from tests.life import certified_person, change, loss, signed, taxed
from tests.office import NOW, ON
from tests.pmh import TOKEN, desk
from tests.procedures.neighbours import NUMBER, with_number
from tests.procedures.test_number_registration import VAULT, everything_but_the_store

SWITCHED_ON = figures("pmh", ON) | {
    "is_on": True, "revision_on": "2026-10-01", "revision_document": "評価書第77号", "certificate_type": "TRIAL54", "cap_key": "monthly",
    "income_segments": {"A": "", "B1": "", "B2": "", "C1": "31", "C2": "32", "D": ""}}
DAY = date(2026, 10, 1)


@pytest.fixture(scope="module")
def there():
    with desk() as here:
        yield here


@pytest.fixture
def registrar(there, tmp_path):
    there.told.clear()
    there.answers_with = None
    token = tmp_path / "token"
    token.write_text(TOKEN + "\n")
    token.chmod(0o600)
    return Registrar(there.address, token)


@pytest.fixture
def switched_on():
    with trial("pmh", {DAY: SWITCHED_ON}):
        yield


@pytest.fixture
def person(session, actors, switched_on):
    return certified_person(session, actors)


def speak(session, registrar, hours: float = 0, rounds: int = 1):
    """Let the worker speak to PMH some times, an hour and a little apart."""
    for each in range(rounds):
        session.commit()
        moment = datetime.now(UTC) + timedelta(hours=hours + 1.1 * each, minutes=1)
        deliver(session.connection(), pmh.ERRANDS, {pmh.NEIGHBOUR: registrar}, VAULT, lambda at=moment: at)
    session.expire_all()


def messages(session):
    return session.scalars(select(OutgoingMessage).where(OutgoingMessage.system == pmh.NEIGHBOUR).order_by(OutgoingMessage.id)).all()


def test_off_as_it_comes_nothing_is_queued(session, actors):
    certified_person(session, actors)
    assert messages(session) == [] and pmh.state(session, ON).refusal == "pmh_off"


@pytest.mark.parametrize(("revised_on", "document"), [("", "第77号"), ("2026-12-02", "第77号"), ("令和8年", "第77号"), ("2026-12-01", " ")])
def test_a_row_that_switches_it_on_is_refused_without_its_revision(session, actors, revised_on, document):
    row = SWITCHED_ON | {"revision_on": revised_on, "revision_document": document}
    for refused in (lambda: publish(session, actors["admin1"], "pmh", {date(2026, 12, 1): row}, "市の決定", ON),
                    lambda: read_typed("pmh", f"2026-12-01: {row}".replace("True", "true"))):
        with pytest.raises(BadRow, match="特定個人情報保護評価書を見直した日"):
            refused()


def test_a_row_with_its_revision_is_published(session, actors):
    (row,) = publish(session, actors["admin1"], "pmh", {date(2026, 12, 1): SWITCHED_ON}, "市の決定", ON)
    assert row.content["revision_document"] == "評価書第77号"


def test_even_a_row_that_came_another_way_registers_nobody_without_its_revision(session, actors, registrar, there, person):
    with_number(session, actors, person)
    with trial("pmh", {DAY: SWITCHED_ON | {"revision_on": ""}}):
        speak(session, registrar)
        certified_person(session, actors, **{"patient.patient_name": "見本 五郎"})
        (waiting,) = messages(session)
        assert (waiting.state, waiting.fault, there.told) == ("waiting", "pmh_no_revision", [])
        assert pmh.state(session, ON).reasons == {"pmh_no_revision": 1}


def test_a_certificate_is_registered_once_with_what_stands_on_it(session, actors, registrar, there, person, caplog):
    caplog.set_level(logging.DEBUG)
    with_number(session, actors, person)
    speak(session, registrar)
    refresh(session, person.id)
    speak(session, registrar)
    (sent,) = messages(session)
    assert (sent.state, sent.fault) == ("sent", None)
    assert there.told == [{
        "orgSpecificCertificateTypeId": "TRIAL54", "myNumber": NUMBER, "basicFiveInfo": {
            "name": person.name, "nameKana": person.name_kana, "address": person.address,
            "dateOfBirth": person.birth_date.isoformat(), "sex": person.sex},
        "isNotDisclosed": False, "medicalSubsidyInsurerNumber": person.payer_number, "certificationName": "特定医療費(指定難病)受給者証",
        "medicalSubsidyRecipientNumber": person.recipient_number, "incomeSegment": "31", "isAlwaysReimbursement": "0",
        "maxCopaymentAmount": {"monthly": 10_000}, "validFrom": "2026-11-10", "validTo": "2027-09-30",
        "historyKey": str(person.current_certification_id), "isDeleted": False, "certificationDetail": []}]
    (opened,) = session.scalars(select(JournalEntry).where(JournalEntry.recipient_id == person.id, JournalEntry.detail["message"].astext == "PmhToroku"))
    assert opened.detail["individual_number"] is True
    assert NUMBER not in everything_but_the_store(session) and NUMBER not in caplog.text and TOKEN not in caplog.text


def test_without_her_number_the_message_waits_and_says_why(session, actors, registrar, there, person):
    speak(session, registrar)
    assert (messages(session)[0].state, pmh.state(session, ON).reasons, there.told) == ("waiting", {"no_number": 1}, [])
    with_number(session, actors, person)
    speak(session, registrar, hours=2)
    assert [each["myNumber"] for each in there.told] == [NUMBER]


def test_what_is_missing_of_her_or_of_the_citys_codes_is_named_and_no_number_is_opened(session, actors, registrar, there, person):
    with_number(session, actors, person)
    with trial("pmh", {DAY: SWITCHED_ON | {"certificate_type": ""}}):
        speak(session, registrar)
    assert pmh.state(session, ON).reasons == {"pmh:orgSpecificCertificateTypeId": 1}
    assert not session.scalars(select(JournalEntry).where(JournalEntry.detail["message"].astext == "PmhToroku")).all()


def test_a_protected_person_is_not_disclosed_until_the_protection_ends(session, actors, registrar, there, person):
    with_number(session, actors, person)
    protect(session, actors["manager1"], person.id, ON, "申出書")
    speak(session, registrar)
    unprotect(session, actors["manager1"], person.id, "期間満了", ON, NOW)
    speak(session, registrar, hours=2)
    assert [each["isNotDisclosed"] for each in there.told] == [True, False]
    assert [(each.state, each.fault) for each in messages(session)] == [("sent", "superseded"), ("sent", None), ("sent", None)]


def test_a_loss_deletes_what_was_registered_and_nothing_else(session, actors, registrar, there, person):
    with_number(session, actors, person)
    speak(session, registrar)
    loss(session, actors, person)
    speak(session, registrar, hours=2)
    assert [(each["isDeleted"], each["validTo"], each["historyKey"]) for each in there.told] == [
        (False, "2027-09-30", str(person.current_certification_id)), (True, "2026-11-20", str(person.current_certification_id))]


def test_a_city_may_let_a_loss_end_the_period_alone(session, actors, registrar, there, person):
    with_number(session, actors, person)
    speak(session, registrar)
    loss(session, actors, person)
    with trial("pmh", {DAY: SWITCHED_ON | {"deletes_on_loss": False}}):
        speak(session, registrar, hours=2)
    assert (there.told[-1]["isDeleted"], there.told[-1]["validTo"]) == (False, "2026-11-20")


def test_a_change_ends_the_period_there_and_registers_the_next_under_its_own_key(session, actors, registrar, there, person):
    with_number(session, actors, person)
    speak(session, registrar)
    application = change(session, actors, person, "12")
    taxed(session, actors, application, levy=400_000)
    made = signed(session, actors, application)
    speak(session, registrar, hours=2)
    _, before, after = there.told
    assert (before["validTo"], before["isDeleted"], before["maxCopaymentAmount"]) == ("2026-11-30", False, {"monthly": 10_000})
    assert (after["validFrom"], after["historyKey"], after["maxCopaymentAmount"]) == ("2026-12-01", str(made.id), {"monthly": 30_000})
    assert before["historyKey"] == there.told[0]["historyKey"] != after["historyKey"] and len(messages(session)) == 3


def test_what_never_reached_the_queue_is_not_deleted_there(session, actors):
    person = certified_person(session, actors)
    with trial("pmh", {DAY: SWITCHED_ON}):
        session.get_one(Certification, person.current_certification_id).is_cancelled = True
        assert pmh.follow(session, person) == 0


def test_their_trouble_is_given_up_after_twelve_tries_and_sent_again_by_an_administrator(session, actors, registrar, there, person):
    with_number(session, actors, person)
    there.answers_with = 503
    speak(session, registrar, rounds=13)
    (stopped,) = messages(session)
    assert (stopped.state, stopped.tries, stopped.fault) == ("given_up", 12, "http_503")
    there.answers_with = None
    outbox.send_again(session, actors["admin1"], stopped.id)
    speak(session, registrar, hours=30)
    assert (messages(session)[0].state, len(there.told)) == ("sent", 1)


def test_what_they_will_not_have_is_not_repeated_until_it_is_mended(session, actors, registrar, there, person):
    with_number(session, actors, person)
    there.answers_with = 401
    speak(session, registrar)
    assert [(each.state, each.fault) for each in messages(session)] == [("waiting", "http_401")]
    there.answers_with = 422
    speak(session, registrar, hours=2)
    (refused,) = messages(session)
    assert (refused.state, refused.fault) == ("refused", "http_422")
    there.answers_with = None
    outbox.send_again(session, actors["admin1"], refused.id)
    speak(session, registrar, hours=4)
    assert len(there.told) == 1
