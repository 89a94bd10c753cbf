"""住民・住民税の照会: our own register and tax office answer through 連携基盤; the figures stand in the assessment with their source."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.wire import ERRANDS
from exchange.soap import Contract, Silent, SoapFault
from models.journal import JournalEntry
from models.neighbour import NetworkInquiry
from procedures import network_inquiry, platform_inquiry
from procedures.household import household_of
from procedures.integrated_numbers import NotLinked
from procedures.network_inquiry import AskedAlready, WhatFor
from procedures.progress import OutOfOrder
from procedures.wire import deliver
from tests.life import CITY, paper
from tests.office import NEW_APPLICATION, NOW, ON
from tests.procedures.neighbours import FILE_NUMBER, linked_person
from tests.procedures.test_number_registration import VAULT
from tests.register_files import resident, tax

CONTRACT = Contract("platform")
PURPOSE = "特定医療費の所得判定のため"
HERSELF = {"household_member.1.member_name": "𠮷田 邉󠄏子", "household_member.1.member_relationship": "00",
           "household_member.1.member_birth_date": "S52.5.3"}
HERS = {"整理番号": FILE_NUMBER}


class StandIn:
    """One platform in memory; every message passes the schema on its way there and back."""

    def __init__(self) -> None:
        self.answers = {"JuminShokai": {"宛名": _filled(resident(1, **HERS))}, "JuminzeiShokai": {"住民税": _filled(tax(1, 2, **HERS))}}
        self.asked: list[tuple[str, object]] = []
        self.fault: Exception | None = None

    def call(self, operation, request_id, staff_id, values):
        if self.fault:
            raise self.fault
        call = CONTRACT.read(CONTRACT.request(operation, {
            "要求ID": request_id, "職員ID": staff_id, "送信日時": "2026-11-24T09:00:00+09:00"}, values))
        self.asked.append((operation, call.values))
        return CONTRACT.response(CONTRACT.answer(operation, self.answers[operation]))


def _filled(row: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in row.items() if value}


@pytest.fixture
def there():
    return StandIn()


@pytest.fixture
def case(session, actors):
    person = linked_person(session, actors)
    application = paper(session, actors, "new_application", NEW_APPLICATION | HERSELF | {"patient.patient_phone": "048-000-0001"})
    application.recipient_id = person.id
    session.flush()
    return application


def ask(session, actors, case, information="CHIHOZEI01", purpose=PURPOSE):
    return platform_inquiry.ask(session, actors["reviewer1"], case.id, None, information, purpose, CITY, ON)


def spoken(session, there, hours=0):
    session.commit()
    deliver(session.connection(), ERRANDS, {"platform": there}, VAULT, lambda: datetime.now(UTC) + timedelta(hours=hours, seconds=1))
    session.expire_all()


def test_the_answer_of_the_tax_office_is_filed_with_the_row_it_is_from(session, actors, case, there):
    made = ask(session, actors, case)
    spoken(session, there)
    assert there.asked == [("JuminzeiShokai", {"利用業務ユニット": "54", "識別番号": FILE_NUMBER, "相当年度": "2026"})]
    assert made.state == "answered" and made.reference == "連携基盤 履歴2"
    line = network_inquiry.file_tax(session, actors["reviewer1"], made.id, NOW)
    assert (line.member_taxation, line.member_income_levy_yen, line.per_capita_levy_yen, line.total_income_yen) == ("1", 85_000, 3_000, 3_200_000)
    assert "連携基盤 履歴2" in line.tax_source and CITY.municipality in line.tax_source
    assert line in household_of(session, case.id)
    acts = session.scalars(select(JournalEntry.action).where(JournalEntry.subject_id == made.id,
                                                            JournalEntry.subject_kind == "network_inquiry").order_by(JournalEntry.id)).all()
    assert [str(act) for act in acts] == ["registered", "exported", "imported", "changed"]


def test_an_answer_of_the_register_says_nothing_of_where_she_lives(session, actors, case, there):
    made = ask(session, actors, case, "JUMIN01")
    spoken(session, there)
    [shown] = [each for each in network_inquiry.of_case(session, actors["reviewer1"], case.id) if each.inquiry.id == made.id]
    assert ("氏名", "見本　太郎") in shown.lines and "松町" not in str(made.answer)
    with pytest.raises(network_inquiry.NoSuchInquiry):
        network_inquiry.file_tax(session, actors["reviewer1"], made.id, NOW)
    network_inquiry.keep(session, actors["reviewer1"], made.id, NOW)
    [herself] = [line for line in household_of(session, case.id) if line.member_relationship == "00"]
    assert herself.member_file_number == FILE_NUMBER and (made.filed_by, made.filed_at) == (actors["reviewer1"].user_id, NOW)
    with pytest.raises(network_inquiry.NoSuchInquiry):
        network_inquiry.keep(session, actors["reviewer1"], made.id, NOW)


def test_nobody_there_is_an_answer_too_and_silence_is_waited_out(session, actors, case, there):
    made = ask(session, actors, case)
    there.fault = Silent("away")
    spoken(session, there)
    assert made.state == "waiting"
    with pytest.raises(AskedAlready):
        ask(session, actors, case)
    there.fault, there.answers["JuminzeiShokai"] = None, {}
    spoken(session, there, hours=1)
    assert (made.state, made.answer) == ("nothing", None)
    there.fault = SoapFault("not_allowed", "")
    again = ask(session, actors, case)
    spoken(session, there)
    assert (again.state, again.refusal) == ("failed", "not_allowed")


def test_without_a_purpose_or_a_number_or_for_a_case_that_is_over_nobody_is_asked(session, actors, case):
    with pytest.raises(WhatFor):
        ask(session, actors, case, purpose=" 調査 ")
    person = session.get_one(network_inquiry.Recipient, case.recipient_id)
    person.file_number = None
    with pytest.raises(NotLinked):
        ask(session, actors, case)
    case.state = "withdrawn"
    with pytest.raises(OutOfOrder):
        ask(session, actors, case)
    assert session.scalar(select(func.count()).select_from(NetworkInquiry)) == 0
