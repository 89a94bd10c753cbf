"""安心して打てること: nothing typed is lost, nothing leaves the office, and everybody can use the screens."""

import json
from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import expect
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from models.sheet import Keying, ReceivedSheet
from tests.browser.conftest import open_sheet
from tests.office import NEW_APPLICATION, keyed, received

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def barriers(page) -> list[str]:
    """What axe finds on the page as it stands."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("levels => axe.run({runOnly: levels})", LEVELS)
    return [f"{each['id']}: {json.dumps([node['html'][:120] for node in each['nodes']][:3], ensure_ascii=False)}"
            for each in found["violations"]]


@pytest.fixture
def sheet(engine, actors) -> Iterator[ReceivedSheet]:
    with Session(engine, expire_on_commit=False) as session:
        sheet = received(session, actors)
        session.commit()
        yield sheet


def test_the_keying_screen_has_no_barrier_empty_with_faults_or_full(sit_down, sheet):
    page = sit_down("clerk1")
    open_sheet(page, sheet.id)
    assert barriers(page) == []
    page.keyboard.press("F10")
    page.locator(".error-summary").wait_for()
    assert page.title().startswith("誤り")
    assert barriers(page) == []
    for name, text in NEW_APPLICATION.items():
        page.fill(f"[id='{name}']", text)
    assert barriers(page) == []


def test_reception_queue_and_settlement_have_no_barrier(sit_down, sheet, engine, actors):
    with Session(engine) as session:
        own = session.get_one(ReceivedSheet, sheet.id)
        keyed(session, actors["clerk1"], own)
        keyed(session, actors["clerk2"], own, {**NEW_APPLICATION, "patient.patient_sex": "1"})
        session.commit()
    page = sit_down("clerk3")
    for address in (f"/settlement/{sheet.id}", "/queue/", "/reception/"):
        page.goto(address)
        assert barriers(page) == [], address


def test_what_is_typed_while_the_network_is_away_is_saved_when_it_is_back(sit_down, sheet, engine):
    page = sit_down("clerk1")
    open_sheet(page, sheet.id)
    page.context.set_offline(True)
    page.keyboard.type("R8.11.20")
    page.keyboard.press("Enter")
    page.keyboard.type("ヨシダ")
    page.keyboard.press("F10")
    page.locator("#saved.waiting").wait_for()
    assert page.input_value("[id='patient.patient_name_kana']") == "ヨシダ"
    page.context.set_offline(False)
    page.locator("#saved", has_text="保存済み").wait_for()
    with Session(engine) as session:
        raw = session.query(Keying).filter_by(sheet_id=sheet.id).one().raw
        assert (raw["application.application_date"], raw["patient.patient_name_kana"]) == ("R8.11.20", "ヨシダ")


def test_a_login_that_ended_loses_nothing_and_the_same_window_goes_on(sit_down, sheet):
    page = sit_down("clerk1")
    open_sheet(page, sheet.id)
    page.context.clear_cookies()
    page.keyboard.type("R8.11.20")
    page.locator("#saved.waiting").wait_for()
    other = page.context.new_page()
    other.goto("/login/")
    other.locator("#username:focus").wait_for()
    other.keyboard.type("clerk1")
    other.keyboard.press("Tab")
    other.keyboard.type("demo-Nanbyo-1")
    other.keyboard.press("Enter")
    other.wait_for_url(lambda address: "/login/" not in address)
    page.locator("#saved", has_text="保存済み").wait_for()


def test_a_draft_goes_on_when_the_clerk_comes_back_to_her_locked_screen(sit_down, sheet, engine):
    page = sit_down("clerk1")
    open_sheet(page, sheet.id)
    page.keyboard.type("R8.11.20")
    page.locator("#saved", has_text="保存済み").wait_for()
    with engine.begin() as connection:
        connection.execute(sql("UPDATE login_session SET seen_at = now() - interval '6 minutes'"))
    page.keyboard.press("Enter")
    page.keyboard.type("ヨシダ")
    page.locator("#saved.waiting").wait_for()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.locator("#cover").wait_for()
    assert barriers(page) == []
    page.keyboard.press("F8")
    page.fill("#cover-password", "demo-Nanbyo-1")
    page.keyboard.press("Enter")
    page.locator("#cover").wait_for(state="hidden")
    page.locator("#saved:not(.waiting)", has_text="保存済み").wait_for()
    assert page.input_value("[id='patient.patient_name_kana']") == "ヨシダ"
    with Session(engine) as session:
        assert session.query(Keying).filter_by(sheet_id=sheet.id).one().raw["patient.patient_name_kana"] == "ヨシダ"


def test_a_disease_is_found_by_a_part_of_its_name_through_the_input_method(sit_down, sheet):
    page = sit_down("clerk1")
    open_sheet(page, sheet.id)
    field = page.locator("[id='application_disease.0.disease_number']")
    field.focus()
    tools = page.context.new_cdp_session(page)
    tools.send("Input.imeSetComposition", {"text": "ぱーきん", "selectionStart": 4, "selectionEnd": 4})
    assert field.evaluate("input => document.activeElement === input")
    tools.send("Input.insertText", {"text": "パーキン"})
    page.locator("#suggestions li", has_text="パーキンソン病").first.wait_for()
    page.keyboard.press("Enter")
    expect(field).to_have_value("6")
    expect(page.locator("[id='application_disease.0.disease_number-echo']")).to_have_text("パーキンソン病")


def test_the_kana_and_the_town_come_by_themselves_in_the_first_keying_only(sit_down, sheet, engine, actors):
    def type_in(clerk: str) -> tuple[str, str]:
        page = sit_down(clerk)
        open_sheet(page, sheet.id)
        page.focus("[id='patient.patient_name']")
        tools = page.context.new_cdp_session(page)
        tools.send("Input.imeSetComposition", {"text": "よしだ", "selectionStart": 3, "selectionEnd": 3})
        tools.send("Input.insertText", {"text": "吉田"})
        page.focus("[id='patient.patient_postal_code']")
        with page.expect_response("**/keying/draft/**"):
            page.keyboard.type("3300061")
        page.locator("#saved", has_text="保存済み").wait_for()
        return tuple(page.input_value(f"[id='patient.patient_{name}']") for name in ("name_kana", "address"))

    kana, address = type_in("clerk1")
    assert kana == "ヨシダ" and address.startswith("埼玉県さいたま市浦和区")
    with Session(engine) as session:
        keyed(session, actors["clerk1"], session.get_one(ReceivedSheet, sheet.id))
        session.commit()
    assert type_in("clerk2") == ("", "")


@pytest.mark.parametrize(("width", "height", "pages"), [(1920, 1080, 1), (1366, 768, 2), (1280, 720, 2)])
def test_a_sheet_fits_the_screen(sit_down, sheet, width, height, pages):
    page = sit_down("clerk1", width, height)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    open_sheet(page, sheet.id)
    whole, shown = page.eval_on_selector("#sheet", "sheet => [sheet.scrollHeight, sheet.clientHeight]")
    assert whole <= shown * pages
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    origin = page.url.split("/keying")[0]
    assert all(address.startswith(origin) for address in asked)
