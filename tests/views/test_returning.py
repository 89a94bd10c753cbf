"""返戻と引き取り: going back to the counter, and being taken over, on the screen."""

from sqlalchemy.orm import Session

from models.sheet import ReceivedSheet
from procedures.keying import claim
from tests.office import NOW, received


def opened(engine, actors) -> tuple[int, str, int]:
    """A committed sheet that clerk1 is keying: its id, its number, the keying's id."""
    with Session(engine) as session:
        sheet = received(session, actors)
        keying = claim(session, actors["clerk1"], sheet.id, NOW)
        session.commit()
        return sheet.id, sheet.acceptance_number, keying.id


def test_a_returned_sheet_stands_at_the_counter_with_its_reason_until_it_is_received_again(login, engine, actors):
    sheet_id, number, _ = opened(engine, actors)
    client = login("clerk1")
    assert client.post(f"/queue/return/{sheet_id}", data={"reason": ""}).status_code == 422
    assert client.post(f"/queue/return/{sheet_id}", data={"reason": "2枚目がない"}).status_code == 302
    page = client.get("/reception/").text
    assert number in page and "2枚目がない" in page
    client.post(f"/reception/again/{sheet_id}", data={"kind": "new_application"})
    with Session(engine) as session:
        assert session.query(ReceivedSheet).filter_by(replaces_id=sheet_id).one().state == "waiting_first"
    assert "2枚目がない" not in client.get("/reception/").text


def test_the_manager_takes_over_a_sheet_and_another_clerk_opens_it(login, engine, actors):
    sheet_id, number, keying_id = opened(engine, actors)
    manager = login("manager1")
    assert number in manager.get("/queue/held").text
    manager.post(f"/queue/held/{keying_id}")
    assert number not in manager.get("/queue/held").text
    assert 'data-keying="' in login("clerk2").post(f"/keying/{sheet_id}", follow_redirects=True).text


def test_the_next_paper_of_a_pile_keeps_counter_way_and_batch_but_not_the_kind(login):
    client = login("clerk3")
    client.post("/reception/", data={"kind": "reissue", "received": "R8.11.24", "counter": "07", "method": "1",
                                     "batch": "朝1"})
    page = client.get("/reception/").text
    assert 'value="07" selected' in page and 'value="朝1"' in page
    assert 'value="reissue" checked' not in page
