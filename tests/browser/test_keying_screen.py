"""入力の画面: keyed without a mouse, kept when the browser dies, silent about the first keying in the second."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from models.sheet import Keying, ReceivedSheet
from tests.browser.conftest import open_sheet
from tests.office import NEW_APPLICATION, keyed, received


@pytest.fixture
def sheet(engine, actors) -> Iterator[ReceivedSheet]:
    """A committed sheet that waits for its first keying."""
    with Session(engine, expire_on_commit=False) as session:
        sheet = received(session, actors)
        session.commit()
        yield sheet



def key_in(page, answers: dict[str, str]) -> int:
    """Type *answers* from the first field to the last with Enter between; return the number of keys pressed."""
    names = page.eval_on_selector_all(".place input", "inputs => inputs.map(input => input.id)")
    last = max(names.index(name) for name in answers)
    keys = 0
    while True:
        name = page.evaluate("document.activeElement.id")
        at = names.index(name)
        if at > last:
            return keys
        text = answers.get(name, "")
        section = page.evaluate("document.activeElement.closest('.part').getAttribute('aria-label')")
        rest = [each for each in names[at:] if each in answers and page.evaluate(
            "name => document.getElementById(name).closest('.part').getAttribute('aria-label')", each) == section]
        if not text and not rest:
            page.keyboard.press("F8")
            keys += 1
            continue
        if text and page.evaluate("document.activeElement.value") != text:
            if name.endswith("address") and page.evaluate("document.activeElement.value"):
                page.keyboard.press("End")
                text = text.removeprefix(page.evaluate("document.activeElement.value"))
                keys += 1
            page.keyboard.type(text)
            keys += len(text)
        if page.evaluate("document.activeElement.id") == name:
            page.keyboard.press("Enter")
            keys += 1


def test_a_sheet_is_keyed_from_first_to_last_field_without_a_mouse(sit_down, sheet, engine):
    page = sit_down("clerk1")
    open_sheet(page, sheet.id)
    assert page.evaluate("document.activeElement.id") == "application.application_date"
    key_in(page, NEW_APPLICATION)
    page.keyboard.press("F10")
    page.locator(".flash.good").first.wait_for()
    with Session(engine) as session:
        keying = session.query(Keying).filter_by(sheet_id=sheet.id).one()
        assert keying.submitted_at is not None
        assert {name: keying.raw[name] for name in NEW_APPLICATION} == NEW_APPLICATION


def test_what_was_typed_is_there_again_after_the_browser_dies(sit_down, sheet):
    page = sit_down("clerk2")
    open_sheet(page, sheet.id)
    page.keyboard.type("R8.11.20")
    page.keyboard.press("Enter")
    page.keyboard.type("ヨシダ")
    page.locator("#saved", has_text="保存済み").wait_for()
    page.context.close()
    again = sit_down("clerk2")
    open_sheet(again, sheet.id)
    assert again.input_value("[id='application.application_date']") == "R8.11.20"
    assert again.input_value("[id='patient.patient_name_kana']") == "ヨシダ"


def test_a_wrong_number_is_named_at_once_and_the_right_one_is_not_given_away(sit_down, sheet):
    page = sit_down("clerk1")
    open_sheet(page, sheet.id)
    page.focus("[id='insurance.insurer_number']")
    page.keyboard.type("110016")
    page.keyboard.press("Enter")
    assert "検証番号" in page.inner_text("[id='insurance.insurer_number-fault']")
    assert "110015" not in page.content()


def test_no_coded_field_begins_with_a_value(sit_down, sheet):
    page = sit_down("clerk1")
    open_sheet(page, sheet.id)
    assert set(page.eval_on_selector_all(".place input", "inputs => inputs.map(input => input.value)")) == {""}
    assert page.locator("select").count() == 0


def test_the_second_keying_receives_nothing_of_the_first(login, engine, actors, app):
    with Session(engine) as session:
        sheet = received(session, actors)
        keyed(session, actors["clerk1"], sheet)
        session.commit()
        sheet_id = sheet.id
    client = login("clerk2")
    answer = client.post(f"/keying/{sheet_id}", follow_redirects=True)
    assert answer.status_code == 200 and "第二入力" in answer.text
    inputs = [line for line in answer.text.splitlines() if 'name="f:' in line]
    assert inputs and all('value=""' in line for line in inputs)
    for value in NEW_APPLICATION.values():
        if len(value) > 3:
            assert value not in answer.text
