"""相違の確認の画面: only what differs, nothing chosen beforehand, one key a decision."""

from sqlalchemy.orm import Session

from models.sheet import ReceivedSheet
from tests.office import NEW_APPLICATION, keyed, received


def test_differences_are_settled_with_one_key_each(sit_down, engine, actors):
    with Session(engine) as session:
        sheet = received(session, actors)
        keyed(session, actors["clerk1"], sheet)
        keyed(session, actors["clerk2"], sheet, {
            **NEW_APPLICATION, "patient.patient_name": "吉田 邉󠄏子", "insurance.insurer_number": "110031"})
        session.commit()
        sheet_id = sheet.id
    page = sit_down("clerk3")
    page.goto(f"/settlement/{sheet_id}")
    assert page.locator("tr.difference").count() == 2
    assert page.locator("input:checked").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366
    page.keyboard.press("1")
    page.keyboard.press("3")
    page.keyboard.type("138016")  # neither of the two had it
    page.keyboard.press("Enter")
    here = page.url
    page.keyboard.press("F10")
    page.wait_for_url(lambda address: address != here)
    with Session(engine) as session:
        settled = session.get_one(ReceivedSheet, sheet_id)
        assert settled.state == "registered"
        assert {each.choice for each in settled.differences} >= {"typed"}
