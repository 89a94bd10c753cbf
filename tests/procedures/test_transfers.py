"""移転・記録: nothing goes to whom the register does not name, everything that went is found by person."""

from datetime import date, timedelta

import pypdfium2
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from models.neighbour import Destination, NetworkRecord, Transfer
from procedures import given
from procedures.integrated_numbers import NotLinked, register_number
from procedures.network_inquiry import Question, ask
from procedures.transfers import (
    EndedAlready,
    HandOver,
    Incomplete,
    NotADestination,
    NotComplete,
    add_destination,
    destinations,
    end_destination,
    hand_over,
)
from tests.life import CITY, certified_person, paper
from tests.numberlink import StandIn
from tests.office import NEW_APPLICATION, NOW, ON
from tests.procedures.neighbours import linked_person, spoken, with_number

REASON = "生活保護の決定のため"


@pytest.fixture
def person(session, actors):
    return linked_person(session, actors)


@pytest.fixture
def welfare(session):
    return session.scalars(select(Destination).where(Destination.kind == "transfer")).one()


def handed(session, actors, person, target, items=("recipient_number", "period"), reason=REASON, to="福祉 花子", on=ON):
    return hand_over(session, actors["manager1"], person.id, HandOver(target, items, reason, to), CITY, on, NOW)


def test_the_assessments_own_destinations_are_there_from_the_first_day(session, welfare):
    assert [(each.kind, each.means) for each in destinations(session)] == [("provision", "情報提供ネットワークシステム")] * 3 + [("transfer", "紙")]
    assert welfare.name == "生活福祉課"


def test_what_is_handed_over_stands_on_paper_and_in_its_record(session, actors, person, welfare):
    pdf = handed(session, actors, person, welfare.id)
    told = "".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf))
    for words in ("生活福祉課", person.recipient_number, REASON, "福祉 花子", welfare.law[:10]):
        assert words in told
    assert person.address not in told and "10,000円" not in told, "only the chosen items, and never where she lives"
    made = session.scalars(select(Transfer)).one()
    assert (made.items, made.reason, made.handed_to, made.dated) == (["受給者番号", "有効期間"], REASON, "福祉 花子", ON)
    handed(session, actors, person, welfare.id)
    assert len(set(session.scalars(select(Transfer.document_number)))) == 2


@pytest.mark.parametrize("wrong", [{"items": ()}, {"items": ("address",)}, {"reason": "調査"}, {"to": " "}])
def test_items_reason_and_receiver_belong_to_it(session, actors, person, welfare, wrong):
    with pytest.raises(Incomplete):
        handed(session, actors, person, welfare.id, **wrong)
    assert session.query(Transfer).count() == 0


def test_nobody_gets_anything_but_a_transfer_destination_of_the_day(session, actors, person, welfare):
    network = next(each for each in destinations(session) if each.kind == "provision")
    for number in (network.id, 0):
        with pytest.raises(NotADestination):
            handed(session, actors, person, number)
    end_destination(session, actors["manager1"], welfare.id, ON)
    handed(session, actors, person, welfare.id)
    with pytest.raises(NotADestination):
        handed(session, actors, person, welfare.id, on=ON + timedelta(days=1))
    with pytest.raises(EndedAlready):
        end_destination(session, actors["manager1"], welfare.id, ON)
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text("INSERT INTO transfer (recipient_id, destination_id, document_number, dated, items, reason, handed_to,"
                             " handed_by, pdf_sha256) SELECT recipient_id, destination_id, 'x', dated + 1, items, reason, handed_to,"
                             " handed_by, pdf_sha256 FROM transfer LIMIT 1"))


def test_a_destination_says_all_of_it_and_is_never_changed(session, actors, welfare):
    words = ["こども課", "番号法第9条第2項", "小児慢性の審査", "認定の有無", "紙"]
    for place in range(len(words)):
        with pytest.raises(NotComplete):
            add_destination(session, actors["manager1"], "transfer", *(words[:place] + [" "] + words[place + 1:]), since=ON)
    assert add_destination(session, actors["manager1"], "transfer", *words, since=ON).name == "こども課"
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text("UPDATE destination SET law = 'なし'"))
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text("DELETE FROM transfer"))
        session.execute(text("DELETE FROM destination"))


def test_one_page_tells_of_a_person_what_was_asked_given_and_handed_over(session, actors, person, welfare):
    there = StandIn()
    there.records = [{"処理通番": "N1", "照会者機関コード": "110001", "提供者機関コード": "111007", "照会日時": "2026-11-24T01:00:00+00:00",
                      "提供日時": "2026-11-24T01:00:02+00:00", "事務コード": "B2026", "事務手続コード": "B2026P01",
                      "特定個人情報名コード": "NANBYO01", "項目コード": ["NB01", "NB03"], "不開示フラグ": False}]
    register_number(session, actors["numbers1"], person.id, with_number(session, actors, person))
    case = paper(session, actors, "new_application", NEW_APPLICATION | {"patient.patient_phone": "048-000-0002"})
    case.recipient_id = person.id
    ask(session, actors["reviewer1"], case.id, Question(None, 0, "112038", "所得判定のため"), CITY, ON)
    handed(session, actors, person, welfare.id)
    spoken(session, there)
    for _twice in range(2):
        given.fetch(session, actors["reviewer1"], person.id)
        with pytest.raises(given.FetchedAlready):
            given.fetch(session, actors["reviewer1"], person.id)
        spoken(session, there, hours=3)
    page = given.of_person(session, actors["reviewer1"], person.id)
    found = {each.kind: each for each in page.lines}
    assert sorted(each.kind for each in page.lines) == ["asked", "exchanged", "made_known", "transferred"]
    assert (found["asked"].whom, found["asked"].why, found["asked"].state) == ("112038", "所得判定のため", "answered")
    assert found["asked"].basis.startswith("別表第二 120") and found["exchanged"].basis.startswith("別表第二 26")
    assert (found["exchanged"].whom, found["exchanged"].what) == ("110001 ← 111007", "NANBYO01、NB01、NB03")
    assert (found["transferred"].why, found["transferred"].what) == (REASON, "受給者番号、有効期間")
    assert (page.version, page.known.linkage_state) == (1, "取得済")
    assert session.query(NetworkRecord).count() == 1


def test_of_whom_nobody_was_told_there_is_nothing_to_fetch(session, actors):
    stranger = certified_person(session, actors)
    with pytest.raises(NotLinked):
        given.fetch(session, actors["reviewer1"], stranger.id)
    assert given.of_person(session, actors["reviewer1"], stranger.id).lines == []
    with pytest.raises(given.NoSuchPerson):
        given.of_person(session, actors["reviewer1"], 0)
    assert date(2018, 4, 1) == destinations(session)[0].valid_from
